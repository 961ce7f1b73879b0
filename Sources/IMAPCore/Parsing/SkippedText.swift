/// A part of a response that was passed over, and why. It holds none of the text, which may be mail.
public struct SkippedText: Hashable, Sendable {
    public enum Reason: String, Hashable, Sendable, CaseIterable {
        /// A response, FETCH item, status item or option that has no word here.
        case unknownItem
        /// A known item whose value breaks the grammar beyond understanding.
        case malformedValue
        /// More after the end of what was understood.
        case trailingText
        /// The whole line: nothing in it could be understood.
        case malformedLine
        /// The framer's limits were met.
        case tooLarge
        /// Nesting beyond the limit.
        case tooDeep
        /// A list or set with more elements than the limit.
        case tooMany
    }

    public var reason: Reason
    /// The response's or item's name where there was one, upper case.
    public var item: String
    /// How many octets were passed over.
    public var length: Int

    public init(_ reason: Reason, item: String, length: Int) {
        self.reason = reason
        self.item = item
        self.length = length
    }
}
