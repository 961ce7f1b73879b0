import IMAPCore
import NIOCore
import TLS

/// What the event loop hands to the task that owns the connection.
enum ChannelInput: Sendable {
    /// All responses of one read from the socket.
    case responses([FramingOutcome])
    case secured(TLSPeer)
    /// Somebody has a request.
    case wake
    /// The time that was asked for has come.
    case timer
    case failed(any Error)
}

/// What that task hands back.
enum ChannelOutput: Sendable {
    case bytes(ByteBuffer)
    /// Sends the command, and begins TLS as soon as its OK has come.
    case startTLS(ByteBuffer, tag: String, TLSContext, host: String, port: Int)
    /// Sends the command, and begins COMPRESS as soon as its OK has come.
    case compress(ByteBuffer, tag: String)
    /// Asks for a `timer` input.
    case timer(NIODeadline)
}

/// The top of the pipeline: cuts the server's bytes into responses, and changes the layers below in the very turn of the
/// event loop in which the server's OK is read, so that no byte can be taken for what it isn't.
final class ResponseHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ChannelInput
    typealias OutboundIn = ChannelOutput
    typealias OutboundOut = ByteBuffer

    private enum Upgrade {
        case tls(TLSContext, host: String, port: Int)
        case deflate
    }

    private var framer: ResponseFramer
    private var pending: (tag: [UInt8], upgrade: Upgrade)?
    private var context: ChannelHandlerContext?
    private var timer: Scheduled<Void>?
    private var isFailed = false

    init(limits: FramingLimits = .default) {
        framer = ResponseFramer(limits: limits)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        timer?.cancel()
        self.context = nil
    }

    /// Tells the task that there is a request for it. On the event loop.
    func wake() {
        context?.fireChannelRead(wrapInboundOut(.wake))
        context?.fireChannelReadComplete()
    }

    // MARK: From the server

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isFailed else { return }
        framer.append(unwrapInboundIn(data))
        var outcomes: [FramingOutcome] = []
        var isSwitching = false
        reading: while true {
            let outcome = framer.next()
            if case .incomplete = outcome { break reading }
            outcomes.append(outcome)
            if pending != nil, case .frame(let frame) = outcome, let isOK = answersUpgrade(frame) {
                if isOK {
                    isSwitching = true
                    break reading
                }
                pending = nil
            }
        }
        if isSwitching {
            upgrade(context, after: outcomes)
        } else if !outcomes.isEmpty {
            context.fireChannelRead(wrapInboundOut(.responses(outcomes)))
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if let event = event as? TLSHandler.Established {
            context.fireChannelRead(wrapInboundOut(.secured(event.peer)))
            context.fireChannelReadComplete()
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Errors go the way of the data, so that what came before them is read first.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        isFailed = true
        context.fireChannelRead(wrapInboundOut(.failed(error)))
        context.fireChannelReadComplete()
    }

    // MARK: To the server

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        switch unwrapOutboundIn(data) {
        case .bytes(let bytes):
            context.write(wrapOutboundOut(bytes), promise: promise)
        case .startTLS(let bytes, let tag, let tls, let host, let port):
            pending = (Array(tag.utf8), .tls(tls, host: host, port: port))
            context.write(wrapOutboundOut(bytes), promise: promise)
        case .compress(let bytes, let tag):
            pending = (Array(tag.utf8), .deflate)
            context.write(wrapOutboundOut(bytes), promise: promise)
        case .timer(let deadline):
            timer?.cancel()
            let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
            timer = context.eventLoop.scheduleTask(deadline: deadline) { bound.value.fireTimer() }
            promise?.succeed(())
        }
    }

    private func fireTimer() {
        context?.fireChannelRead(wrapInboundOut(.timer))
        context?.fireChannelReadComplete()
    }

    // MARK: Changing layers

    /// Nil where the response is not the tagged answer to the command that asks for the change.
    private func answersUpgrade(_ frame: ResponseFrame) -> Bool? {
        guard let tag = pending?.tag else { return nil }
        return frame.bytes.withUnsafeReadableBytes { bytes in
            guard bytes.count > tag.count, bytes[tag.count] == 0x20, bytes.prefix(tag.count).elementsEqual(tag)
            else { return nil }
            var word = bytes.dropFirst(tag.count).drop { $0 == 0x20 }.prefix { $0 != 0x20 }.makeIterator()
            let first = word.next().map { $0 & 0xDF }
            let second = word.next().map { $0 & 0xDF }
            return first == UInt8(ascii: "O") && second == UInt8(ascii: "K") && word.next() == nil
        }
    }

    private func upgrade(_ context: ChannelHandlerContext, after outcomes: [FramingOutcome]) {
        guard let upgrade = pending?.upgrade else { return }
        pending = nil
        do {
            switch upgrade {
            case .tls(let tls, let host, let port):
                // Whoever stands between can put bytes behind the OK, which would be read as if they had come through
                // TLS (the NO STARTTLS attacks).
                guard framer.bufferedByteCount == 0 else { throw ConnectionDriver.injection(nil) }
                context.fireChannelRead(wrapInboundOut(.responses(outcomes)))
                let session = try TLSSession(context: tls, host: host, port: port)
                try context.pipeline.syncOperations.addHandler(TLSHandler(session), position: .before(self))
            case .deflate:
                let rest = framer.takeBufferedBytes()
                let handler = try DeflateHandler()
                try context.pipeline.syncOperations.addHandler(handler, position: .before(self))
                context.fireChannelRead(wrapInboundOut(.responses(outcomes)))
                if rest.readableBytes > 0 {
                    handler.channelRead(
                        context: try context.pipeline.syncOperations.context(handler: handler), data: NIOAny(rest))
                }
            }
        } catch {
            errorCaught(context: context, error: error)
            context.close(promise: nil)
        }
    }
}

@available(*, unavailable)
extension ResponseHandler: Sendable {}
