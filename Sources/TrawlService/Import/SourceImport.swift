import MailIndex
import MailSearch

/// A source that is to be imported: what is known of it, and what there is to do.
struct PlannedImport: Sendable {
    var source: ImportSource
    var cache: ImportCache
    var plan: ImportPlan
}

/// Imports one source: gives its messages their places, and knows which of its files are in the index.
struct SourceImport {
    /// Octets of a message file at most; a larger one is a problem told, not mail.
    static let longestMessage = 256 << 20
    /// Imported mailboxes never get another: their UIDs are given by Trawl.
    static let uidValidity: UInt32 = 1

    private let context: MailImport
    private let source: ImportSource
    private var cache: ImportCache
    private let plan: ImportPlan

    private var mailbox = MailboxID(rawValue: 0)
    private var nextUID: UInt32 = 1
    /// Messages that the mailbox holds in places which no unchanged file accounts for: a file that turns out to be one
    /// of them keeps its place.
    private var claims: [EmailID: [PlaceState]] = [:]
    private var claimed: Set<UInt32> = []
    /// Places of files that changed since they were imported.
    private var changedUIDs: Set<UInt32> = []
    /// Places of those among them that can't be read now.
    private var unreadable: Set<UInt32> = []

    init(_ context: MailImport, _ planned: PlannedImport) {
        self.context = context
        (source, cache, plan) = (planned.source, planned.cache, planned.plan)
    }

    /// Makes the mailbox known, and finds out which numbers are free.
    mutating func begin() throws {
        let account = try context.store.registerAccount(MailImport.account)
        mailbox = try context.store.registerMailbox(MailboxDescription(name: source.mailbox), of: account)
        try prepareNumbers()
    }

    private mutating func prepareNumbers() throws {
        let highest = cache.entries.values.reduce(0) { max($0, $1.uid) }
        nextUID = highest + 1
        guard let cursor = try context.store.cursor(of: mailbox) else { return }
        nextUID = max(nextUID, cursor.uidNext)
        guard !plan.items.isEmpty || plan.readsMbox else { return }
        let changed = Set(plan.items.map(\.name))
        changedUIDs = Set(plan.items.compactMap { cache.entries[$0.name]?.uid })
        let vanished = Set(plan.vanished)
        var kept: Set<UInt32> = []
        kept.reserveCapacity(cache.entries.count)
        for (name, entry) in cache.entries where !changed.contains(name) && !vanished.contains(name) {
            kept.insert(entry.uid)
        }
        for place in try context.store.places(in: mailbox) where !kept.contains(place.uid) {
            claims[place.message, default: []].append(place)
        }
    }

    // MARK: Messages

    private mutating func note(_ item: ImportPlan.Item, uid: UInt32) {
        cache.set(
            ImportCache.Entry(uid: uid, size: item.size, stamp: item.stamp, flags: item.flagText), for: item.name)
    }

    /// Notes which files of a chunk hold nothing to be written.
    mutating func note(_ chunk: ImportChunk) {
        for item in chunk.passed { note(item, uid: 0) }
        for item in chunk.unreadable { if let uid = cache.entries[item.name]?.uid { unreadable.insert(uid) } }
    }

    /// Notes what was written.
    mutating func note(_ written: Written, isCommitted: Bool, _ open: inout OpenImports) throws {
        for (item, uid) in written.noted { note(item, uid: uid) }
        if isCommitted { try didCommit(&open) } else { open.begin() }
    }

    /// After the index has committed: a cache that knew more than the index would lose mail.
    mutating func didCommit(_ open: inout OpenImports) throws {
        try cache.save()
        try open.didCommit()
    }

    struct Written {
        var batch: IndexBatch
        var noted: [(ImportPlan.Item, UInt32)]
    }

    mutating func makeBatch(_ messages: [ImportChunk.Message]) throws -> Written {
        var batch = IndexBatch(now: context.now)
        var noted: [(ImportPlan.Item, UInt32)] = []
        for message in messages {
            if let place = try claim(message) {
                noted.append((message.item, place.uid))
                if place.flags != message.flags {
                    batch.flagChanges.append(
                        FlagChange(mailbox: mailbox, uid: place.uid, flags: message.flags, hasLabels: true))
                }
                continue
            }
            guard nextUID < UInt32.max else {
                throw ServiceError(.operationFailed, "\(source.mailbox): no numbers are left in this mailbox")
            }
            let place = Place(
                mailbox: mailbox, uid: nextUID, uidValidity: Self.uidValidity, flags: message.flags)
            nextUID += 1
            noted.append((message.item, place.uid))
            batch.additions.append(PlacedDocument(document: message.document, place: place))
        }
        // By date, which is the order of the index's rows.
        batch.additions.sort { $0.document.date < $1.document.date }
        batch.cursors = [
            MailboxCursor(mailbox: mailbox, uidValidity: Self.uidValidity, uidNext: nextUID, backfilledDownTo: nil)
        ]
        return Written(batch: batch, noted: noted)
    }

    private mutating func claim(_ message: ImportChunk.Message) throws -> PlaceState? {
        guard !claims.isEmpty,
            let id = try context.store.findMessage(.content(message.document.digest)),
            let place = claims[id]?.popLast()
        else { return nil }
        if claims[id]?.isEmpty == true { claims[id] = nil }
        claimed.insert(place.uid)
        return place
    }

    // MARK: The rest

    /// Flags told by names, what vanished, and the mark that all of the source is in the index.
    mutating func finish(_ summary: inout MailImport.Summary, _ open: inout OpenImports) async throws {
        var batch = IndexBatch(now: context.now)
        for (name, entry, flags) in plan.flagChanges {
            batch.flagChanges.append(FlagChange(mailbox: mailbox, uid: entry.uid, flags: FlagSet(imap: flags)))
            var entry = entry
            entry.flags = ImportPlan.flagText(flags)
            cache.set(entry, for: name)
        }
        // Places that nothing on disk accounts for: of files that vanished, and of those replaced by another message.
        var removed = Set(plan.vanished.compactMap { cache.entries[$0]?.uid })
        removed.formUnion(claims.values.joined().map(\.uid))
        removed.subtract(claimed)
        removed.remove(0)
        removed.subtract(unreadable)
        // Where single files were named, nothing is known of the others.
        if source.only != nil { removed.formIntersection(changedUIDs) }
        if !removed.isEmpty { batch.removals = [Removal(mailbox: mailbox, uids: UIDRanges.make(Array(removed)))] }
        for name in plan.vanished { cache.remove(name) }
        let count = cache.entries.values.reduce(0) { $0 + ($1.uid == 0 ? 0 : 1) }
        batch.cursors = [
            MailboxCursor(
                mailbox: mailbox, uidValidity: Self.uidValidity, uidNext: nextUID, backfilledDownTo: 1,
                serverCount: count)
        ]
        let outcome = try await context.store.apply(batch, isFollowed: context.leavesOpen)
        try context.store.note(SyncNote(syncedAt: context.now, error: ""), of: mailbox)
        plan.noteFolders(in: &cache)
        if let status = plan.mboxStatus { cache.setWholeFile(size: status.size, stamp: status.modifiedAtNanoseconds) }
        if outcome.isCommitted {
            try cache.save()
            try open.didCommit()
        } else {
            open.begin()
            open.caches.append(cache)
        }
        summary.updated += batch.flagChanges.count
        summary.removed += removed.count
    }
}
