/// What was wrong with a message, or which limit it met. A defect never stops the reading of a message.
public struct MIMEDefect: Hashable, Sendable {
    public enum Code: String, Hashable, Sendable, CaseIterable {
        // Limits.
        case depthLimit = "depth-limit"
        case partLimit = "part-limit"
        case headerLimit = "header-limit"
        case addressLimit = "address-limit"
        case textLimit = "text-limit"
        case archiveLimit = "archive-limit"
        // Structure.
        case missingBoundaryParameter = "missing-boundary-parameter"
        case boundaryNeverFound = "boundary-never-found"
        case missingFinalBoundary = "missing-final-boundary"
        case malformedHeaderLine = "malformed-header-line"
        case missingHeaderEnd = "missing-header-end"
        case malformedContentType = "malformed-content-type"
        case encodedMultipart = "encoded-multipart"
        // Encodings.
        case malformedBase64 = "malformed-base64"
        case malformedQuotedPrintable = "malformed-quoted-printable"
        case unknownTransferEncoding = "unknown-transfer-encoding"
        case unknownCharset = "unknown-charset"
        case guessedCharset = "guessed-charset"
        case undecodableText = "undecodable-text"
        // Attachments.
        case malformedAttachment = "malformed-attachment"
        // Fields.
        case malformedDate = "malformed-date"
    }

    public var code: Code
    /// The part it was met in; nil for the message's own header.
    public var partID: String?

    public init(_ code: Code, partID: String? = nil) {
        self.code = code
        self.partID = partID
    }
}
