import IMAPClient
import IMAPCore
import MailIndex
import MailSearch

/// Carries out the steps of a plan for one open mailbox.
struct PlanRun {
    let synchronizer: MailboxSynchronizer
    let server: ServerMailbox
    let extent: MailboxSynchronizer.Extent
    private var known: KnownMailbox
    /// All UIDs that the server holds, once they were asked for.
    private var serverUIDs: UIDSet?
    /// What was committed last.
    private(set) var cursor: MailboxCursor
    private(set) var isComplete = false
    private var isFirst: Bool

    init(
        synchronizer: MailboxSynchronizer, known: KnownMailbox, server: ServerMailbox,
        extent: MailboxSynchronizer.Extent
    ) {
        self.synchronizer = synchronizer
        self.known = known
        self.server = server
        self.extent = extent
        if let known = known.cursor, known.uidValidity == server.uidValidity {
            isFirst = false
            cursor = known
        } else {
            isFirst = true
            cursor = Self.emptyCursor(synchronizer.mailbox, server)
        }
    }

    /// Of a mailbox of which nothing is known.
    private static func emptyCursor(_ mailbox: MailboxID, _ server: ServerMailbox) -> MailboxCursor {
        MailboxCursor(
            mailbox: mailbox, uidValidity: server.uidValidity, uidNext: server.uidNext ?? 1,
            highestModSeq: server.highestModSeq, serverCount: server.exists)
    }

    private var context: SyncContext { synchronizer.context }
    private var connection: IMAPConnection { synchronizer.connection }
    private var mailbox: MailboxID { synchronizer.mailbox }

    mutating func perform(_ plan: [SyncStep]) async throws {
        for step in plan {
            try Task.checkCancellation()
            switch step {
            case .reset(let uidValidity):
                try await forget(uidValidity)
            case .fetchChanges(let uids, let since):
                try await fetchChanges(uids, since: since)
            case .compareFlags(let uids):
                try await compareFlags(uids)
            case .compareUIDs:
                try await compareUIDs()
            case .fetchNew(let range):
                try await fetchNew(range)
            case .backfill(let below):
                guard try await backfill(below: below) else { return }
            case .finish(let final):
                try await finish(final)
            }
        }
    }

    // MARK: Removals

    /// All places go.
    private mutating func forget(_ uidValidity: UInt32) async throws {
        let isSame = known.cursor?.uidValidity == uidValidity
        known = KnownMailbox()
        cursor = Self.emptyCursor(mailbox, server)
        isFirst = true
        let empty = cursor
        try await apply { batch in
            if isSame {
                // To the index, a reset to the UIDVALIDITY that it knows is one that was done already.
                batch.removals = [Removal(mailbox: empty.mailbox, uids: [1...UInt32.max])]
                batch.cursors = [empty]
            } else {
                batch.resets = [MailboxReset(mailbox: empty.mailbox, uidValidity: uidValidity)]
            }
        }
    }

    private mutating func remove(_ uids: UIDSet) async throws {
        guard !uids.isEmpty else { return }
        known.uids.subtract(uids)
        context.counters.add { $0.removed += uids.count }
        let removal = Removal(mailbox: mailbox, uids: uids.rawRanges)
        try await apply { $0.removals = [removal] }
    }

    private mutating func compareUIDs() async throws {
        let held = try await askUIDs()
        var gone = known.uids.subtracting(held)
        // What came after the mailbox was opened may be missing in an answer that is older.
        if let last = server.uidNext.flatMap(UID.init(rawValue:)) { gone.subtract(UIDSet(last...UID.max)) }
        try await remove(gone)
    }

    /// All UIDs, by SEARCH; where that finds fewer than there are, by asking each message.
    private mutating func askUIDs() async throws -> UIDSet {
        if let serverUIDs { return serverUIDs }
        var uids = try await connection.search([.all])
        if uids.count < server.exists {
            _ = try await connection.fetch([UIDSet(UID.min...UID.max)], [.uid]) { response in
                if let uid = response.uid { uids.insert(uid) }
            }
        }
        serverUIDs = uids
        return uids
    }

