/// What was found in an attachment.
public struct AttachmentExtraction: Hashable, Sendable {
    /// The text a person sees, `\n` line ends.
    public var text: String
    /// A title that the document bears apart from its text.
    public var title: String?
    /// Names of files within (winmail.dat's).
    public var innerNames: [String]
    /// Whether the text was cut at `AttachmentLimits.textBytes`.
    public var isTruncated: Bool
    /// Whether the file is broken; what could be read is there.
    public var isDamaged: Bool
    /// Whether an archive would have grown past its limits, or has too many entries; what came before that is there.
    public var passedExpansionLimit: Bool
    /// How many bytes came out of archives.
    var expandedBytes = 0

    public init(
        text: String = "", title: String? = nil, innerNames: [String] = [], isTruncated: Bool = false,
        isDamaged: Bool = false, passedExpansionLimit: Bool = false
    ) {
        self.text = text
        self.title = title
        self.innerNames = innerNames
        self.isTruncated = isTruncated
        self.isDamaged = isDamaged
        self.passedExpansionLimit = passedExpansionLimit
    }
}

/// Text of attachments, by their own formats. Nothing is fetched and nothing is run.
public enum AttachmentText {
    /// The text of an attachment whose content is `bytes`: transfer encoding undone, text in UTF-8 or in no charset that
    /// is known, which is then guessed.
    ///
    /// Nil for a type that is not read here. `mediaType` is in lower case; where it says nothing (as
    /// application/octet-stream) the name's extension decides. Time and memory are bounded by `bytes` and `limits`.
    public static func extract(
        _ bytes: UnsafeBufferPointer<UInt8>, mediaType: String, name: String?, limits: AttachmentLimits = .default
    ) -> AttachmentExtraction? {
        guard let format = AttachmentFormat(mediaType: mediaType, name: name) else { return nil }
        switch format {
        case .html:
            return LegacyText.withUTF8(bytes, isMarkup: true) { bytes in
                let html = HTMLText.extract(bytes, limit: limits.textBytes)
                return AttachmentExtraction(text: html.text, title: html.title, isTruncated: html.isTruncated)
            }
        case .markup:
            return LegacyText.withUTF8(bytes, isMarkup: true) { MarkupText.extract($0, limit: limits.textBytes) }
        case .plain:
            return LegacyText.withUTF8(bytes) { bytes in
                var builder = TextBuilder(limit: limits.textBytes)
                builder.appendLines(bytes)
                return builder.extraction()
            }
        case .calendar:
            return LegacyText.withUTF8(bytes) { CalendarText.extract($0, limit: limits.textBytes) }
        case .contact:
            return LegacyText.withUTF8(bytes) { ContactText.extract($0, limit: limits.textBytes) }
        case .richText: return RTFText.extract(bytes, limit: limits.textBytes)
        case .transportNeutral: return TNEFText.extract(bytes, limits: limits)
        case .wordProcessing, .spreadsheet, .presentation: return OfficeOpenXML.extract(bytes, format, limits)
        case .openDocument: return OpenDocumentText.extract(bytes, limits)
        case .book: return BookText.extract(bytes, limits)
        }
    }

    /// The same over an array.
    public static func extract(
        _ bytes: [UInt8], mediaType: String, name: String?, limits: AttachmentLimits = .default
    ) -> AttachmentExtraction? {
        bytes.withUnsafeBufferPointer { extract($0, mediaType: mediaType, name: name, limits: limits) }
    }

    /// Whether text of such an attachment is read here, so that its bytes are worth decoding. True for S/MIME envelopes
    /// too, which `MessageParser` opens where they are not encrypted.
    public static func reads(mediaType: String, name: String?) -> Bool {
        mediaType == "application/pkcs7-mime" || mediaType == "application/x-pkcs7-mime"
            || AttachmentFormat(mediaType: mediaType, name: name) != nil
    }
}
