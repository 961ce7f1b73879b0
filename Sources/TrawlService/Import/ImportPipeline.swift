import MailIndex
import MailSearch

/// Runs an import's sources one after the other: messages are read and parsed side by side, those of the next sources too,
/// and written in batches meanwhile.
struct ImportPipeline {
    /// Messages, and octets of text, that are written in one transaction.
    static let batchMessages = IndexStore.bulkBatchMessages
    static let batchOctets = IndexStore.bulkBatchBytes
    /// Messages of an import's first batch; each after it has twice as many, so that writing begins soon and seldom waits.
    static let firstBatchMessages = 750

    private enum Step: Sendable {
        case chunk(Int, ImportChunk)
        case written(isCommitted: Bool)
        case committed
    }

    let context: MailImport
    let sources: [PlannedImport]

    // MARK: What is parsed

    /// Chunks that are parsed or wait, in the order in which they were cut.
    private struct Parsing {
        var started = 0
        var running = 0
        private var sources: [Int: Int] = [:]
        private var chunks: [Int: ImportChunk] = [:]
        private var next = 0
        /// Messages, and octets of text, that wait.
        private(set) var messages = 0
        private(set) var octets = 0

        /// The number of a chunk of a source that begins to be parsed.
        mutating func begin(of source: Int) -> Int {
            defer { started += 1 }
            running += 1
            sources[started] = source
            return started
        }

        mutating func end(_ number: Int, _ chunk: ImportChunk) {
            running -= 1
            messages += chunk.messages.count
            octets += chunk.byteCount
            chunks[number] = chunk
        }

        /// Whether the next chunk is of a source.
        func isNext(of source: Int) -> Bool { sources[next] == source }

        /// The next chunk, if it is parsed and of this source: in the source's order, so that the same files get the same
        /// numbers each time.
        mutating func take(of source: Int) -> ImportChunk? {
            guard isNext(of: source), let chunk = chunks.removeValue(forKey: next) else { return nil }
            sources[next] = nil
            next += 1
            messages -= chunk.messages.count
            octets -= chunk.byteCount
            return chunk
        }
    }

    // MARK: What is written

    /// Messages of one source that wait to be written.
    private struct Waiting {
        private(set) var messages: [ImportChunk.Message] = []
        private(set) var octets = 0

        mutating func add(_ chunk: ImportChunk) {
            messages += chunk.messages
            octets += chunk.byteCount
        }

        /// Whether there are enough for a batch of at most so many.
        func isBatch(of most: Int) -> Bool { messages.count >= most || octets >= batchOctets }

        /// Takes so many out, or fewer, of which the texts are a batch.
        mutating func take(_ most: Int) -> [ImportChunk.Message] {
            var count = 0
            var taken = 0
            while count < min(most, messages.count), taken < batchOctets {
                taken += messages[count].document.byteCount
                count += 1
            }
            defer {
                messages.removeFirst(count)
                octets -= taken
            }
            return Array(messages[..<count])
        }
    }

    // MARK: The run

    func run(
        _ progress: inout MailImport.Progress, _ summary: inout MailImport.Summary, _ open: inout OpenImports,
        _ report: (MailImport.Progress) -> Void
    ) async throws {
        var feed = ImportFeed(sources)
        let context = context
        try await withThrowingTaskGroup(of: Step.self) { group in
            var parsing = Parsing()
            var batchMessages = Self.firstBatchMessages
            for (number, planned) in sources.enumerated() {
                progress.mailbox = planned.source.mailbox
                report(progress)
                var source = SourceImport(context, planned)
                try source.begin()
                var waiting = Waiting()
                var written: SourceImport.Written?
                var isWriting = false
                while true {
                    while let chunk = parsing.take(of: number) {
                        waiting.add(chunk)
                        summary.problems += chunk.problems
                        progress.octets += chunk.octets
                        source.note(chunk)
                    }
                    // While a batch is written, that has a core to itself: it is what an import waits for.
                    let workers = isWriting ? max(1, context.workers - 1) : context.workers
                    while parsing.running < workers, waiting.octets + parsing.octets < Self.batchOctets,
                        waiting.messages.count + parsing.messages < batchMessages, let work = feed.next()
                    {
                        let chunk = parsing.begin(of: feed.source)
                        group.addTask { .chunk(chunk, await ImportChunk.prepare(work, context)) }
                    }
                    let isLast = feed.source > number && !parsing.isNext(of: number)
                    if !isWriting, !waiting.messages.isEmpty, isLast || waiting.isBatch(of: batchMessages) {
                        let batch = try source.makeBatch(waiting.take(batchMessages))
                        batchMessages = min(batchMessages * 2, Self.batchMessages)
                        written = batch
                        isWriting = true
                        let index = batch.batch
                        group.addTask {
                            let outcome = try await context.store.apply(index, isFollowed: context.leavesOpen)
                            return .written(isCommitted: outcome.isCommitted)
                        }
                        // There is room again for what is parsed meanwhile.
                        continue
                    } else if !isWriting, isLast {
                        break
                    } else if !isWriting, open.isOpen(for: context.store.options.openDuration) {
                        // What comes next takes long to read.
                        isWriting = true
                        group.addTask {
                            try context.store.commit()
                            return .committed
                        }
                    }
                    if !isWriting, parsing.running == 0 { try feed.check(number) }
                    guard let step = try await group.next() else { break }
                    switch step {
                    case .chunk(let place, let chunk): parsing.end(place, chunk)
                    case .committed:
                        isWriting = false
                        try source.didCommit(&open)
                    case .written(let isCommitted):
                        isWriting = false
                        if let done = written {
                            try source.note(done, isCommitted: isCommitted, &open)
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
                try await source.finish(&summary, &open)
            }
        }
    }
}
