import IMAPCore
import MailIndex

/// What synchronisation needs of the index, in IMAP's types.
struct SyncIndex: Sendable {
    let store: IndexStore
    /// Called before each batch is written and after: tests end the process there.
    var atCommit: @Sendable (CommitPoint) -> Void = { _ in }

    enum CommitPoint: String, Sendable {
        case before
        case after
    }

    @discardableResult
    func apply(_ batch: IndexBatch) async throws -> BatchOutcome {
        atCommit(.before)
        let outcome = try await store.apply(batch)
        atCommit(.after)
        return outcome
    }

    // MARK: Mailboxes

    func mailboxes(_ account: AccountID) throws -> [MailIndex.MailboxStatus] {
        try store.mailboxes().filter { $0.account == account }
    }

    func register(_ mailbox: MailboxDescription, account: AccountID) throws -> MailboxID {
        try store.registerMailbox(mailbox, of: account)
    }

    func rename(_ mailbox: MailboxID, _ description: MailboxDescription) throws {
        try store.renameMailbox(mailbox, to: description)
    }

    func remove(_ mailbox: MailboxID, now: Int64) async throws {
        atCommit(.before)
        _ = try await store.removeMailbox(mailbox, now: now)
        atCommit(.after)
    }

    func note(_ mailbox: MailboxID, _ note: SyncNote) throws {
        try store.note(note, of: mailbox)
    }

    /// Whether the account has any message.
    func hasMessages(_ account: AccountID) throws -> Bool {
        try mailboxes(account).contains { $0.messageCount > 0 }
    }

    // MARK: Places

    func known(_ mailbox: MailboxID) throws -> KnownMailbox {
        KnownMailbox(
            cursor: try store.cursor(of: mailbox), uids: UIDSet(rawRanges: try store.uids(in: mailbox)))
    }

    /// The flags of each place, by UID.
    func flags(_ mailbox: MailboxID) throws -> [UInt32: FlagSet] {
        var flags: [UInt32: FlagSet] = [:]
        for place in try store.places(in: mailbox) { flags[place.uid] = place.flags }
        return flags
    }

    /// Those that are found, by the same keys.
    func find<Key: Hashable>(_ identities: [Key: MessageIdentity]) throws -> [Key: EmailID] {
        guard !identities.isEmpty else { return [:] }
        let keys = Array(identities.keys)
        let messages = try store.findMessages(keys.compactMap { identities[$0] })
        var found: [Key: EmailID] = [:]
        for (key, message) in zip(keys, messages) { found[key] = message }
        return found
    }
}
