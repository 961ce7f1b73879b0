/// The bounds of text extraction.
public struct AttachmentLimits: Hashable, Sendable {
    /// Bytes of text kept of one attachment.
    public var textBytes: Int
    /// How many times its packed size an archive may grow to.
    public var expansionRatio: Int
    /// How many bytes an archive may grow to, all its entries together.
    public var expansionBytes: Int
    /// Entries of one archive, or files in one winmail.dat, that are looked at.
    public var entries: Int
    /// How deep winmail.dat within winmail.dat is read.
    public var nesting: Int

    public init(
        textBytes: Int = 4 << 20, expansionRatio: Int = 100, expansionBytes: Int = 64 << 20, entries: Int = 10_000,
        nesting: Int = 4
    ) {
        self.textBytes = textBytes
        self.expansionRatio = expansionRatio
        self.expansionBytes = expansionBytes
        self.entries = entries
        self.nesting = nesting
    }

    public static let `default` = AttachmentLimits()

    /// How many bytes may come of `packed` ones.
    func expansion(of packed: Int) -> Int {
        let (product, overflows) = packed.multipliedReportingOverflow(by: expansionRatio)
        return overflows ? expansionBytes : min(product, expansionBytes)
    }
}
