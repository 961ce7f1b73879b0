import NIOCore

/// TLS in a channel's pipeline: ciphertext below it, plaintext above.
///
/// Begins its handshake as soon as it stands in an active channel, so it may also be put into a pipeline at work, which
/// is what STARTTLS needs. Whoever puts it there must know that nothing that was read before the handshake is still
/// held above it: such bytes came in the clear and would pass for protected ones. `ResponseHandler` in IMAPClient
/// does both in one turn of the event loop.
public final class TLSHandler: ChannelDuplexHandler {
    public typealias InboundIn = ByteBuffer
    public typealias InboundOut = ByteBuffer
    public typealias OutboundIn = ByteBuffer
    public typealias OutboundOut = ByteBuffer

    /// Fired upwards as a user event when the handshake is done.
    public struct Established: Sendable {
        public var peer: TLSPeer
    }

    private enum State {
        case waiting
        case shakingHands
        case open
        case closed
    }

    /// The most plaintext that goes up in one piece.
    public static let readLimit = 256 * 1024

    private let session: TLSSession
    private var state = State.waiting
    private var waitingWrites: [(ByteBuffer, EventLoopPromise<Void>?)] = []

    public init(_ session: TLSSession) {
        self.session = session
    }

    public func handlerAdded(context: ChannelHandlerContext) {
        if context.channel.isActive { begin(context) }
    }

    public func handlerRemoved(context: ChannelHandlerContext) {
        failWaitingWrites(ChannelError.ioOnClosedChannel)
    }

    public func channelActive(context: ChannelHandlerContext) {
        begin(context)
        context.fireChannelActive()
    }

    public func channelInactive(context: ChannelHandlerContext) {
        endInput(context)
        failWaitingWrites(ChannelError.ioOnClosedChannel)
        state = .closed
        context.fireChannelInactive()
    }

    public func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard state != .closed else { return }
        let ciphertext = unwrapInboundIn(data)
        do throws(TLSError) {
            try ciphertext.withUnsafeReadableBytes { (bytes) throws(TLSError) in try session.receive(bytes) }
            if state == .shakingHands { try goOn(context) }
            if state == .open { try deliver(context, expecting: ciphertext.readableBytes) }
            send(context)
        } catch {
            fail(context, error)
        }
    }

    public func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? ChannelEvent, event == .inputClosed { endInput(context) }
        context.fireUserInboundEventTriggered(event)
    }

    public func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        let plaintext = unwrapOutboundIn(data)
        switch state {
        case .waiting, .shakingHands:
            waitingWrites.append((plaintext, promise))
        case .open:
            encrypt(context, plaintext, promise)
        case .closed:
            promise?.fail(ChannelError.ioOnClosedChannel)
        }
    }

    public func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        if state == .open, mode != .input {
            session.close()
            send(context)
            state = .closed
        }
        context.close(mode: mode, promise: promise)
    }

    // MARK: Steps

    private func begin(_ context: ChannelHandlerContext) {
        guard state == .waiting else { return }
        state = .shakingHands
        do throws(TLSError) {
            try goOn(context)
            send(context)
        } catch {
            fail(context, error)
        }
    }

    private func goOn(_ context: ChannelHandlerContext) throws(TLSError) {
        guard try session.handshake() else { return }
        state = .open
        let waiting = waitingWrites
        waitingWrites = []
        if let peer = session.peer { context.fireUserInboundEventTriggered(Established(peer: peer)) }
        for (plaintext, promise) in waiting { encrypt(context, plaintext, promise) }
    }

    /// Reads all that can be read. One buffer goes up for what came in one read from the socket: plaintext is never
    /// longer than its ciphertext, so `expecting` is room enough but for what an earlier read left incomplete.
    private func deliver(_ context: ChannelHandlerContext, expecting count: Int) throws(TLSError) {
        var capacity = max(count, TLSSession.recordLimit)
        while state == .open {
            var plaintext = context.channel.allocator.buffer(capacity: capacity)
            switch try session.read(into: &plaintext, limit: Self.readLimit) {
            case .bytes(let count):
                context.fireChannelRead(wrapInboundOut(plaintext))
                if count < Self.readLimit, !session.isClosedByPeer { return }
                capacity = Self.readLimit
            case .incomplete:
                return
            case .closed:
                session.close()
                send(context)
                state = .closed
                context.close(promise: nil)
                return
            }
        }
    }

    /// The peer's end of the stream: well if close_notify came before, truncation else.
    private func endInput(_ context: ChannelHandlerContext) {
        guard state == .open || state == .shakingHands else { return }
        session.endOfInput()
        do throws(TLSError) {
            if state == .shakingHands { try goOn(context) }
            try deliver(context, expecting: 0)
        } catch {
            state = .closed
            context.fireErrorCaught(error)
        }
    }

    private func encrypt(_ context: ChannelHandlerContext, _ plaintext: ByteBuffer, _ promise: EventLoopPromise<Void>?)
    {
        do throws(TLSError) {
            try plaintext.withUnsafeReadableBytes { (bytes) throws(TLSError) in try session.write(bytes) }
            var ciphertext = context.channel.allocator.buffer(capacity: session.pendingCiphertext)
            session.drainCiphertext(into: &ciphertext)
            context.write(wrapOutboundOut(ciphertext), promise: promise)
        } catch {
            promise?.fail(error)
            fail(context, error)
        }
    }

    private func send(_ context: ChannelHandlerContext) {
        let pending = session.pendingCiphertext
        guard pending > 0 else { return }
        var ciphertext = context.channel.allocator.buffer(capacity: pending)
        session.drainCiphertext(into: &ciphertext)
        context.writeAndFlush(wrapOutboundOut(ciphertext), promise: nil)
    }

    private func fail(_ context: ChannelHandlerContext, _ error: TLSError) {
        guard state != .closed else { return }
        send(context)
        state = .closed
        failWaitingWrites(error)
        context.fireErrorCaught(error)
        context.close(promise: nil)
    }

    private func failWaitingWrites(_ error: any Error) {
        let waiting = waitingWrites
        waitingWrites = []
        for (_, promise) in waiting { promise?.fail(error) }
    }
}

@available(*, unavailable)
extension TLSHandler: Sendable {}
