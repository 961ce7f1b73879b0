/// A part of a message that is not its body as a person reads it.
public struct Attachment: Hashable, Sendable {
    /// The part's number as IMAP counts (RFC 3501 §6.4.5). What was found inside another part (a file in winmail.dat,
    /// a uuencoded block) bears the number of that part.
    public var partID: String
    /// The file name the sender gave, decoded; a nested message without one gives its subject.
    public var name: String?
    /// Lower case, `type/subtype`.
    public var mediaType: String
    /// Octets when decoded; for base64 and quoted-printable parts that nothing read, estimated from the encoded size.
    public var size: Int
    /// True for what belongs to the body's display or to its machinery: images of an HTML body, signatures.
    public var isInline: Bool
    /// Extracted text; nil where the parser cannot read the type.
    public var text: String?

    public init(
        partID: String, name: String? = nil, mediaType: String, size: Int, isInline: Bool = false, text: String? = nil
    ) {
        self.partID = partID
        self.name = name
        self.mediaType = mediaType
        self.size = size
        self.isInline = isInline
        self.text = text
    }
}
