/// A node of a message's structure (RFC 2045 to 2049).
public struct Part: Sendable {
    public enum Disposition: Hashable, Sendable {
        case inline
        case attachment
        /// Anything else, lower case: RFC 2183 has it treated as an attachment.
        case other(String)
    }

    public enum Protection: Hashable, Sendable {
        case none
        /// multipart/signed, or an S/MIME envelope of signed data.
        case signed
        /// multipart/encrypted, an enveloped S/MIME message, or text that is one PGP MESSAGE block.
        case encrypted
    }

    /// Attribute and value, decoded (RFC 2045 §5.1, RFC 2231).
    public struct Parameter: Hashable, Sendable {
        /// Lower case.
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// As IMAP numbers it (RFC 3501 §6.4.5): `1`, `2.1`. A multipart that is the body of a message is `TEXT`, or
    /// `2.TEXT` inside the message that is part 2.
    public var partID: String
    /// Lower case, `type/subtype`; what RFC 2045 §5.2 and RFC 2046 §5.1.5 make the default where it was not told.
    public var mediaType: String
    /// Of Content-Type.
    public var parameters: [Parameter]
    public var disposition: Disposition?
    /// The file name of Content-Disposition, else the name of Content-Type.
    public var name: String?
    /// As written, lower case.
    public var charset: String?
    public var transferEncoding: TransferEncoding
    /// Without angle brackets.
    public var contentID: String?
    /// Octets when decoded, estimated for an encoded part.
    public var size: Int
    public var protection: Protection
    /// Where the body stands, still encoded, in the bytes that were parsed. Nil for a part that was assembled from an
    /// outline, or that lies inside an encoded message.
    public var bodyRange: Range<Int>?
    /// Of a multipart its parts; of a message/rfc822 its message's body as the only child, and so with the first piece
    /// of a message/partial and with an S/MIME envelope that is not encrypted. Servers number nothing inside an
    /// envelope.
    public var children: [Part]

    public init(
        partID: String, mediaType: String, parameters: [Parameter] = [], disposition: Disposition? = nil,
        name: String? = nil, charset: String? = nil, transferEncoding: TransferEncoding = .identity,
        contentID: String? = nil, size: Int = 0, protection: Protection = .none, bodyRange: Range<Int>? = nil,
        children: [Part] = []
    ) {
        self.partID = partID
        self.mediaType = mediaType
        self.parameters = parameters
        self.disposition = disposition
        self.name = name
        self.charset = charset
        self.transferEncoding = transferEncoding
        self.contentID = contentID
        self.size = size
        self.protection = protection
        self.bodyRange = bodyRange
        self.children = children
    }

    /// The part with this number, looked for in this part and below it.
    public func part(_ partID: String) -> Part? {
        if self.partID == partID { return self }
        for child in children {
            if let found = child.part(partID) { return found }
        }
        return nil
    }
}
