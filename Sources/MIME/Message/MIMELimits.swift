/// How much of one message is read. Past a limit, what was read so far stays, and the message bears a `MIMEDefect`
/// that names the limit.
public struct MIMELimits: Hashable, Sendable {
    /// Nesting of multiparts and messages within messages.
    public var depth: Int
    /// Parts in one message, those of nested messages included.
    public var parts: Int
    /// Octets of one header block (a message's or a part's).
    public var headerBytes: Int
    /// Addresses read out of one header field.
    public var addressesPerHeader: Int
    /// UTF-8 octets of text kept of one message: of its body, and again of all of its attachments.
    public var textBytes: Int
    /// Octets that one archive may inflate to.
    public var archiveBytes: Int
    /// How many times its own size an archive may inflate to.
    public var archiveRatio: Int
    /// Entries that are looked at in one archive, or files in one winmail.dat.
    public var archiveEntries: Int

    public init(
        depth: Int = 100,
        parts: Int = 10_000,
        headerBytes: Int = 1 << 20,
        addressesPerHeader: Int = 10_000,
        textBytes: Int = 4 << 20,
        archiveBytes: Int = 64 << 20,
        archiveRatio: Int = 100,
        archiveEntries: Int = 10_000
    ) {
        self.depth = depth
        self.parts = parts
        self.headerBytes = headerBytes
        self.addressesPerHeader = addressesPerHeader
        self.textBytes = textBytes
        self.archiveBytes = archiveBytes
        self.archiveRatio = archiveRatio
        self.archiveEntries = archiveEntries
    }

    public static let `default` = MIMELimits()
}
