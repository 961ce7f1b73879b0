/// A message's number in the index, shown to users as a short word.
///
/// Grows with the message's date, whatever order messages came in, but for messages of nearly the same time. It is
/// the same in every mailbox that holds the message, and for as long as one does.
public struct EmailID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let rawValue: Int64

    /// Dates that share a number, unless it is taken.
    package static let secondsPerID: Int64 = 16

    public init(rawValue: Int64) {
        self.rawValue = rawValue
    }

    /// Reads what `description` writes; nil for anything else.
    public init?(_ text: some StringProtocol) {
        guard (1...13).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "-") }),
            let value = Int64(text, radix: 36)
        else { return nil }
        rawValue = value
    }

    /// Base 36, lower case: six letters and digits for mail of this century.
    public var description: String { String(rawValue, radix: 36) }

    public static func < (left: EmailID, right: EmailID) -> Bool { left.rawValue < right.rawValue }
}

/// An account's number in the index.
public struct AccountID: Hashable, Sendable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// A mailbox's number in the index. Stays through renaming.
public struct MailboxID: Hashable, Sendable {
    public let rawValue: Int64
    public init(rawValue: Int64) { self.rawValue = rawValue }
}
