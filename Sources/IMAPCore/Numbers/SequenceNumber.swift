/// A message's place in the selected mailbox, from 1 (RFC 3501, 2.3.1.2). It changes with every EXPUNGE.
public struct SequenceNumber: RawRepresentable, Hashable, Comparable, Sendable {
    public let rawValue: UInt32

    /// Any number; 0 comes from broken servers and names no message.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public init(_ rawValue: UInt32) {
        self.init(rawValue: rawValue)
    }

    public static func < (a: SequenceNumber, b: SequenceNumber) -> Bool { a.rawValue < b.rawValue }
}

extension SequenceNumber: CustomStringConvertible {
    public var description: String { String(rawValue) }
}

extension SequenceNumber: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt32) {
        self.init(rawValue: value)
    }
}
