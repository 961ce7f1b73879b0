#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Logging
import MailIndex
import MailSearch
import NIOCore
import NIOPosix
import Synchronization

/// JSON-RPC 2.0 over a Unix domain socket, one object a line: the index for other programs.
///
/// Serves its own user and root alone. Many requests of one client run at once and are answered as they finish; what
/// touches the index runs on a few threads of its own, never on an event loop.
public final class RPCServer: Sendable {
    /// Clients at once; more are told so and closed.
    public static let mostConnections = 1000

    private let path: String
    private let methods: RPCMethods
    private let logger: Logger
    private let readers: Int
    private let jobs = RPCJobs()
    private let connections = Mutex<[ObjectIdentifier: Connection]>([:])

    private struct Connection: Sendable {
        var channel: any Channel
        var handler: NIOLoopBound<RPCConnectionHandler>
    }

    /// - Parameters:
    ///   - store: open for reading by many threads.
    ///   - socket: the path; its folder is made where it is missing.
    ///   - readers: threads that read the index.
    public init(
        store: IndexStore, socket: String, savedQueries: [String: String] = [:], users: [String] = [],
        operations: RPCOperations,
        readers: Int = max(2, NIOCore.System.coreCount), logger: Logger
    ) {
        path = socket
        methods = RPCMethods(store: store, savedQueries: savedQueries, users: users, operations: operations)
        self.readers = readers
        self.logger = logger
    }

    /// Serves until the task is cancelled, then removes the socket's file. Where systemd hands a socket over, that one is
    /// served, and its file is systemd's.
    ///
    /// - Parameter onReady: called once clients can connect.
    ///
    /// Errors: ``ServiceError/Code/alreadyRunning``, ``ServiceError/Code/socketUnusable``.
    public func run(onReady: @Sendable () -> Void = {}) async throws {
        let inherited = RPCSocket.inherited()
        let descriptor = if let inherited { inherited } else { try RPCSocket.bind(path) }
        let readers = RPCReaders(count: readers)
        let server: any Channel
        do {
            server = try await bootstrap(readers).withBoundSocket(descriptor).get()
        } catch {
            if inherited == nil { unlink(path) }
            try? await readers.shutdown()
            throw ServiceError(.socketUnusable, "\(path): can't be listened on", underlying: error)
        }
        let inode = Files.status(path)?.inode
        logger.info("socket open", metadata: ["path": .string(path)])
        onReady()
        await withTaskCancellationHandler {
            await serveJobs(until: server)
        } onCancel: {
            server.close(promise: nil)
            jobs.end()
        }
        // Only while it is still this server's: another may have taken the place over, and systemd keeps its own.
        if inherited == nil, let inode, Files.status(path)?.inode == inode { unlink(path) }
        let open = connections.withLock { $0.values.map(\.channel) }
        for channel in open { try? await channel.close() }
        try? await readers.shutdown()
    }

    /// Tells clients that watch that the index has changed. Cheap; call it after each batch.
    public func indexChanged() {
        guard jobs.hasWatches else { return }
        for connection in connections.withLock({ Array($0.values) }) {
            connection.channel.eventLoop.execute {
                guard
                    let context = try? connection.channel.pipeline.syncOperations.context(
                        handler: connection.handler.value)
                else { return }
                connection.handler.value.indexChanged(context)
            }
        }
    }

    /// How often another process's changes are looked for while there are watches.
    private static let pollInterval = Duration.seconds(1)

    private func serveJobs(until server: any Channel) async {
        await withDiscardingTaskGroup { group in
            group.addTask {
                try? await server.closeFuture.get()
                self.jobs.end()
            }
            group.addTask {
                // An import by another process tells nobody.
                while !Task.isCancelled {
                    try? await Task.sleep(for: Self.pollInterval)
                    self.indexChanged()
                }
            }
            for await job in jobs.stream {
                group.addTask {
                    await job()
                    self.jobs.finished()
                }
            }
            group.cancelAll()
        }
    }

    private func bootstrap(_ readers: RPCReaders) -> ServerBootstrap {
        ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(ChannelOptions.backlog, value: 256)
            .childChannelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .childChannelOption(ChannelOptions.maxMessagesPerRead, value: 4)
            .childChannelOption(
                ChannelOptions.writeBufferWaterMark, value: .init(low: 64 * 1024, high: 512 * 1024)
            )
            .childChannelInitializer { channel in self.accept(channel, readers) }
    }

    private func accept(_ channel: any Channel, _ readers: RPCReaders) -> EventLoopFuture<Void> {
        let loop = channel.eventLoop
        return PeerCredentials.userID(of: channel).flatMap { user in
            guard user == 0 || user == geteuid() else {
                self.logger.warning("refused a client of another user", metadata: ["user": "\(user)"])
                return loop.makeFailedFuture(ServiceError(.socketUnusable, "a client of another user"))
            }
            let key = ObjectIdentifier(channel)
            let handler = RPCConnectionHandler(methods: self.methods, readers: readers, jobs: self.jobs)
            let connection = Connection(channel: channel, handler: NIOLoopBound(handler, eventLoop: loop))
            let isAccepted = self.connections.withLock { connections in
                guard connections.count < Self.mostConnections else { return false }
                connections[key] = connection
                return true
            }
            guard isAccepted else {
                self.logger.warning("too many clients", metadata: ["limit": "\(Self.mostConnections)"])
                return loop.makeFailedFuture(ServiceError(.socketUnusable, "too many clients"))
            }
            channel.closeFuture.whenComplete { _ in
                self.connections.withLock { _ = $0.removeValue(forKey: key) }
            }
            return loop.makeCompletedFuture { try channel.pipeline.syncOperations.addHandler(handler) }
        }
    }
}

/// Who is at the other end of a Unix domain socket.
private enum PeerCredentials {
    static func userID(of channel: any Channel) -> EventLoopFuture<uid_t> {
        guard let provider = channel as? any SocketOptionProvider else {
            return channel.eventLoop.makeFailedFuture(ServiceError(.socketUnusable, "a client of unknown user"))
        }
        #if canImport(Darwin)
            return provider.unsafeGetSocketOption(
                level: .init(rawValue: SOL_LOCAL), name: .init(rawValue: LOCAL_PEERCRED)
            ).map { (credentials: xucred) in credentials.cr_uid }
        #else
            return provider.unsafeGetSocketOption(
                level: .init(rawValue: SOL_SOCKET), name: .init(rawValue: SO_PEERCRED)
            ).map { (credentials: PeerCredential) in credentials.uid }
        #endif
    }

    /// `struct ucred`, which the system's headers hide unless GNU's extensions are asked for.
    private struct PeerCredential: Sendable {
        var pid: pid_t = 0
        var uid: uid_t = 0
        var gid: gid_t = 0
    }
}
