import Logging
import MIME
import MailIndex
import MailSearch
import NIOCore
import NIOPosix
import Presentation
import ServiceLifecycle
import Synchronization

/// `trawl serve`: all accounts watched, the index kept, the socket answered, until SIGTERM or SIGINT.
public final class TrawlServer: Service {
    /// Seconds between two pieces of the text index's upkeep.
    static let maintenanceInterval = Duration.seconds(30)
    /// Pieces of upkeep in one go.
    static let maintenancePieces = 50
    /// Common words are counted in this part of the time, at most.
    static let countingShare = 20
    /// Seconds between two times that free memory goes back to the system.
    static let memoryInterval = Duration.seconds(10)

    private let engine: SyncEngine
    private let rpc: RPCServer
    private let store: IndexStore
    private let logger: Logger
    private let onReady: @Sendable () -> Void

    /// - Parameters:
    ///   - socket: the path of the Unix domain socket.
    ///   - onReady: called once clients can connect.
    public init(
        configuration: Configuration, environment: SyncEnvironment, socket: String,
        onReady: @escaping @Sendable () -> Void = {}
    ) {
        let relay = ChangeRelay()
        var environment = environment
        let told = environment.indexChanged
        environment.indexChanged = {
            told()
            relay.tell()
        }
        let engine = SyncEngine(configuration: configuration, environment: environment)
        self.engine = engine
        store = environment.store
        logger = environment.logger
        self.onReady = onReady
        rpc = RPCServer(
            store: environment.store, socket: socket, savedQueries: configuration.queries,
            users: configuration.accounts.map(\.user),
            operations: RPCOperations(
                sync: { try await engine.refresh(accounts: $0) }, raw: { try await engine.rawMessage($0) }),
            logger: environment.logger)
        relay.set { [weak rpc] in rpc?.indexChanged() }
    }

    /// Runs until cancelled or asked to shut down; everything it began has ended when it returns.
    ///
    /// Errors: ``ServiceError/Code/alreadyRunning`` where another process synchronises into the same folder.
    public func run() async throws {
        try await cancelWhenGracefulShutdown {
            try await self.serve()
        }
    }

    private func serve() async throws {
        let lock = try SyncLock(dataFolder: Paths.folder(of: store.path))
        defer { withExtendedLifetime(lock) {} }
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.rpc.run(onReady: self.onReady) }
            group.addTask {
                try await self.takeLanguages()
                let forgotten = try self.engine.forgottenAccounts()
                if !forgotten.isEmpty { try await self.engine.removeAccounts(forgotten) }
                await self.engine.run()
                // Without accounts there is the socket to answer.
                try await Task.sleep(for: .seconds(UInt32.max))
            }
            group.addTask { try await self.maintain() }
            group.addTask { try await self.giveBackMemory() }
            defer { group.cancelAll() }
            do {
                try await group.next()
            } catch is CancellationError {}
        }
    }

    /// Sees that the index holds the stems that the configuration asks for. Searches are answered meanwhile.
    private func takeLanguages() async throws {
        let (store, logger, languages) = (store, logger, engine.configuration.languages)
        try await NIOThreadPool.singleton.runIfActive {
            _ = try store.setLanguages(languages) { languages in
                logger.notice(
                    "languages of stems changed; indexing all text anew",
                    metadata: ["languages": .string(languages.joined(separator: " "))])
            }
        }
    }

    /// Upkeep of the text index, and of the writer's cache.
    private func maintain() async throws {
        var nextCount = ContinuousClock.now
        while true {
            try await Task.sleep(for: Self.maintenanceInterval)
            // A full or failing disk is told by what must be written; upkeep can wait.
            var isMore: Bool? = true
            for _ in 0..<Self.maintenancePieces where isMore == true {
                try Task.checkCancellation()
                let store = store
                isMore = try? await NIOThreadPool.singleton.runIfActive { try store.maintain() }
            }
            if isMore == false, .now >= nextCount {
                let duration = await ContinuousClock().measure { await countText() }
                nextCount = .now + duration * Self.countingShare
            }
            let store = store
            _ = try? await NIOThreadPool.singleton.runIfActive { try store.rest() }
        }
    }

    /// Counts common words ahead, if that is due.
    private func countText() async {
        let isCancelled = Atomic(false)
        await withTaskCancellationHandler {
            let store = store
            _ = try? await NIOThreadPool.singleton.runIfActive {
                try store.countText { isCancelled.load(ordering: .relaxed) }
            }
        } onCancel: {
            isCancelled.store(true, ordering: .relaxed)
        }
    }

    /// What is kept in memory for what comes next grows with the busiest moment there ever was.
    private func giveBackMemory() async throws {
        var isSettled = false
        while true {
            try await Task.sleep(for: Self.memoryInterval)
            let reader = store.reader
            isSettled = try await NIOThreadPool.singleton.runIfActive { [isSettled] in
                let settles = !isSettled && (try? reader.status())?.isComplete == true
                if settles { ProcessMemory.settle() }
                reader.releaseMemory()
                MessageParser.releaseMemory()
                ProcessMemory.giveBack()
                return isSettled || settles
            }
        }
    }
}
