import NIOCore
import NIOPosix
import Synchronization

/// The threads that read the index for the socket's clients.
final class RPCReaders: Sendable {
    private let pool: NIOThreadPool
    /// Work that runs or waits.
    private let busy = Atomic<Int>(0)
    /// Work that can run at once: a thread without a core is no help.
    private let cores: Int

    /// - Parameter count: how many threads.
    init(count: Int, cores: Int = NIOCore.System.coreCount) {
        self.cores = cores
        pool = NIOThreadPool(numberOfThreads: count)
        pool.start()
    }

    func shutdown() async throws { try await pool.shutdownGracefully() }

    /// Whether a core is idle.
    var hasIdleCore: Bool { busy.load(ordering: .relaxed) < cores }

    /// Whether work waits for a thread, or threads wait for a core.
    var isCrowded: Bool { busy.load(ordering: .relaxed) > cores }

    /// Runs `work` as soon as a thread is free; not at all once they are ending.
    func submit(_ work: @escaping @Sendable () -> Void) {
        busy.add(1, ordering: .relaxed)
        pool.submit { state in
            if case .active = state { work() }
            self.busy.subtract(1, ordering: .relaxed)
        }
    }
}
