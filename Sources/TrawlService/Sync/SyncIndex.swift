import IMAPCore
import MailIndex
import MailSearch

/// What synchronisation needs of the index, in IMAP's types.
struct SyncIndex: Sendable {
    let store: IndexStore
    /// Called before each transaction and after: tests end the process there.
    var atCommit: @Sendable (CommitPoint) -> Void = { _ in }

    @discardableResult
    func apply(_ batch: IndexBatch) async throws -> BatchOutcome {
        let what = CommitPoint.What(batch)
        atCommit(CommitPoint(.before, what))
        let outcome = try await store.apply(batch)
        atCommit(CommitPoint(.after, what))
        return outcome
    }

    private func committing<R>(_ what: CommitPoint.What, _ body: () throws -> R) rethrows -> R {
        atCommit(CommitPoint(.before, what))
        let result = try body()
        atCommit(CommitPoint(.after, what))
        return result
    }

    // MARK: Mailboxes

    func mailboxes(_ account: AccountID) throws -> [MailSearch.MailboxStatus] {
        try store.mailboxes().filter { $0.account == account }
    }

    func register(_ mailbox: MailboxDescription, account: AccountID) throws -> MailboxID {
        try committing(.registration) { try store.registerMailbox(mailbox, of: account) }
    }

    func rename(_ mailbox: MailboxID, _ description: MailboxDescription) throws {
        try committing(.rename) { try store.renameMailbox(mailbox, to: description) }
    }

    func remove(_ mailbox: MailboxID, now: Int64) async throws {
        atCommit(CommitPoint(.before, .mailboxRemoval))
        _ = try await store.removeMailbox(mailbox, now: now)
        atCommit(CommitPoint(.after, .mailboxRemoval))
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

    /// The flags of the places with these UIDs.
    func flags(_ mailbox: MailboxID, _ uids: ClosedRange<UInt32>) throws -> [UInt32: FlagSet] {
        var flags: [UInt32: FlagSet] = [:]
        for place in try store.places(in: mailbox, uids) { flags[place.uid] = place.flags }
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
