import Synchronization

/// What takes long (a synchronisation, a message fetched from its server) and runs in tasks that the server's `run()`
/// owns; and how many watches there are.
final class RPCJobs: Sendable {
    typealias Job = @Sendable () async -> Void

    /// Jobs at once, those that wait included.
    static let most = 64

    let stream: AsyncStream<Job>
    private let continuation: AsyncStream<Job>.Continuation
    private let running = Atomic<Int>(0)
    private let watches = Atomic<Int>(0)

    init() {
        (stream, continuation) = AsyncStream.makeStream(of: Job.self, bufferingPolicy: .bufferingOldest(Self.most))
    }

    /// False where there are too many already, or the server is ending.
    func add(_ job: @escaping Job) -> Bool {
        guard running.wrappingAdd(1, ordering: .relaxed).newValue <= Self.most else {
            running.wrappingSubtract(1, ordering: .relaxed)
            return false
        }
        if case .enqueued = continuation.yield(job) { return true }
        running.wrappingSubtract(1, ordering: .relaxed)
        return false
    }

    func finished() { running.wrappingSubtract(1, ordering: .relaxed) }

    func end() { continuation.finish() }

    func watchesChanged(by count: Int) { watches.wrappingAdd(count, ordering: .relaxed) }

    var hasWatches: Bool { watches.load(ordering: .relaxed) > 0 }
}
