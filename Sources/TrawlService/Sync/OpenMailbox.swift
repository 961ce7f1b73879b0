import IMAPClient
import IMAPCore
import Logging
import MailIndex
import MailSearch

/// A mailbox that is open on a connection and in step with the index: what the server tells of it goes in at once.
struct OpenMailbox: Sendable {
    /// So many messages at once are fetched as arrivals; more go through windows.
    static let mostArrivals = 20
    /// UIDs that are asked for when some arrived: more than arrived, for a server may leave some out.
    static let arrivalSpan: UInt32 = 200

    let synchronizer: MailboxSynchronizer
    private(set) var cursor: MailboxCursor
    private(set) var exists: Int
    /// Whether all of the mailbox is indexed.
    private(set) var isComplete: Bool
    /// Whether something was told since the cursor's mod-sequence.
    private(set) var hasMoved = false

    init(synchronizer: MailboxSynchronizer, cursor: MailboxCursor, exists: Int, isComplete: Bool) {
        self.synchronizer = synchronizer
        self.cursor = cursor
        self.exists = exists
        self.isComplete = isComplete
    }

    private var context: SyncContext { synchronizer.context }

    /// What some events come to, taken together.
    private struct Changes {
        var arrivals = 0
        var vanished = UIDSet()
        var flags: [FlagChange] = []
        var unnamed: [SequenceNumber] = []
        var needsComparison = false
    }

    /// Brings the index up to what the events tell. Uses the connection.
    mutating func take(_ events: [MailboxEvent], hasOverflowed: Bool) async throws {
        let told = ContinuousClock.now
        let changes = read(events)
        if hasOverflowed || changes.needsComparison || (changes.arrivals > 0 && !isComplete)
            || changes.arrivals > Self.mostArrivals
        {
            self = try await synchronizer.synchronise(.all)
            return
        }
        if !changes.flags.isEmpty || !changes.vanished.isEmpty {
            hasMoved = true
            var batch = IndexBatch(now: context.now(), flagChanges: changes.flags)
            if !changes.vanished.isEmpty {
                batch.removals = [Removal(mailbox: synchronizer.mailbox, uids: changes.vanished.rawRanges)]
            }
            cursor.serverCount = exists
            batch.cursors = [cursor]
            context.counters.add {
                $0.flagChanges += changes.flags.count
                $0.removed += changes.vanished.count
            }
            try await context.index.apply(batch)
        }
        if changes.arrivals > 0 {
            let fetched = try await fetchArrivals(toldAt: told)
            // Their UIDs may lie beyond what was asked for.
            if fetched < changes.arrivals {
                self = try await synchronizer.synchronise(.all)
                return
            }
        }
        if !changes.unnamed.isEmpty { try await fetchFlags(changes.unnamed) }
    }

    private mutating func read(_ events: [MailboxEvent]) -> Changes {
        var changes = Changes()
        for event in events {
            switch event {
            case .exists(let count):
                if count > exists { changes.arrivals += count - exists }
                // RFC 3501 lets it grow only; a smaller one hides removals.
                if count < exists { changes.needsComparison = true }
                exists = count
            case .expunged:
                exists = max(0, exists - 1)
                changes.needsComparison = true
            case .vanished(let uids):
                exists = max(0, exists - uids.count)
                changes.vanished.formUnion(uids)
            case .fetch(let response):
                guard response.flags != nil else { continue }
                if let change = synchronizer.flagChange(response) {
                    changes.flags.append(change)
                } else if let number = response.sequenceNumber {
                    changes.unnamed.append(number)
                }
            case .notice(_, let text):
                if case .highestModSeq = text.code { hasMoved = true }
            case .recent, .status, .mailbox, .flags, .capabilities, .alert, .bye, .skipped, .other:
                continue
            }
        }
        return changes
    }

    /// How many were found.
    private mutating func fetchArrivals(toldAt told: ContinuousClock.Instant) async throws -> Int {
        guard let first = UID(rawValue: cursor.uidNext) else { return 0 }
        let end = UID(rawValue: UInt32(clamping: UInt64(first.rawValue) + UInt64(Self.arrivalSpan))) ?? .max
        let fetcher = synchronizer.fetcher(uidValidity: cursor.uidValidity, looksForKnown: false)
        let window = try await fetcher.fetchArrivals(first...end)
        guard let last = window.answered.max else { return 0 }
        hasMoved = true
        cursor.uidNext = last.successor?.rawValue ?? .max
        cursor.serverCount = exists
        var batch = IndexBatch(now: context.now(), additions: window.additions)
        batch.cursors = [cursor]
        try await context.index.apply(batch)
        context.counters.add {
            $0.fetched += window.additions.count
            $0.octets += window.octets
            $0.attachmentOctets += window.attachmentOctets
            $0.incomplete += window.incomplete
        }
        // From the server's notice to the commit, after which every search finds them.
        let passed = (ContinuousClock.now - told).components
        let microseconds = passed.seconds * 1_000_000 + passed.attoseconds / 1_000_000_000_000
        context.logger.info(
            "arrival searchable",
            metadata: [
                "messages": .stringConvertible(window.additions.count),
                "milliseconds": .stringConvertible(Double(microseconds) / 1_000),
            ])
        return window.answered.count
    }

    /// A server without CONDSTORE names the messages whose flags changed by their place alone.
    private mutating func fetchFlags(_ numbers: [SequenceNumber]) async throws {
        let known = try context.index.known(synchronizer.mailbox)
        // The places are UIDs only where the index holds exactly what the server holds.
        guard isComplete, known.uids.count == exists else {
            self = try await synchronizer.synchronise(.all)
            return
        }
        let uids = UIDSet(numbers.compactMap { known.uids.uid(at: Int($0.rawValue)) })
        var changes: [FlagChange] = []
        _ = try await synchronizer.connection.fetch([uids], synchronizer.flagItems) { response in
            if let change = synchronizer.flagChange(response) { changes.append(change) }
        }
        context.counters.add { $0.flagChanges += changes.count }
        try await context.index.apply(IndexBatch(now: context.now(), flagChanges: changes))
    }
}

extension UIDSet {
    /// The UID at a place counted from 1, as sequence numbers count.
    func uid(at place: Int) -> UID? {
        guard place > 0 else { return nil }
        var left = place - 1
        for range in ranges {
            let count = Int(range.upperBound.rawValue - range.lowerBound.rawValue) + 1
            if left < count { return UID(rawValue: range.lowerBound.rawValue + UInt32(left)) }
            left -= count
        }
        return nil
    }
}
