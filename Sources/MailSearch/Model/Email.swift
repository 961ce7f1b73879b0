import MIME

/// A message as the index holds it: INTERFACE's JSON fields as values.
public struct Email: Hashable, Sendable {
    public var id: EmailID
    /// The smallest id of the thread's messages.
    public var threadID: EmailID
    /// Without angle brackets, as the next two.
    public var messageIDs: [String]
    public var inReplyTo: [String]
    public var references: [String]
    public var from: [EmailAddress]
    public var sender: [EmailAddress]
    public var replyTo: [EmailAddress]
    public var to: [EmailAddress]
    public var cc: [EmailAddress]
    public var bcc: [EmailAddress]
    public var subject: String
    /// The Date field, as written: may lie in the future. Seconds since 1970, as the next two.
    public var sentAt: Int64?
    /// INTERNALDATE, or the newest Received field.
    public var receivedAt: Int64?
    /// What the message is sorted and found by: `sentAt` where plausible, else `receivedAt`, else 0.
    public var date: Int64
    /// Octets of the whole message.
    public var size: Int
    public var flags: EmailFlags
    /// IMAP keywords, such as `$Forwarded`: those of all places, sorted.
    public var keywords: [String]
    /// Gmail's labels, likewise.
    public var labels: [String]
    public var attachments: [EmailAttachment]
    public var preview: String
    /// `List-Id`, lower case.
    public var listID: String?
    /// Whether text was left out because of a limit.
    public var isTruncated: Bool
    public var places: [EmailPlace]

    public var hasAttachment: Bool { attachments.contains { !$0.isInline } }
}

/// An attachment as the index holds it; its text is in the index, not in here.
public struct EmailAttachment: Hashable, Sendable {
    public var partID: String
    public var name: String?
    public var mediaType: String
    public var size: Int
    public var isInline: Bool

    public init(partID: String, name: String?, mediaType: String, size: Int, isInline: Bool) {
        self.partID = partID
        self.name = name
        self.mediaType = mediaType
        self.size = size
        self.isInline = isInline
    }
}

/// Where a message stands, told in names.
public struct EmailPlace: Hashable, Sendable {
    public var mailboxID: MailboxID
    public var account: String
    public var mailbox: String
    public var uidValidity: UInt32
    public var uid: UInt32
    public var flags: EmailFlags
}

/// IMAP's system flags (RFC 9051 §2.3.2). Of a message in many places: `seen` if all have it, the others if one has.
public struct EmailFlags: OptionSet, Hashable, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    public static let seen = EmailFlags(rawValue: 1)
    public static let answered = EmailFlags(rawValue: 2)
    public static let flagged = EmailFlags(rawValue: 4)
    public static let deleted = EmailFlags(rawValue: 8)
    public static let draft = EmailFlags(rawValue: 16)
}
