import IMAPCore

/// What SELECT or EXAMINE told of a mailbox (RFC 3501, 6.3.1; RFC 7162, 3.2.5).
public struct SelectedMailbox: Sendable {
    public var name: MailboxName
    public var exists = 0
    public var recent: Int?
    public var flags: [Flag] = []
    public var permanentFlags: [Flag]?
    /// Nil: the server told none, so nothing that is remembered of this mailbox can be trusted later.
    public var uidValidity: UIDValidity?
    public var uidNext: UID?
    /// Nil where the mailbox keeps no mod-sequences.
    public var highestModSeq: ModSequence?
    public var mailboxID: String?
    public var isReadOnly = false
    /// UIDs are not kept between sessions (`[UIDNOTSTICKY]`).
    public var uidsAreVolatile = false
    /// Whether the server answered to the resync parameters: then `vanished` and `changed` are all that happened.
    public var isResynchronised = false
    public var vanished = UIDSet()
    public var changed: [FetchResponse] = []

    public init(name: MailboxName) {
        self.name = name
    }
}

extension SelectedMailbox {
    /// Reads a command's answer.
    init(name: MailboxName, _ result: CommandResult, askedResync: SelectParameters.Resync?) {
        self.init(name: name)
        for response in result.untagged { take(response) }
        take(result.text)
        if let askedResync, let uidValidity, uidValidity == askedResync.uidValidity, highestModSeq != nil {
            isResynchronised = true
        }
    }

    private mutating func take(_ response: UntaggedResponse) {
        switch response {
        case .condition(.ok, let text): take(text)
        case .exists(let count): exists = count
        case .recent(let count): recent = count
        case .flags(let flags): self.flags = flags
        case .vanished(let uids, _): vanished.formUnion(uids)
        case .fetch(let message): changed.append(message)
        case .condition, .capability, .enabled, .list, .status, .expunge, .search, .extendedSearch, .sort, .thread,
            .namespace, .id, .quota, .quotaRoot, .known, .unknown:
            break
        }
    }

    private mutating func take(_ text: ResponseText) {
        guard let code = text.code else { return }
        if case .uidValidity(let value) = code { uidValidity = value }
        if case .uidNext(let value) = code { uidNext = value }
        if case .highestModSeq(let value) = code { highestModSeq = value.rawValue == 0 ? nil : value }
        if case .noModSeq = code { highestModSeq = nil }
        if case .permanentFlags(let value) = code { permanentFlags = value }
        if case .mailboxID(let value) = code { mailboxID = value }
        if case .readOnly = code { isReadOnly = true }
        if case .readWrite = code { isReadOnly = false }
        if case .uidNotSticky = code { uidsAreVolatile = true }
    }
}
