import IMAPCore
import NIOCore
import NIOPosix
import Synchronization
import TLS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Makes the channel to a server: resolves, connects, and puts the layers in their order.
enum Connector {
    typealias Channel = NIOAsyncChannel<ChannelInput, ChannelOutput>

    /// What the bootstrap gives back.
    struct Connected: Sendable {
        var channel: Channel
        var handler: NIOLoopBound<ResponseHandler>

        /// Tells the channel's owner that there is a request for it.
        var waker: @Sendable () -> Void {
            { [handler, loop = channel.channel.eventLoop] in loop.execute { handler.value.wake() } }
        }

        /// Nobody but this machine can listen.
        var isLoopback: Bool {
            switch channel.channel.remoteAddress {
            case .v4(let address)?:
                address.address.sin_addr.s_addr & UInt32(0xFF).littleEndian == UInt32(127).littleEndian
            case .v6(let address)?:
                withUnsafeBytes(of: address.address.sin6_addr) { $0.dropLast().allSatisfy { $0 == 0 } && $0.last == 1 }
            case .unixDomainSocket?: true
            case nil: false
            }
        }
    }

    /// Reads that may wait for the connection's task, each of up to `readLimit` bytes.
    static let waitingReads = 4
    static let readLimit = 256 * 1024

    /// Idle seconds before TCP asks whether the peer is alive, seconds between such questions, and how many go
    /// unanswered: a dead peer is noticed within 55 seconds.
    static let keepAlive = (idle: CInt(25), interval: CInt(10), count: CInt(3))
    /// Milliseconds that sent bytes may stay unacknowledged.
    static let userTimeout = CInt(45_000)

    static func connect(
        to server: IMAPServer, timeout: Duration, limits: FramingLimits = .default
    ) async throws(IMAPError) -> Connected {
        let tls = try tlsContext(of: server)
        do {
            // NIO's connecting knows nothing of cancellation, but much of channels that are closed.
            let attempts = Attempts()
            let (channel, handler) = try await withTaskCancellationHandler {
                try await bootstrap(timeout: timeout).connect(host: server.host, port: server.port) { channel in
                    attempts.add(channel)
                    return channel.eventLoop.makeCompletedFuture {
                        let handler = ResponseHandler(limits: limits)
                        if let tls {
                            let session = try TLSSession(context: tls, host: server.host, port: server.port)
                            try channel.pipeline.syncOperations.addHandler(TLSHandler(session))
                        }
                        try channel.pipeline.syncOperations.addHandler(handler)
                        let wrapped = try Channel(
                            wrappingChannelSynchronously: channel,
                            configuration: .init(
                                backPressureStrategy: .init(lowWatermark: 1, highWatermark: Self.waitingReads)))
                        return (wrapped, NIOLoopBound(handler, eventLoop: channel.eventLoop))
                    }
                }
            } onCancel: {
                attempts.cancel()
            }
            return Connected(channel: channel, handler: handler)
        } catch {
            throw explain(error, server)
        }
    }

    /// The context for a server's TLS; nil where the first byte is not TLS' own.
    private static func tlsContext(of server: IMAPServer) throws(IMAPError) -> TLSContext? {
        guard server.security == .tls else { return nil }
        return try TLSContextCache.context(server.tls)
    }

    private static func bootstrap(timeout: Duration) -> ClientBootstrap {
        var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .connectTimeout(.nanoseconds(timeout.nanoseconds))
            .channelOption(.socketOption(.so_keepalive), value: 1)
            .channelOption(
                .recvAllocator,
                value: AdaptiveRecvByteBufferAllocator(minimum: 4096, initial: 65_536, maximum: Self.readLimit))
        #if os(Linux)
            let options: [(CInt, CInt)] = [
                (TCP_KEEPIDLE, keepAlive.idle), (TCP_KEEPINTVL, keepAlive.interval), (TCP_KEEPCNT, keepAlive.count),
                (TCP_USER_TIMEOUT, userTimeout),
            ]
            for (name, value) in options {
                let option = ChannelOptions.Types.SocketOption(
                    level: NIOBSDSocket.OptionLevel.tcp, name: NIOBSDSocket.Option(rawValue: name))
                bootstrap = bootstrap.channelOption(option, value: SocketOptionValue(value))
            }
        #endif
        return bootstrap
    }

    // MARK: Errors

    /// A failed connection in words.
    static func explain(_ error: any Error, _ server: IMAPServer) -> IMAPError {
        let place = "\(server.host) port \(server.port)"
        if let error = error as? IMAPError { return error }
        if let error = error as? TLSError { return IMAPError(error) }
        if error is CancellationError { return IMAPError(.cancelled, "cancelled", underlying: error) }
        if let error = error as? NIOConnectionError {
            if let first = error.connectionErrors.first?.error { return explain(first, server) }
            return IMAPError(
                .unknownHost, "the host \(server.host) cannot be found: is its name right, and is this machine online?",
                underlying: error)
        }
        if case .connectTimeout? = error as? ChannelError {
            return IMAPError(
                .connectTimeout, "\(place) does not answer: is the port right, or does a firewall stand between?",
                underlying: error)
        }
        if let error = error as? IOError {
            switch error.errnoCode {
            case ECONNREFUSED:
                return IMAPError(
                    .refused, "\(place) refuses the connection: nothing listens there; is the port right?",
                    underlying: error)
            case ENETUNREACH, EHOSTUNREACH, ENETDOWN, EHOSTDOWN, EADDRNOTAVAIL:
                return IMAPError(
                    .unreachable, "there is no way to \(place): is this machine online?", underlying: error)
            case ETIMEDOUT:
                return IMAPError(
                    .connectionLost, "the connection to \(place) is dead: the server no longer answers",
                    underlying: error)
            default: break
            }
        }
        return IMAPError(.connectionLost, "the connection to \(place) broke off", underlying: error)
    }
}

/// The channels of one connecting, which tries several addresses.
private final class Attempts: Sendable {
    private let state = Mutex<(channels: [any NIOCore.Channel], isCancelled: Bool)>(([], false))

    func add(_ channel: any NIOCore.Channel) {
        let isCancelled = state.withLock { state in
            state.channels.append(channel)
            return state.isCancelled
        }
        if isCancelled { channel.close(promise: nil) }
    }

    func cancel() {
        let channels = state.withLock { state in
            state.isCancelled = true
            return state.channels
        }
        for channel in channels { channel.close(promise: nil) }
    }
}

/// Contexts of TLS configurations in use. Each holds the trust store, which is slow to read, and the tickets for the
/// next handshakes.
enum TLSContextCache {
    /// After so long the files are read again.
    static let lifetime = Duration.seconds(3600)
    /// At most this many; a program has one for each account.
    static let limit = 64

    private static let contexts = Mutex<[TLSConfiguration: (context: TLSContext, made: ContinuousClock.Instant)]>([:])

    static func context(_ configuration: TLSConfiguration) throws(IMAPError) -> TLSContext {
        let now = ContinuousClock.now
        if let held = contexts.withLock({ $0[configuration] }), now - held.made < lifetime { return held.context }
        do {
            let context = try TLSContext(configuration)
            contexts.withLock { contexts in
                if contexts.count >= limit { contexts.removeAll() }
                contexts[configuration] = (context, now)
            }
            return context
        } catch {
            throw IMAPError(error)
        }
    }
}
