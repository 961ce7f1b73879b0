/// What `ResponseParser` accepts within one response. Beyond them the item is skipped, and the rest is used.
public struct ParsingLimits: Hashable, Sendable {
    /// Lists in lists: a BODYSTRUCTURE needs two for each level of parts.
    public var nesting: Int
    /// Elements of a list and all lists within it: BODYSTRUCTURE, ENVELOPE, NAMESPACE and such.
    public var listElements: Int
    /// Flags or labels of one message or mailbox.
    public var flags: Int
    /// Ranges in one set, or numbers in one SEARCH.
    public var numbers: Int

    public init(nesting: Int = 200, listElements: Int = 200_000, flags: Int = 10_000, numbers: Int = 8_000_000) {
        self.nesting = nesting
        self.listElements = listElements
        self.flags = flags
        self.numbers = numbers
    }

    public static let `default` = ParsingLimits()
}
