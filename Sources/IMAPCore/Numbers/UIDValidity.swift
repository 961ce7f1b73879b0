/// The number that says whether a mailbox's UIDs still mean what they meant (RFC 3501, 2.3.1.1).
public struct UIDValidity: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt32

    /// Any 32-bit number: servers have been seen to say 0, which the RFC forbids.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    public init(_ rawValue: UInt32) {
        self.init(rawValue: rawValue)
    }
}

extension UIDValidity: CustomStringConvertible {
    public var description: String { String(rawValue) }
}

extension UIDValidity: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: UInt32) {
        self.init(rawValue: value)
    }
}
