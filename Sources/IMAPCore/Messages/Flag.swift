/// A message's flag or keyword, such as `\Seen` or `$Forwarded`; case does not count (RFC 3501, 2.3.2).
public struct Flag: Sendable {
    /// As the server sent it, system flags with their backslash.
    public let rawValue: String

    public init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    public static let seen: Flag = "\\Seen"
    public static let answered: Flag = "\\Answered"
    public static let flagged: Flag = "\\Flagged"
    public static let deleted: Flag = "\\Deleted"
    public static let draft: Flag = "\\Draft"
    public static let recent: Flag = "\\Recent"
    /// In PERMANENTFLAGS: new keywords can be made.
    public static let wildcard: Flag = "\\*"
}

extension Flag: Hashable {
    public static func == (a: Flag, b: Flag) -> Bool {
        equalIgnoringASCIICase(a.rawValue, b.rawValue)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(hashIgnoringASCIICase(rawValue))
    }
}

extension Flag: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral value: String) {
        self.init(value)
    }

    public var description: String { rawValue }
}
