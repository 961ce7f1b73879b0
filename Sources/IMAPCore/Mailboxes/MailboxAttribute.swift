/// An attribute of a mailbox in LIST, such as `\Noselect` or `\Sent`; case does not count.
///
/// RFC 3501 and 9051 (7.3.1), RFC 5258 (LIST-EXTENDED), RFC 6154 (SPECIAL-USE), RFC 8457 (`\Important`).
public struct MailboxAttribute: Sendable {
    /// As the server sent it, with its backslash.
    public let rawValue: String

    public init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    public static let noSelect: MailboxAttribute = "\\Noselect"
    public static let nonExistent: MailboxAttribute = "\\NonExistent"
    public static let noInferiors: MailboxAttribute = "\\Noinferiors"
    public static let marked: MailboxAttribute = "\\Marked"
    public static let unmarked: MailboxAttribute = "\\Unmarked"
    public static let hasChildren: MailboxAttribute = "\\HasChildren"
    public static let hasNoChildren: MailboxAttribute = "\\HasNoChildren"
    public static let subscribed: MailboxAttribute = "\\Subscribed"
    public static let remote: MailboxAttribute = "\\Remote"
    public static let all: MailboxAttribute = "\\All"
    public static let archive: MailboxAttribute = "\\Archive"
    public static let drafts: MailboxAttribute = "\\Drafts"
    public static let flagged: MailboxAttribute = "\\Flagged"
    public static let important: MailboxAttribute = "\\Important"
    public static let junk: MailboxAttribute = "\\Junk"
    public static let sent: MailboxAttribute = "\\Sent"
    public static let trash: MailboxAttribute = "\\Trash"

    /// The uses of RFC 6154 and 8457, under the names that Gmail's XLIST gave them too.
    public static let specialUses: Set<MailboxAttribute> = [
        .all, .archive, .drafts, .flagged, .important, .junk, .sent, .trash,
    ]

    /// What XLIST and older servers call it, under the name of RFC 6154.
    public var standardized: MailboxAttribute {
        if self == "\\AllMail" { return .all }
        if self == "\\Spam" { return .junk }
        if self == "\\Starred" { return .flagged }
        if self == "\\Inbox" { return self }
        return self
    }
}

extension MailboxAttribute: Hashable {
    public static func == (a: MailboxAttribute, b: MailboxAttribute) -> Bool {
        equalIgnoringASCIICase(a.rawValue, b.rawValue)
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(hashIgnoringASCIICase(rawValue))
    }
}

extension MailboxAttribute: ExpressibleByStringLiteral, CustomStringConvertible {
    public init(stringLiteral value: String) {
        self.init(value)
    }

    public var description: String { rawValue }
}
