import NIOCore
import TLS
import Testing

private let certificates = Result { try CertificateWorkshop() }

@Suite struct TLSSessionTests {
    let made: CertificateWorkshop

    init() throws { made = try certificates.get() }

    var trusting: TLSConfiguration { TLSConfiguration(trust: .file(made.authority)) }

    /// The error that a handshake ends with.
    func refusal(
        _ configuration: TLSConfiguration, host: String = "localhost", serving identity: CertificateWorkshop.Identity
    ) throws -> TLSError? {
        let pair = try TLSPair(configuration, host: host, serving: identity)
        do {
            try pair.shakeHands()
            return nil
        } catch let error as TLSError {
            #expect(!pair.client.presentedChain.isEmpty)
            return error
        }
    }

    // MARK: The conversation

    @Test func plaintextComesOutAsItWentIn() throws {
        let pair = try TLSPair(trusting, serving: made.good)
        try pair.shakeHands()
        let text = String(repeating: "* 1 FETCH (UID 1)\r\n", count: 10_000)
        try TLSPair.say(text, pair.server)
        try pair.carry(from: pair.server, to: pair.client)
        let (outcome, heard) = try TLSPair.hear(pair.client)
        #expect(outcome == .bytes(text.utf8.count))
        #expect(heard == text)
        #expect(try TLSPair.hear(pair.client).0 == .incomplete)
    }

    @Test func handshakeSurvivesBeingSplitAtEveryByte() throws {
        let pair = try TLSPair(trusting, serving: made.good)
        try pair.shakeHands(piece: 1)
        #expect(pair.client.isEstablished && pair.server.isEstablished)
    }

    @Test func readStopsAtItsLimitAndGoesOn() throws {
        let pair = try TLSPair(trusting, serving: made.good)
        try pair.shakeHands()
        try TLSPair.say(String(repeating: "a", count: 100_000), pair.server)
        try pair.carry(from: pair.server, to: pair.client)
        var buffer = ByteBuffer()
        #expect(try pair.client.read(into: &buffer, limit: 65_536) == .bytes(65_536))
        #expect(try pair.client.read(into: &buffer, limit: 65_536) == .bytes(34_464))
    }

    @Test func closeNotifyIsToldFromTruncation() throws {
        let closed = try TLSPair(trusting, serving: made.good)
        try closed.shakeHands()
        try TLSPair.say("* BYE\r\n", closed.server)
        closed.server.close()
        try closed.carry(from: closed.server, to: closed.client)
        #expect(try TLSPair.hear(closed.client) == (.bytes(7), "* BYE\r\n"))
        closed.client.endOfInput()
        #expect(try TLSPair.hear(closed.client).0 == .closed)

        let broken = try TLSPair(trusting, serving: made.good)
        try broken.shakeHands()
        try TLSPair.say("* OK half", broken.server)
        try broken.carry(from: broken.server, to: broken.client)
        broken.client.endOfInput()
        #expect(try TLSPair.hear(broken.client) == (.bytes(9), "* OK half"))
        let error = #expect(throws: TLSError.self) { try TLSPair.hear(broken.client) }
        #expect(error?.code == .truncated)
    }

    @Test func hangUpDuringTheHandshakeIsTruncation() throws {
        let pair = try TLSPair(trusting, serving: made.good)
        _ = try pair.client.handshake()
        pair.client.endOfInput()
        #expect(throws: TLSError.self) { _ = try pair.client.handshake() }
    }

    @Test func changedCiphertextIsABrokenRecord() throws {
        let pair = try TLSPair(trusting, serving: made.good)
        try pair.shakeHands()
        try TLSPair.say("* OK\r\n", pair.server)
        var bytes = ByteBuffer()
        pair.server.drainCiphertext(into: &bytes)
        let last = bytes.writerIndex - 1
        bytes.setInteger(bytes.getInteger(at: last, as: UInt8.self)! ^ 1, at: last)
        try bytes.withUnsafeReadableBytes { try pair.client.receive($0) }
        let error = #expect(throws: TLSError.self) { try TLSPair.hear(pair.client) }
        #expect(error?.code == .brokenRecord)
    }

