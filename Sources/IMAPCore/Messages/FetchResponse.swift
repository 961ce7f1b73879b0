import NIOCore

/// What a `* n FETCH` or `* n UIDFETCH` tells of one message; nil for what it doesn't tell.
public struct FetchResponse: Hashable, Sendable {
    /// Nil for UIDFETCH (RFC 9586).
    public var sequenceNumber: SequenceNumber?
    public var uid: UID?
    public var flags: [Flag]?
    public var modSeq: ModSequence?
    /// Seconds since 1970.
    public var internalDate: Int64?
    /// RFC822.SIZE: octets.
    public var size: Int?
    public var envelope: Envelope? {
        get { boxedEnvelope?.value }
        set { boxedEnvelope = newValue.map(Box.value) }
    }
    public var bodyStructure: BodyStructure? {
        get { boxedStructure?.value }
        set { boxedStructure = newValue.map(Box.value) }
    }
    // Out of line: they are large, and most responses have neither.
    private var boxedEnvelope: Box<Envelope>?
    private var boxedStructure: Box<BodyStructure>?
    /// BODY[…], RFC822, RFC822.HEADER and RFC822.TEXT.
    public var sections: [FetchedSection] = []
    /// BINARY[…] (RFC 3516).
    public var binaries: [FetchedBinary] = []
    /// X-GM-MSGID.
    public var gmailMessageID: UInt64?
    /// X-GM-THRID.
    public var gmailThreadID: UInt64?
    /// X-GM-LABELS, decoded from modified UTF-7 where they are in it.
    public var gmailLabels: [String]?
    /// EMAILID (RFC 8474).
    public var emailID: String?
    /// THREADID (RFC 8474); nil also where the server says NIL.
    public var threadID: String?
    public var preview: String?
    /// SAVEDATE (RFC 8514): seconds since 1970.
    public var saveDate: Int64?

    public init(sequenceNumber: SequenceNumber? = nil, uid: UID? = nil) {
        self.sequenceNumber = sequenceNumber
        self.uid = uid
    }

    /// The bytes of a section; nil where it was not told, NIL, or left out as too large.
    ///
    /// The buffer is a view of what came from the network: it keeps that whole piece in memory.
    public func bytes(of section: BodySection) -> ByteBuffer? {
        for fetched in sections where fetched.section == section { return fetched.content.bytes }
        return nil
    }

    /// The bytes of a BINARY part; nil where it was not told, NIL, or left out as too large.
    public func binaryBytes(of part: String) -> ByteBuffer? {
        for fetched in binaries where fetched.part == part { return fetched.content?.bytes }
        return nil
    }
}

/// What a section holds.
public enum FetchedContent: Hashable, Sendable {
    case bytes(ByteBuffer)
    /// NIL: the message has no such section.
    case absent
    /// Larger than the limit on literals; its bytes were read and thrown away.
    case omitted(size: UInt64)

    public var bytes: ByteBuffer? {
        switch self {
        case .bytes(let buffer): buffer
        case .absent, .omitted: nil
        }
    }
}

/// One BODY[…] of a FETCH response.
public struct FetchedSection: Hashable, Sendable {
    public var section: BodySection
    /// The first octet's offset, where a part of the section was asked for (`<0>`).
    public var origin: Int?
    public var content: FetchedContent

    public init(section: BodySection, origin: Int? = nil, content: FetchedContent) {
        self.section = section
        self.origin = origin
        self.content = content
    }
}

/// One BINARY[…] or BINARY.SIZE[…] of a FETCH response (RFC 3516).
public struct FetchedBinary: Hashable, Sendable {
    public var part: String
    public var origin: Int?
    /// Nil for BINARY.SIZE.
    public var content: FetchedContent?
    /// For BINARY.SIZE.
    public var size: Int?

    public init(part: String, origin: Int? = nil, content: FetchedContent? = nil, size: Int? = nil) {
        self.part = part
        self.origin = origin
        self.content = content
        self.size = size
    }
}
