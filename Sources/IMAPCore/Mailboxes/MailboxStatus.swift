/// What STATUS tells of a mailbox; nil for what was not asked or not told (RFC 3501, 7.2.4).
public struct MailboxStatus: Hashable, Sendable {
    public var messages: Int?
    public var recent: Int?
    /// Nil also where the server says 0, as some do for "unknown".
    public var uidNext: UID?
    public var uidValidity: UIDValidity?
    public var unseen: Int?
    /// 0 where the mailbox keeps no mod-sequences (RFC 7162, 3.1.2.2).
    public var highestModSeq: ModSequence?
    /// Octets (RFC 8438).
    public var size: Int?
    /// RFC 8474.
    public var mailboxID: String?
    /// Messages with `\Deleted` (RFC 9051).
    public var deleted: Int?
    /// Octets that EXPUNGE would free (RFC 9208).
    public var deletedStorage: Int?
    /// Octets, nil: no limit told (RFC 7889).
    public var appendLimit: Int?

    public init() {}

    /// Takes over what `other` tells.
    public mutating func merge(_ other: MailboxStatus) {
        messages = other.messages ?? messages
        recent = other.recent ?? recent
        uidNext = other.uidNext ?? uidNext
        uidValidity = other.uidValidity ?? uidValidity
        unseen = other.unseen ?? unseen
        highestModSeq = other.highestModSeq ?? highestModSeq
        size = other.size ?? size
        mailboxID = other.mailboxID ?? mailboxID
        deleted = other.deleted ?? deleted
        deletedStorage = other.deletedStorage ?? deletedStorage
        appendLimit = other.appendLimit ?? appendLimit
    }
}
