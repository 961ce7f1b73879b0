/// What was found in an attachment.
public struct AttachmentExtraction: Hashable, Sendable {
    /// The text a person sees, `\n` line ends.
    public var text: String
    /// A title that the document bears apart from its text.
    public var title: String?
    /// Names of files within (winmail.dat's).
    public var innerNames: [String]
    /// Whether a limit cut the text.
    public var isTruncated: Bool
    /// Whether the file is broken or a limit of its archive was passed.
    public var isDamaged: Bool

    public init(
        text: String = "", title: String? = nil, innerNames: [String] = [], isTruncated: Bool = false,
        isDamaged: Bool = false
    ) {
        self.text = text
        self.title = title
        self.innerNames = innerNames
        self.isTruncated = isTruncated
        self.isDamaged = isDamaged
    }
}

/// The bounds of text extraction.
public struct AttachmentLimits: Hashable, Sendable {
    /// Bytes of text kept of one attachment.
    public var textBytes: Int
    /// How many times its packed size an archive may grow to.
    public var expansionRatio: Int
    /// How many bytes an archive may grow to.
    public var expansionBytes: Int

    public init(textBytes: Int = 4 << 20, expansionRatio: Int = 100, expansionBytes: Int = 64 << 20) {
        self.textBytes = textBytes
        self.expansionRatio = expansionRatio
        self.expansionBytes = expansionBytes
    }

    public static let `default` = AttachmentLimits()
}

/// Text of attachments, by their own formats. Nothing is fetched and nothing is run.
public enum AttachmentText {
    /// The text of an attachment whose content is `bytes` (transfer encoding undone, text in UTF-8).
    ///
    /// Nil for a type that is not read here. `mediaType` is in lower case; where it says nothing
    /// (application/octet-stream) the name's extension decides.
    public static func extract(
        _ bytes: UnsafeBufferPointer<UInt8>, mediaType: String, name: String?, limits: AttachmentLimits = .default
    ) -> AttachmentExtraction? {
        switch mediaType {
        case "text/html":
            let html = HTMLText.extract(bytes, limit: limits.textBytes)
            return AttachmentExtraction(text: html.text, title: html.title, isTruncated: html.isTruncated)
        case "text/plain", "text/csv", "text/markdown":
            let kept = UnsafeBufferPointer(rebasing: bytes.prefix(limits.textBytes))
            return AttachmentExtraction(
                text: String(decoding: kept, as: UTF8.self), isTruncated: kept.count < bytes.count)
        default: return nil
        }
    }
}
