import IMAPCore
import MailIndex
import MailSearch

/// Takes a mailbox's windows from the server into the index: several fetched and prepared at a time, written in their
/// order, in large batches, with the cursor that each batch makes true.
///
/// Memory is bounded by `mostWaiting` windows and `heaviestWaiting` octets of prepared text.
struct WindowPipeline: Sendable {
    /// Messages of one window.
    static let windowSize = 200
    /// Windows being fetched at a time.
    static let fetchDepth = 4
    /// Windows fetched, waiting or being written, together.
    static let mostWaiting = 16
    /// Octets of prepared text beyond which nothing new is begun.
    static let heaviestWaiting = 48 << 20
    /// Messages, and octets of their text, that make a batch.
    static let batchMessages = 1_000
    static let batchOctets = 16 << 20

    /// One window and what is true when it and all before it are written.
    struct Window: Sendable {
        var uids: UIDSet
        var cursor: MailboxCursor?
    }

    let fetcher: WindowFetcher
    let index: SyncIndex
    let counters: SyncCounters
    let now: @Sendable () -> Int64

    private enum Event: Sendable {
        case fetched(Int, PreparedWindow)
        case written
    }

    func run(_ windows: [Window]) async throws {
        try await withThrowingTaskGroup(of: Event.self) { group in
            var nextToFetch = 0
            var nextToWrite = 0
            var fetching = 0
            var isWriting = false
            var waiting: [Int: PreparedWindow] = [:]
            var waitingOctets = 0
            var writingOctets = 0
            // The first batch is small, so that something can be found at once.
            var batchGoal = Self.windowSize

            func begin() {
                while nextToFetch < windows.count, fetching < Self.fetchDepth,
                    nextToFetch - nextToWrite < Self.mostWaiting,
                    fetching == 0 || waitingOctets + writingOctets < Self.heaviestWaiting
                {
                    let number = nextToFetch
                    let uids = windows[number].uids
                    nextToFetch += 1
                    fetching += 1
                    group.addTask { .fetched(number, try await fetcher.fetch(uids)) }
                }
                guard !isWriting, let batch = nextBatch(goal: batchGoal) else { return }
                isWriting = true
                batchGoal = Self.batchMessages
                group.addTask {
                    try await index.apply(batch)
                    return .written
                }
            }

            func nextBatch(goal: Int) -> IndexBatch? {
                var messages = 0
                var octets = 0
                var end = nextToWrite
                while let window = waiting[end], messages < Self.batchMessages, octets < Self.batchOctets {
                    messages += window.additions.count + window.relocations.count
                    octets += window.weight
                    end += 1
                }
                let isFull = messages >= goal || octets >= Self.batchOctets
                let isAllThereIs = fetching == 0 || end == windows.count
                guard end > nextToWrite, isFull || isAllThereIs else { return nil }
                var batch = IndexBatch(now: now())
                for number in nextToWrite..<end {
                    guard let window = waiting.removeValue(forKey: number) else { continue }
                    batch.additions += window.additions
                    batch.relocations += window.relocations
                    counters.add {
                        $0.fetched += window.additions.count
                        $0.relocated += window.relocations.count
                        $0.octets += window.octets
                        $0.attachmentOctets += window.attachmentOctets
                        $0.incomplete += window.incomplete
                    }
                    if let cursor = windows[number].cursor { batch.cursors = [cursor] }
                }
                waitingOctets -= octets
                writingOctets = octets
                nextToWrite = end
                return batch
            }

            begin()
            while let event = try await group.next() {
                switch event {
                case .fetched(let number, let window):
                    fetching -= 1
                    waiting[number] = window
                    waitingOctets += window.weight
                case .written:
                    isWriting = false
                    writingOctets = 0
                }
                begin()
            }
        }
    }
}
