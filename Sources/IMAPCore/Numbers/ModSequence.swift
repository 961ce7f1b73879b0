/// A mod-sequence: grows with each change of a message or mailbox (RFC 7162, 3.1). 63 bits on the wire.
public struct ModSequence: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt64

    /// Any number; 0 means "none", as it does in a STATUS of a mailbox that keeps none.
    public init(rawValue: UInt64) {
        self.rawValue = rawValue
    }

    public init(_ rawValue: UInt64) {
        self.init(rawValue: rawValue)
    }

    public static func < (a: ModSequence, b: ModSequence) -> Bool { a.rawValue < b.rawValue }
}

extension ModSequence: CustomStringConvertible {
    public var description: String { String(rawValue) }
}

extension ModSequence: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt64) {
        self.init(rawValue: value)
    }
}
