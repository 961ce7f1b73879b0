import NIOCore

/// COMPRESS=DEFLATE (RFC 4978) in a channel's pipeline: compressed bytes below, plain ones above.
final class DeflateHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private let inflater: InflateStream
    private let deflater: DeflateStream
    private var isBroken = false

    init() throws(InflateStream.Failure) {
        inflater = try InflateStream()
        deflater = try DeflateStream()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard !isBroken else { return }
        do throws(InflateStream.Failure) {
            try inflater.inflate(unwrapInboundIn(data), allocator: context.channel.allocator) { plain in
                context.fireChannelRead(wrapInboundOut(plain))
            }
        } catch {
            isBroken = true
            context.fireErrorCaught(error)
            context.close(promise: nil)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        do throws(InflateStream.Failure) {
            let compressed = try deflater.deflate(unwrapOutboundIn(data), allocator: context.channel.allocator)
            context.write(wrapOutboundOut(compressed), promise: promise)
        } catch {
            promise?.fail(error)
            context.fireErrorCaught(error)
        }
    }
}
