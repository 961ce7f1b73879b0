import MIME
import MailIndex
import MailSearch

/// Imports one source: messages are read and parsed in chunks side by side, and written in batches meanwhile.
struct SourceImport {
    /// Messages, and octets, that are read and parsed as one piece of work.
    static let chunkMessages = 64
    static let chunkOctets = 4 << 20
    /// Messages, and octets of text, that are written in one transaction.
    static let batchMessages = IndexStore.bulkBatchMessages
    static let batchOctets = IndexStore.bulkBatchBytes
    /// Messages of an import's first batch; each after it has twice as many, so that writing begins soon and seldom waits.
    static let firstBatchMessages = 750
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

    init(_ context: MailImport, _ source: ImportSource, _ cache: ImportCache, _ plan: ImportPlan) {
        self.context = context
        self.source = source
        self.cache = cache
        self.plan = plan
    }

    /// A message ready to be written.
    private struct Prepared: Sendable {
        var item: ImportPlan.Item
        var document: MessageDocument
        var flags: FlagSet
    }

    private struct Chunk: Sendable {
        var prepared: [Prepared] = []
        var problems: [String] = []
        var unreadable: [ImportPlan.Item] = []
        /// Of files that turned out to hold nothing for the index.
        var passed: [ImportPlan.Item] = []
        var octets = 0
    }

    private enum Step: Sendable {
        case chunk(Int, Chunk)
        case written(isCommitted: Bool)
        case committed
    }

