/// What STATUS can be asked for. Those beyond RFC 3501 need the capability beside them.
public enum StatusItem: String, Hashable, Sendable, CaseIterable {
    case messages = "MESSAGES"
    case recent = "RECENT"
    case uidNext = "UIDNEXT"
    case uidValidity = "UIDVALIDITY"
    case unseen = "UNSEEN"
    /// CONDSTORE.
    case highestModSeq = "HIGHESTMODSEQ"
    /// STATUS=SIZE or IMAP4rev2.
    case size = "SIZE"
    /// OBJECTID.
    case mailboxID = "MAILBOXID"
    /// IMAP4rev2 or QUOTA=RES-MESSAGE.
    case deleted = "DELETED"
    /// QUOTA=RES-STORAGE.
    case deletedStorage = "DELETED-STORAGE"
    /// APPENDLIMIT.
    case appendLimit = "APPENDLIMIT"

    /// Whether a server with these capabilities knows the item.
    public func isSupported(by capabilities: CapabilitySet) -> Bool {
        switch self {
        case .messages, .uidNext, .uidValidity, .unseen: true
        case .recent: capabilities.contains(.imap4rev1) || !capabilities.contains(.imap4rev2)
        case .highestModSeq: capabilities.supportsCondStore
        case .size: capabilities.contains(.statusSize) || capabilities.contains(.imap4rev2)
        case .mailboxID: capabilities.contains(.objectID)
        case .deleted: capabilities.contains("QUOTA=RES-MESSAGE") || capabilities.contains(.imap4rev2)
        case .deletedStorage: capabilities.contains("QUOTA=RES-STORAGE")
        case .appendLimit: capabilities.contains("APPENDLIMIT")
        }
    }
}
