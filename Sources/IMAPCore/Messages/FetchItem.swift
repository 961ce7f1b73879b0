/// What FETCH can be asked for. Bodies are always PEEKed: `\Seen` is never set by reading.
public enum FetchItem: Hashable, Sendable {
    case uid
    case flags
    /// CONDSTORE.
    case modSeq
    case internalDate
    case size
    case envelope
    case bodyStructure
    /// BODY.PEEK[…]; `range` is in octets of the section, for the first N octets `0..<N`.
    case body(BodySection, range: Range<Int>? = nil)
    /// BINARY.PEEK[…]: decoded by the server (RFC 3516).
    case binary(part: String, range: Range<Int>? = nil)
    /// BINARY.SIZE[…] (RFC 3516).
    case binarySize(part: String)
    /// X-GM-EXT-1.
    case gmailMessageID
    case gmailThreadID
    case gmailLabels
    /// OBJECTID (RFC 8474).
    case emailID
    case threadID
    /// PREVIEW (RFC 8970); `lazy`: only where the server has it at hand.
    case preview(lazy: Bool = true)
    /// SAVEDATE (RFC 8514).
    case saveDate
}
