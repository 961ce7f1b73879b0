import IMAPClient
import IMAPCore
import MailIndex
import MailSearch

/// One stretch of an account's synchronisation, from logging in until something fails: the list of mailboxes and the
/// passes over them.
struct AccountSession: Sendable {
    /// A mailbox that is read.
    struct Entry: Sendable {
        var id: MailboxID
        var info: MailboxInfo
        /// As the index had it when the mailboxes were listed.
        var cursor: MailboxCursor?
    }

    let synchronizer: AccountSynchronizer
    let context: SyncContext

    private var configuration: AccountConfiguration { synchronizer.configuration }

    static let statusItems: [StatusItem] = [.messages, .uidNext, .uidValidity, .unseen, .highestModSeq, .mailboxID]

    /// Lists the mailboxes that are to be read, and makes the index's the same: renamed, new and removed.
    func listMailboxes(_ connection: IMAPConnection) async throws -> [Entry] {
        let patterns = configuration.mailboxes.isEmpty ? ["*"] : configuration.mailboxes
        try await leaveMailbox(connection)
        let all = MailboxMatcher.withoutDoubledIDs(try await connection.list(patterns, returning: Self.statusItems))
        let filter = MailboxFilter(patterns: patterns, exclude: configuration.exclude)
        let listed = all.filter(filter.includes)
        let indexed = try context.index.mailboxes(context.account)
        if all.isEmpty, !indexed.isEmpty {
            throw ServiceError(
                .operationFailed,
                "the server lists no mailbox at all, though it had some before; nothing was removed from the index")
        }
        var cursors: [MailboxID: MailboxCursor] = [:]
        for mailbox in indexed { cursors[mailbox.id] = mailbox.cursor }
        var entries: [Entry] = []
        let matches = MailboxMatcher().match(listed: listed, indexed: indexed.map(MailboxMatcher.Known.init))
        try await removeAndSetAside(matches, indexed)
        for match in matches {
            switch match {
            case .keep(let id, let info):
                _ = try context.index.register(info.indexDescription, account: context.account)
                entries.append(Entry(id: id, info: info, cursor: cursors[id]))
            case .rename(let id, let info):
                try context.index.rename(id, info.indexDescription)
                entries.append(Entry(id: id, info: info, cursor: cursors[id]))
            case .add(let info):
                let id = try context.index.register(info.indexDescription, account: context.account)
                entries.append(Entry(id: id, info: info, cursor: nil))
            case .remove: break
            }
        }
        return entries.sorted { first, second in
            if first.info.name.isInbox != second.info.name.isInbox { return first.info.name.isInbox }
            return first.info.name.name < second.info.name.name
        }
    }

    /// STATUS of an open mailbox tells what the session has seen of it, not what it holds (RFC 3501, 6.3.10); Dovecot
    /// then goes on telling the old numbers.
    private func leaveMailbox(_ connection: IMAPConnection) async throws {
        guard context.counters.value.opened > 0 else { return }
        do {
            try await connection.unselect()
        } catch let error as IMAPError where error.concernsOneMailbox {
            // None was open.
        }
    }

    /// Makes names free before they are given: what has gone goes, and of mailboxes that take each other's names all are
    /// put under names that no server gives.
    private func removeAndSetAside(
        _ matches: [MailboxMatcher.Match], _ indexed: [MailSearch.MailboxStatus]
    ) async throws {
        let taken = Set(indexed.map(\.name))
        let wantsTaken = matches.contains { match in
            if case .rename(_, let info) = match { taken.contains(info.name.name) } else { false }
        }
        for match in matches {
            switch match {
            case .remove(let id): try await context.index.remove(id, now: context.now())
            case .rename(let id, _) where wantsTaken: try setAside(id, indexed)
            case .rename, .keep, .add: break
            }
        }
    }

    private func setAside(_ id: MailboxID, _ indexed: [MailSearch.MailboxStatus]) throws {
        guard let mailbox = indexed.first(where: { $0.id == id }) else { return }
        try context.index.rename(
            id,
            MailboxDescription(
                name: "\u{1}renaming \(id.rawValue)", wireName: mailbox.wireName, delimiter: mailbox.delimiter,
                attributes: mailbox.attributes, objectID: mailbox.objectID))
    }

    /// Brings mailboxes up to date: of those never seen, the newest month of each first, then the rest of each.
    func synchronise(_ entries: [Entry], on connection: IMAPConnection) async throws {
        let changed = try await setUnchangedAside(entries)
        synchronizer.updateProgress { progress in
            progress.mailboxes = entries.count
            progress.mailboxesDone = entries.count - changed.count
            progress.expected = changed.reduce(0) { sum, entry in
                let known = entry.cursor.map { $0.isComplete ? ($0.serverCount ?? 0) : 0 } ?? 0
                return sum + max(0, (entry.info.status?.messages ?? 0) - known)
            }
        }
        var unfinished: [Entry] = []
        for entry in changed {
            if try await synchronise(entry, .newest, on: connection) {
                synchronizer.updateProgress { $0.mailboxesDone += 1 }
            } else {
                unfinished.append(entry)
            }
        }
        for entry in unfinished {
            _ = try await synchronise(entry, .all, on: connection)
            synchronizer.updateProgress { $0.mailboxesDone += 1 }
        }
    }

    /// True when the mailbox is done, also where the server won't open it: that is noted, and the others go on.
    func synchronise(
        _ entry: Entry, _ extent: MailboxSynchronizer.Extent, on connection: IMAPConnection
    ) async throws -> Bool {
        try Task.checkCancellation()
        do {
            let open = try await mailbox(entry, on: connection).synchronise(extent)
            if open.isComplete {
                try context.index.note(entry.id, SyncNote(state: "", syncedAt: context.now(), error: ""))
            }
            return open.isComplete
        } catch let error as IMAPError where error.concernsOneMailbox {
            let note = SyncNote(state: "failed", error: error.message, errorAt: context.now())
            try context.index.note(entry.id, note)
            return true
        }
    }

    func mailbox(_ entry: Entry, on connection: IMAPConnection) -> MailboxSynchronizer {
        MailboxSynchronizer(context: context, connection: connection, mailbox: entry.id, name: entry.info.name)
    }

    /// Mailboxes that STATUS shows to be as the index has them need not be opened.
    private func setUnchangedAside(_ entries: [Entry]) async throws -> [Entry] {
        var changed: [Entry] = []
        var empty: [MailboxCursor] = []
        var unchanged = 0
        for entry in entries {
            guard let status = entry.info.status else {
                changed.append(entry)
                continue
            }
            if context.planner.isUnchanged(entry.cursor, status) {
                unchanged += 1
            } else if entry.cursor == nil, let cursor = context.planner.emptyCursor(entry.id, status) {
                empty.append(cursor)
            } else {
                changed.append(entry)
            }
        }
        let count = unchanged
        context.counters.add { $0.unchanged += count }
        if !empty.isEmpty {
            var batch = IndexBatch(now: context.now())
            batch.cursors = empty
            try await context.index.apply(batch)
        }
        return changed
    }
}

extension IMAPError {
    /// A refusal that says nothing about the connection or other mailboxes.
    var concernsOneMailbox: Bool {
        code == .no || code == .nonExistent || code == .noPermission || code == .bad
    }
}