    // MARK: Flags

    /// Asked by FETCH and not by SELECT's QRESYNC parameter, which would tell of a whole mailbox in one answer: so never
    /// more than a window's changes are held, however many there are (RFC 7162, 3.2.6).
    private mutating func fetchChanges(_ uids: UIDSet, since: UInt64) async throws {
        for window in uids.windows(of: context.changeWindow, newestFirst: true) {
            try Task.checkCancellation()
            guard let first = window.min, let last = window.max else { continue }
            var changes: [FlagChange] = []
            let outcome = try await connection.fetch(
                [UIDSet(first...last)], synchronizer.flagItems, changedSince: ModSequence(since),
                vanished: server.telling == .qResync
            ) { response in
                guard let uid = response.uid, window.contains(uid) else { return }
                if let change = synchronizer.flagChange(response) { changes.append(change) }
            }
            // The cursor will claim that all changes are known, so they must have been told.
            if let refused = outcome.refused.first {
                throw IMAPError(
                    .no, "the server won't tell what changed: \(refused.text.text)", responseCode: refused.text.code)
            }
            try await write(changes, gone: outcome.vanished.intersection(window))
        }
    }

    /// Changes of flags, in batches, and removals with the last of them.
    private mutating func write(_ changes: [FlagChange], gone: UIDSet) async throws {
        guard !changes.isEmpty || !gone.isEmpty else { return }
        known.uids.subtract(gone)
        context.counters.add {
            $0.flagChanges += changes.count
            $0.removed += gone.count
        }
        var left = changes[...]
        repeat {
            let part = Array(left.prefix(WindowPipeline.batchMessages))
            left = left.dropFirst(part.count)
            let removals =
                left.isEmpty && !gone.isEmpty ? [Removal(mailbox: mailbox, uids: gone.rawRanges)] : []
            try await apply {
                $0.flagChanges = part
                $0.removals = removals
            }
        } while !left.isEmpty
    }

    /// Without mod-sequences: all flags, in windows; what is not answered is gone.
    private mutating func compareFlags(_ uids: UIDSet) async throws {
        for window in uids.windows(of: context.flagWindow, newestFirst: true) {
            try Task.checkCancellation()
            guard let first = window.min, let last = window.max else { continue }
            let flags = try context.index.flags(mailbox, first.rawValue...last.rawValue)
            var changes: [FlagChange] = []
            var answered = UIDSet()
            // One range says the same as thousands of numbers, where few of them are missing.
            let question = window.ranges.count > 50 ? UIDSet(first...last) : window
            let outcome = try await connection.fetch([question], synchronizer.flagItems) { response in
                guard let uid = response.uid, window.contains(uid) else { return }
                answered.insert(uid)
                guard let change = synchronizer.flagChange(response), flags[uid.rawValue] != change.flags else {
                    return
                }
                changes.append(change)
            }
            let gone = outcome.refused.isEmpty ? window.subtracting(answered) : UIDSet()
            try await write(changes, gone: gone)
        }
    }

    // MARK: Messages

    private mutating func fetchNew(_ range: ClosedRange<UInt32>) async throws {
        guard let first = UID(rawValue: range.lowerBound), let last = UID(rawValue: range.upperBound) else { return }
        let wanted = UIDSet(first...last)
        let missing: UIDSet
        if let serverUIDs {
            missing = serverUIDs.intersection(wanted).subtracting(known.uids)
        } else if range.upperBound - range.lowerBound < MailboxSynchronizer.directWindow {
            missing = wanted.subtracting(known.uids)
        } else {
            missing = try await connection.search([.uid(wanted)]).intersection(wanted).subtracting(known.uids)
        }
        let windows = missing.windows(of: WindowPipeline.windowSize, newestFirst: true)
        try await synchronizer.pipeline(uidValidity: server.uidValidity, looksForKnown: context.hasHistory)
            .run(windows.map { WindowPipeline.Window(uids: $0, cursor: nil) })
        known.uids.formUnion(missing)
        // Without a UIDNEXT the end is what was found.
        let end = server.uidNext ?? missing.max?.successor?.rawValue ?? cursor.uidNext
        cursor.uidNext = max(cursor.uidNext, end)
    }

