import NIOCore
import TLS

/// A client and a server that speak to each other through memory alone.
final class TLSPair {
    let client: TLSSession
    let server: TLSSession

    init(client: TLSSession, server: TLSSession) {
        self.client = client
        self.server = server
    }

    convenience init(
        _ configuration: TLSConfiguration, host: String = "localhost", serving identity: CertificateWorkshop.Identity,
        clientTrust: String? = nil
    ) throws {
        let context = try TLSContext(configuration)
        let serverContext = try TLSContext(serving: .init(identity), clientTrust: clientTrust)
        self.init(
            client: try TLSSession(context: context, host: host), server: try TLSSession(serverContext: serverContext))
    }

    /// Carries what each side has to say to the other, `piece` bytes at a time, until both are done.
    func shakeHands(piece: Int = Int.max) throws {
        for _ in 0..<100 {
            let clientDone = try client.handshake()
            try carry(from: client, to: server, piece: piece) { _ = try server.handshake() }
            let serverDone = try server.handshake()
            try carry(from: server, to: client, piece: piece) { _ = try client.handshake() }
            if clientDone, serverDone { return }
        }
        throw WorkshopError(message: "the handshake goes round in circles")
    }

    func carry(from: TLSSession, to: TLSSession, piece: Int = Int.max, each: () throws -> Void = {}) throws {
        var bytes = ByteBuffer()
        from.drainCiphertext(into: &bytes)
        while let part = bytes.readSlice(length: min(piece, bytes.readableBytes)), part.readableBytes > 0 {
            try part.withUnsafeReadableBytes { try to.receive($0) }
            try each()
        }
    }

    static func say(_ text: String, _ session: TLSSession) throws {
        try Array(text.utf8).withUnsafeBytes { try session.write($0) }
    }

    static func hear(_ session: TLSSession) throws -> (TLSSession.ReadOutcome, String) {
        var buffer = ByteBuffer()
        let outcome = try session.read(into: &buffer, limit: 1 << 20)
        return (outcome, String(buffer: buffer))
    }
}

extension TLSConfiguration.Identity {
    init(_ identity: CertificateWorkshop.Identity) {
        self.init(certificateFile: identity.certificate, keyFile: identity.key)
    }
}
