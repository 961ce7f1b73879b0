import NIOCore
import NIOEmbedded
import TLS
import Testing

@Suite struct TLSHandlerTests {
    /// Keeps what reaches the top of the pipeline.
    final class Witness: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        var errors: [any Error] = []
        var peers: [TLSPeer] = []
        var text = ""
        var isInactive = false

        func channelRead(context: ChannelHandlerContext, data: NIOAny) { text += String(buffer: unwrapInboundIn(data)) }
        func errorCaught(context: ChannelHandlerContext, error: any Error) { errors.append(error) }
        func channelInactive(context: ChannelHandlerContext) { isInactive = true }
        func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
            if let event = event as? TLSHandler.Established { peers.append(event.peer) }
        }
    }

    /// A channel with the handler in it, and the server's session on the far side of its wire.
    struct Wire {
        let channel = EmbeddedChannel()
        let witness = Witness()
        let server: TLSSession
        let made: CertificateWorkshop

        init(maximumVersion: TLSConfiguration.Version? = nil) throws {
            made = try CertificateWorkshop()
            server = try TLSSession(serverContext: TLSContext(serving: .init(made.good)))
            let configuration = TLSConfiguration(trust: .file(made.authority), maximumVersion: maximumVersion)
            let session = try TLSSession(context: TLSContext(configuration), host: "localhost")
            try channel.pipeline.syncOperations.addHandlers([TLSHandler(session), witness])
        }

        func toServer() throws {
            while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
                try bytes.withUnsafeReadableBytes { try server.receive($0) }
            }
        }

        func toClient() throws {
            var bytes = ByteBuffer()
            guard server.drainCiphertext(into: &bytes) > 0 else { return }
            try channel.writeInbound(bytes)
        }

        func open() throws {
            try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 993)).wait()
            for _ in 0..<3 {
                try toServer()
                _ = try server.handshake()
                try toClient()
            }
        }
    }

    @Test func handshakeBeginsWhenTheChannelIsActiveAndCarriesWhatWasWrittenBefore() throws {
        let wire = try Wire()
        try wire.channel.connect(to: .init(ipAddress: "127.0.0.1", port: 993)).wait()
        wire.channel.writeAndFlush(ByteBuffer(string: "A1 NOOP\r\n"), promise: nil)
        for _ in 0..<3 {
            try wire.toServer()
            _ = try wire.server.handshake()
            try wire.toClient()
        }
        wire.channel.flush()
        try wire.toServer()
        #expect(wire.witness.peers.first?.chain.first?.names == ["localhost", "127.0.0.1"])
        #expect(try TLSPair.hear(wire.server).1 == "A1 NOOP\r\n")
        try TLSPair.say("A1 OK\r\n", wire.server)
        try wire.toClient()
        #expect(wire.witness.text == "A1 OK\r\n")
    }

    @Test func longAnswersComeWhole() throws {
        let wire = try Wire()
        try wire.open()
        let text = String(repeating: "0123456789", count: 100_000)
        try TLSPair.say(text, wire.server)
        try wire.toClient()
        #expect(wire.witness.text == text)
    }

    @Test func closeNotifyEndsTheChannelWithoutAnError() throws {
        let wire = try Wire()
        try wire.open()
        try TLSPair.say("* BYE\r\n", wire.server)
        wire.server.close()
        try wire.toClient()
        #expect(wire.witness.text == "* BYE\r\n")
        #expect(wire.witness.errors.isEmpty)
        #expect(wire.witness.isInactive)
    }

    @Test func streamCutWithoutCloseNotifyIsAnError() throws {
        let wire = try Wire()
        try wire.open()
        wire.channel.pipeline.fireChannelInactive()
        #expect((wire.witness.errors.first as? TLSError)?.code == .truncated)
    }

    @Test func plainAnswerFailsTheWritesThatWaited() throws {
        let wire = try Wire()
        try wire.channel.connect(to: .init(ipAddress: "127.0.0.1", port: 993)).wait()
        let waiting = wire.channel.writeAndFlush(ByteBuffer(string: "A1 NOOP\r\n"))
        try wire.channel.writeInbound(ByteBuffer(string: "* OK hello\r\n"))
        #expect((wire.witness.errors.first as? TLSError)?.code == .notTLS)
        #expect(throws: TLSError.self) { try waiting.wait() }
        #expect(wire.witness.text.isEmpty)
    }

    @Test func closingSaysGoodBye() throws {
        let wire = try Wire(maximumVersion: .tls12)
        try wire.open()
        _ = try wire.channel.finish(acceptAlreadyClosed: true)
        try wire.toServer()
        #expect(try TLSPair.hear(wire.server).0 == .closed)
    }
}