    /// False where more is left for later.
    private mutating func backfill(below: UInt32) async throws -> Bool {
        let held = try await askUIDs()
        if server.uidNext == nil, isFirst, let last = held.max { cursor.uidNext = last.successor?.rawValue ?? .max }
        guard let limit = UID(rawValue: below)?.predecessor else { return true }
        let range = UIDSet(UID.min...(below == .max ? UID.max : limit))
        if !isFirst { try await remove(known.uids.intersection(range).subtracting(held)) }
        var missing = held.intersection(range).subtracting(known.uids)
        var isAll = true
        switch extent {
        case .all: break
        case .newest:
            if missing.count > MailboxSynchronizer.smallBacklog {
                missing = try await newest(of: missing)
                isAll = false
            }
        }
        var windows = missing.windows(of: WindowPipeline.windowSize, newestFirst: true)
            .map { WindowPipeline.Window(uids: $0, cursor: cursor(downTo: $0.min)) }
        if isAll, !windows.isEmpty { windows[windows.count - 1].cursor = cursor(downTo: .min) }
        let looksForKnown = context.hasHistory
        try await synchronizer.pipeline(uidValidity: server.uidValidity, looksForKnown: looksForKnown).run(windows)
        if let last = windows.last?.cursor { cursor = last }
        known.uids.formUnion(missing)
        return isAll
    }

    /// The messages of the newest month, or at least a windowful: a stretch without gaps from the newest down.
    private func newest(of missing: UIDSet) async throws -> UIDSet {
        let day = CalendarDay(secondsSince1970: context.now() - Int64(MailboxSynchronizer.newestDays) * 86_400)
        let recent = try await connection.search([.since(day)]).intersection(missing)
        let windows = missing.windows(of: MailboxSynchronizer.newestMessages, newestFirst: true)
        guard let newest = windows.first, let last = newest.max else { return missing }
        let smallest = newest.windows(of: WindowPipeline.windowSize, newestFirst: true).first?.min ?? last
        let first = min(recent.intersection(newest).min ?? smallest, smallest)
        return newest.intersection(UIDSet(first...last))
    }

    private func cursor(downTo uid: UID?) -> MailboxCursor {
        var cursor = cursor
        cursor.backfilledDownTo = uid?.rawValue ?? 1
        cursor.highestModSeq = server.highestModSeq
        cursor.serverCount = server.exists
        return cursor
    }

    // MARK: The end

    private mutating func finish(_ final: MailboxCursor) async throws {
        var final = final
        final.uidNext = max(final.uidNext, cursor.uidNext)
        if server.uidNext != nil { final.uidNext = server.uidNext ?? final.uidNext }
        // Should the counts differ after all, one look at the UIDs tells why; a server that miscounts is believed then.
        if known.uids.count != server.exists, serverUIDs == nil {
            let held = try await askUIDs()
            let first = UID(rawValue: final.uidNext)
            let covered = first.map { held.subtracting(UIDSet($0...UID.max)) } ?? held
            try await remove(known.uids.subtracting(held).subtracting(first.map { UIDSet($0...UID.max) } ?? UIDSet()))
            let missing = covered.subtracting(known.uids)
            let windows = missing.windows(of: WindowPipeline.windowSize, newestFirst: true)
            try await synchronizer.pipeline(uidValidity: server.uidValidity, looksForKnown: context.hasHistory)
                .run(windows.map { WindowPipeline.Window(uids: $0, cursor: nil) })
            known.uids.formUnion(missing)
        }
        isComplete = true
        cursor = final
        if final != known.cursor { try await apply { $0.cursors = [final] } }
    }

    private func apply(_ fill: (inout IndexBatch) -> Void) async throws {
        var batch = IndexBatch(now: context.now())
        fill(&batch)
        try await context.index.apply(batch)
    }
}