    @Test func serverThatSpeaksPlainIsQuoted() throws {
        let session = try TLSSession(context: TLSContext(trusting), host: "localhost")
        _ = try session.handshake()
        let error = #expect(throws: TLSError.self) {
            try Array("* OK IMAP\u{1B}4rev1 ready\r\n".utf8).withUnsafeBytes { try session.receive($0) }
        }
        #expect(error?.code == .notTLS)
        #expect(error?.message.contains("* OK IMAP?4rev1 ready") == true)
    }

    @Test func serverWithTLS11AloneIsRefused() throws {
        // An alert "protocol_version", as such a server sends it.
        let session = try TLSSession(context: TLSContext(trusting), host: "localhost")
        _ = try session.handshake()
        try [UInt8]([0x15, 3, 1, 0, 2, 2, 70]).withUnsafeBytes { try session.receive($0) }
        let error = #expect(throws: TLSError.self) { _ = try session.handshake() }
        #expect(error?.code == .noCommonVersion)
    }

    // MARK: Whom to trust

    @Test func certificateOfTheNamedAuthorityIsTaken() throws {
        #expect(try refusal(trusting, serving: made.good) == nil)
        #expect(try refusal(trusting, host: "127.0.0.1", serving: made.good) == nil)
        #expect(try refusal(trusting, host: "LOCALHOST.", serving: made.good) == nil)
    }

    @Test func unknownAuthorityIsRefused() throws {
        let error = try #require(try refusal(TLSConfiguration(), serving: made.good))
        #expect(error.code == .unknownAuthority)
        #expect(error.message.contains("Trawl test authority"))
        #expect(error.message.contains("ca-file"))
    }

    @Test func expiredCertificateIsRefusedWithItsDate() throws {
        let expired = try made.issue("expired", names: "DNS:localhost", days: -1)
        let error = try #require(try refusal(trusting, serving: expired))
        #expect(error.code == .certificateExpired)
        #expect(error.message.contains("expired on 20"))
    }

    @Test func wrongHostIsRefusedWithTheNamesTheCertificateHas() throws {
        let other = try made.issue("other", names: "DNS:mail.example.org,DNS:*.example.net")
        let error = try #require(try refusal(trusting, serving: other))
        #expect(error.code == .hostNameMismatch)
        #expect(error.message.contains("localhost"))
        #expect(error.message.contains("mail.example.org, *.example.net"))
        #expect(try refusal(trusting, host: "10.0.0.1", serving: made.good)?.code == .hostNameMismatch)
        #expect(try refusal(trusting, host: "imap.example.net", serving: other) == nil)
    }

    @Test func serverNameOverridesTheHostConnectedTo() throws {
        let other = try made.issue("override", names: "DNS:mail.example.org")
        var configuration = trusting
        configuration.serverName = "mail.example.org"
        #expect(try refusal(configuration, host: "10.0.0.1", serving: other) == nil)
    }

    @Test func selfSignedCertificateIsRefusedUnlessNamedOrPinned() throws {
        let alone = try made.selfSigned("alone", names: "DNS:localhost")
        let error = try #require(try refusal(trusting, serving: alone))
        #expect(error.code == .certificateSelfSigned)
        #expect(try refusal(TLSConfiguration(trust: .file(alone.certificate)), serving: alone) == nil)

        let fingerprint = try #require(error.message.split(separator: "\"").dropFirst().first)
        let pin = try #require(TLSConfiguration.fingerprint(String(fingerprint)))
        #expect(try refusal(TLSConfiguration(pinnedSHA256: pin), host: "whatever", serving: alone) == nil)
        #expect(try refusal(TLSConfiguration(pinnedSHA256: pin), serving: made.good)?.code == .pinMismatch)
    }

    @Test func clientCertificateIsShown() throws {
        let me = try made.issue("me", names: "email:me@example.org", usage: "clientAuth")
        var configuration = trusting
        configuration.identity = .init(me)
        let pair = try TLSPair(configuration, serving: made.good, clientTrust: made.authority)
        try pair.shakeHands()
        #expect(pair.server.peer?.chain.first?.subject.contains("CN=me") == true)

        let anonymous = try TLSPair(trusting, serving: made.good, clientTrust: made.authority)
        #expect(throws: TLSError.self) { try anonymous.shakeHands() }
        // With TLS 1.3 a client learns it only after its own handshake is done.
        try anonymous.carry(from: anonymous.server, to: anonymous.client)
        let error = #expect(throws: TLSError.self) { try TLSPair.hear(anonymous.client) }
        #expect(error?.code == .identityRefused)
    }

    @Test func unreadableFilesAreNamed() throws {
        let noTrust = #expect(throws: TLSError.self) { try TLSContext(TLSConfiguration(trust: .file("/no/such.pem"))) }
        #expect(noTrust?.code == .unusableTrust)
        #expect(noTrust?.message.contains("/no/such.pem") == true)
        let other = try made.issue("stranger", names: "DNS:localhost")
        let mixed = TLSConfiguration.Identity(certificateFile: made.good.certificate, keyFile: other.key)
        let noKey = #expect(throws: TLSError.self) { try TLSContext(TLSConfiguration(identity: mixed)) }
        #expect(noKey?.code == .unusableIdentity)
    }

    // MARK: What a handshake settles

    @Test func peerTellsItsChain() throws {
        let pair = try TLSPair(trusting, serving: made.good)
        try pair.shakeHands()
        let peer = try #require(pair.client.peer)
        #expect(peer.version == "TLSv1.3")
        #expect(!peer.isResumed)
        #expect(peer.chain.map(\.subject) == ["CN=good,O=Trawl tests", "CN=Trawl test authority,O=Trawl tests"])
        #expect(peer.chain[0].issuer == peer.chain[1].subject)
        #expect(peer.chain[0].names == ["localhost", "127.0.0.1"])
        #expect(peer.chain[0].notAfter - peer.chain[0].notBefore == 365 * 86_400)
        #expect(peer.chain[0].sha256.count == 32)
    }

    @Test(arguments: [TLSConfiguration.Version.tls12, .tls13])
    func sessionIsResumedByTicket(version: TLSConfiguration.Version) throws {
        var configuration = trusting
        configuration.maximumVersion = version
        let context = try TLSContext(configuration)
        let serverContext = try TLSContext(serving: .init(made.good))
        func meet() throws -> TLSPeer? {
            let pair = TLSPair(
                client: try TLSSession(context: context, host: "localhost"),
                server: try TLSSession(serverContext: serverContext))
            try pair.shakeHands()
            try TLSPair.say("x", pair.server)
            try pair.carry(from: pair.server, to: pair.client)
            _ = try TLSPair.hear(pair.client)
            return pair.client.peer
        }
        let first = try #require(try meet())
        let second = try #require(try meet())
        #expect(!first.isResumed)
        #expect(second.isResumed)
        #expect(second.serverEndPoint == first.serverEndPoint)
        #expect(second.chain.first == first.chain.first)
    }

    @Test func channelBindingsAreTheSameOnBothSides() throws {
        let pair = try TLSPair(trusting, serving: made.good)
        try pair.shakeHands()
        let mine = try #require(pair.client.peer)
        let theirs = try #require(pair.server.peer)
        #expect(mine.exporter?.count == 32)
        #expect(mine.exporter == theirs.exporter)
        // The certificate is signed with ECDSA and SHA-256.
        #expect(mine.serverEndPoint == mine.chain.first?.sha256)

        var older = trusting
        older.maximumVersion = .tls12
        let old = try TLSPair(older, serving: made.good)
        try old.shakeHands()
        #expect(old.client.peer?.version == "TLSv1.2")
        #expect(old.client.peer?.exporter == nil)
    }
}