    mutating func run(
        _ progress: inout MailImport.Progress, _ summary: inout MailImport.Summary, _ open: inout OpenImports,
        _ report: (MailImport.Progress) -> Void
    ) async throws {
        let account = try context.store.registerAccount(MailImport.account)
        mailbox = try context.store.registerMailbox(MailboxDescription(name: source.mailbox), of: account)
        try prepareNumbers()
        try await importMessages(&progress, &summary, &open, report)
        try await finish(&summary, &open)
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

    private mutating func importMessages(
        _ progress: inout MailImport.Progress, _ summary: inout MailImport.Summary, _ open: inout OpenImports,
        _ report: (MailImport.Progress) -> Void
    ) async throws {
        guard !plan.items.isEmpty || plan.readsMbox else { return }
        var feed = try ChunkFeed(source, plan, cache)
        let context = context
        try await withThrowingTaskGroup(of: Step.self) { group in
            var started = 0
            var delivered = 0
            var parsing = 0
            var isWriting = false
            var outOfOrder: [Int: Chunk] = [:]
            var pending: [Prepared] = []
            var pendingOctets = 0
            var written: Written?
            var isFed = false
            var batchMessages = progress.added == 0 ? Self.firstBatchMessages : Self.batchMessages
            while true {
                // While a batch is written, that has a core to itself: it is what an import waits for.
                let workers = isWriting ? max(1, context.workers - 1) : context.workers
                while !isFed, parsing < workers, pendingOctets < Self.batchOctets, pending.count < batchMessages {
                    guard let work = try feed.next() else {
                        isFed = true
                        break
                    }
                    let number = started
                    started += 1
                    parsing += 1
                    group.addTask { .chunk(number, await Self.prepare(work, context)) }
                }
                let isLast = isFed && parsing == 0
                if !isWriting, !pending.isEmpty,
                    isLast || pending.count >= batchMessages || pendingOctets >= Self.batchOctets
                {
                    let count = Self.batchLength(pending, batchMessages)
                    batchMessages = min(batchMessages * 2, Self.batchMessages)
                    let batch = try makeBatch(Array(pending[..<count]))
                    pendingOctets -= pending[..<count].reduce(0) { $0 + $1.document.byteCount }
                    pending.removeFirst(count)
                    written = batch
                    isWriting = true
                    let index = batch.batch
                    group.addTask {
                        let outcome = try await context.store.apply(index, isFollowed: context.leavesOpen)
                        return .written(isCommitted: outcome.isCommitted)
                    }
                    // There is room again for what is parsed meanwhile.
                    continue
                } else if !isWriting, open.isOpen(for: context.store.options.openDuration) {
                    // What comes next takes long to read.
                    isWriting = true
                    group.addTask {
                        try context.store.commit()
                        return .committed
                    }
                }
                guard let step = try await group.next() else { break }
                switch step {
                case .chunk(let number, let chunk):
                    parsing -= 1
                    outOfOrder[number] = chunk
                    // In the source's order, so that the same files get the same numbers each time.
                    while let chunk = outOfOrder.removeValue(forKey: delivered) {
                        delivered += 1
                        pending += chunk.prepared
                        pendingOctets += chunk.prepared.reduce(0) { $0 + $1.document.byteCount }
                        summary.problems += chunk.problems
                        progress.octets += chunk.octets
                        for item in chunk.passed { note(item, uid: 0) }
                        for item in chunk.unreadable {
                            if let uid = cache.entries[item.name]?.uid { unreadable.insert(uid) }
                        }
                    }
                case .committed:
                    isWriting = false
                    try cache.save()
                    try open.didCommit()
                case .written(let isCommitted):
                    isWriting = false
                    if let done = written {
                        for (item, uid) in done.noted { note(item, uid: uid) }
                        // After the index has committed: a cache that knew more than the index would lose mail.
                        if isCommitted {
                            try cache.save()
                            try open.didCommit()
                        } else {
                            open.begin()
                        }
                        progress.messages += done.noted.count
                        progress.added += done.batch.additions.count
                        summary.added += done.batch.additions.count
                        summary.updated += done.batch.flagChanges.count
                        summary.unchanged +=
                            done.noted.count - done.batch.additions.count - done.batch.flagChanges.count
                    }
                    report(progress)
                }
            }
        }
    }

    private mutating func note(_ item: ImportPlan.Item, uid: UInt32) {
        cache.set(
            ImportCache.Entry(uid: uid, size: item.size, stamp: item.stamp, flags: item.flagText), for: item.name)
    }

    private static func batchLength(_ pending: [Prepared], _ batchMessages: Int) -> Int {
        var octets = 0
        for (index, prepared) in pending.prefix(batchMessages).enumerated() {
            octets += prepared.document.byteCount
            if octets >= batchOctets { return index + 1 }
        }
        return min(pending.count, batchMessages)
    }

    private struct Written {
        var batch: IndexBatch
        var noted: [(ImportPlan.Item, UInt32)]
    }

    private mutating func makeBatch(_ prepared: [Prepared]) throws -> Written {
        var batch = IndexBatch(now: context.now)
        var noted: [(ImportPlan.Item, UInt32)] = []
        for message in prepared {
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

    private mutating func claim(_ message: Prepared) throws -> PlaceState? {
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
    private mutating func finish(_ summary: inout MailImport.Summary, _ open: inout OpenImports) async throws {
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

    // MARK: Reading and parsing

    private static func prepare(_ work: [ChunkFeed.Work], _ context: MailImport) async -> Chunk {
        var chunk = Chunk()
        let parser = MessageParser()
        for piece in work {
            let item = piece.item
            let bytes: [UInt8]
            if let given = piece.bytes {
                bytes = given
            } else {
                do {
                    bytes = try Files.read(item.path ?? item.name, limit: longestMessage)
                } catch {
                    // Maildir files are renamed while one looks: the next import sees them again.
                    chunk.problems.append(error.message)
                    chunk.unreadable.append(item)
                    continue
                }
            }
            chunk.octets += bytes.count
            var message = parser.parse(bytes)
            if !context.commands.isEmpty {
                await context.commands.addTexts(to: &message) { parser.decodedBody(of: $0, in: bytes) }
            }
            let told = MessageFlags(message)
            if told.isExpunged {
                chunk.passed.append(item)
                continue
            }
            // A message that tells no time at all came when its file did.
            let hasTime = message.date != nil || message.receivedDate != nil
            let fileTime = item.path == nil ? nil : item.stamp / 1_000_000_000
            chunk.prepared.append(
                Prepared(
                    item: item,
                    document: MessageDocument(
                        message, receivedAt: hasTime ? nil : fileTime, size: bytes.count, now: context.now,
                        compression: context.store.compression),
                    flags: FlagSet(imap: item.flags ?? told.flags, labels: told.labels)))
        }
        return chunk
    }
}

/// Cuts a source's messages into pieces of work.
private struct ChunkFeed: ~Copyable {
    struct Work: Sendable {
        var item: ImportPlan.Item
        /// Where they were read already.
        var bytes: [UInt8]?
    }

    private var items: ArraySlice<ImportPlan.Item>
    private var reader: MboxReader?
    private let known: [String: ImportCache.Entry]
    private var seen: Set<String> = []
    private let key: ContentHash.Key

    init(_ source: ImportSource, _ plan: ImportPlan, _ cache: ImportCache) throws(ServiceError) {
        items = plan.items[...]
        known = plan.readsMbox ? cache.entries : [:]
        key = cache.key
        reader = plan.readsMbox ? try MboxReader(path: source.path) : nil
    }

    mutating func next() throws(ServiceError) -> [Work]? {
        var work: [Work] = []
        var octets = 0
        while work.count < SourceImport.chunkMessages, octets < SourceImport.chunkOctets {
            if let item = items.popFirst() {
                work.append(Work(item: item))
                octets += item.size
            } else if let message = try reader?.next() {
                let name = message.bytes.withUnsafeBytes { ContentHash($0, key: key).text }
                // The same octets twice in one mbox are one message to whoever reads it.
                guard known[name] == nil, seen.insert(name).inserted else { continue }
                let item = ImportPlan.Item(
                    name: name, path: nil, size: message.bytes.count, stamp: Int64(message.offset), flags: nil,
                    flagText: "")
                work.append(Work(item: item, bytes: message.bytes))
                octets += message.bytes.count
            } else {
                break
            }
        }
        return work.isEmpty ? nil : work
    }
}
