/// What SELECT or EXAMINE has told of a mailbox; built by `apply` from the command's data.
public struct SelectedMailbox: Hashable, Sendable {
    public var name: MailboxName
    public var isReadOnly = true
    public var exists = 0
    public var recent = 0
    public var flags: [Flag] = []
    public var permanentFlags: [Flag] = []
    /// Nil where the server told none: UIDs must not be kept then.
    public var uidValidity: UIDValidity?
    public var uidNext: UID?
    public var firstUnseen: SequenceNumber?
    /// Nil where the mailbox keeps none (NOMODSEQ), or the server said nothing.
    public var highestModSeq: ModSequence?
    public var mailboxID: String?
    public var uidsAreNotSticky = false
    /// With QRESYNC: expunged since.
    public var vanished = UIDSet()
    /// With QRESYNC: changed since.
    public var changed: [FetchResponse] = []

    public init(name: MailboxName) {
        self.name = name
    }

    /// Takes over one of the responses that SELECT's `.data` brought.
    public mutating func apply(_ response: UntaggedResponse) {
        switch response {
        case .exists(let count): exists = count
        case .recent(let count): recent = count
        case .flags(let list): flags = list
        case .vanished(let uids, _): vanished.formUnion(uids)
        case .fetch(let message): changed.append(message)
        case .condition(_, let text): apply(text.code)
        case .list(_, let info):
            if info.oldName == name { name = info.name }
        case .capability, .enabled, .status, .expunge, .search, .extendedSearch, .sort, .thread, .namespace, .id,
            .quota, .quotaRoot, .known, .unknown:
            break
        }
    }

    /// Takes over the code of the tagged OK, or of an untagged one.
    public mutating func apply(_ code: ResponseCode?) {
        switch code {
        case .permanentFlags(let list): permanentFlags = list
        case .uidNext(let uid): uidNext = uid
        case .uidValidity(let validity): uidValidity = validity
        case .unseen(let number): firstUnseen = number
        case .highestModSeq(let modSeq): highestModSeq = modSeq.rawValue > 0 ? modSeq : nil
        case .noModSeq: highestModSeq = nil
        case .readOnly: isReadOnly = true
        case .readWrite: isReadOnly = false
        case .mailboxID(let id): mailboxID = id
        case .uidNotSticky: uidsAreNotSticky = true
        case .alert, .badCharset, .capability, .parse, .tryCreate, .appendUID, .copyUID, .modified, .closed,
            .unavailable,
            .authenticationFailed, .authorizationFailed, .expired, .privacyRequired, .contactAdmin, .noPerm, .inUse,
            .expungeIssued, .corruption, .serverBug, .clientBug, .cannot, .limit, .overQuota, .alreadyExists,
            .nonExistent, .notSaved, .hasChildren, .unknownCTE, .tooBig, .useAttribute, .compressionActive,
            .notificationOverflow, .badEvent, .badComparator, .badURL, .referral, .uidRequired, .messageLimit,
            .metadata, .other, nil:
            break
        }
    }
}
