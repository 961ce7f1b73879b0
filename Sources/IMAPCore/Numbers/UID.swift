/// A message's unique identifier within one mailbox and one UIDVALIDITY: 1 … 2³²−1 (RFC 3501, 2.3.1.1).
public struct UID: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt32

    /// Nil for 0, which no message ever bears.
    public init?(rawValue: UInt32) {
        guard rawValue != 0 else { return nil }
        self.rawValue = rawValue
    }

    /// Nil for 0, which no message ever bears.
    public init?(_ rawValue: UInt32) {
        self.init(rawValue: rawValue)
    }

    init(unchecked rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public static let min = UID(unchecked: 1)
    public static let max = UID(unchecked: .max)

    /// The UID before this one; nil for 1.
    public var predecessor: UID? { UID(rawValue: rawValue - 1) }

    /// The UID after this one; nil for the largest.
    public var successor: UID? { rawValue == .max ? nil : UID(unchecked: rawValue + 1) }

    public static func < (a: UID, b: UID) -> Bool { a.rawValue < b.rawValue }
}

extension UID: CustomStringConvertible {
    public var description: String { String(rawValue) }
}

extension UID: ExpressibleByIntegerLiteral {
    /// For numbers in source text alone; 0 is a programming error.
    public init(integerLiteral value: UInt32) {
        precondition(value != 0, "0 is not a UID")
        self.rawValue = value
    }
}
