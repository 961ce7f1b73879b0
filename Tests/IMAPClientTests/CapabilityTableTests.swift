import IMAPClient
import IMAPCore
import NIOCore
import TLS
import TestSupport
import Testing

/// The same work done on a Dovecot that offers more and less: the outcome is the same.
@Suite(.enabled(if: Lab.isAvailable, "skipped: dovecot-imapd is not installed")) struct CapabilityTableTests {
    /// What is taken away in each round.
    static let lacking: [[String]] = [
        [], ["ENABLE", "CONDSTORE", "QRESYNC"], ["QRESYNC", "IDLE", "NOTIFY"], ["LIST-EXTENDED"],
        ["LIST-STATUS", "STATUS=SIZE", "SPECIAL-USE", "ID", "NAMESPACE"], ["ESEARCH"], ["SEARCHRES", "LITERAL+"],
        ["MOVE"], ["UIDPLUS", "UNSELECT"], ["MOVE", "UIDPLUS", "BINARY", "PREVIEW", "ESEARCH"],
    ]

    @Test func theSameWorkIsDoneWithAndWithoutEachCapability() async throws {
        let dovecot = try DovecotServer()
        defer { dovecot.stop() }
        for (round, lacking) in Self.lacking.enumerated() {
            let offered = DovecotServer.fullCapability.split(separator: " ").filter { !lacking.contains(String($0)) }
            try dovecot.setCapability(offered.joined(separator: " "))
            let server = IMAPServer(
                host: dovecot.host, port: dovecot.tlsPort,
                tls: TLSConfiguration(trust: .file(dovecot.certificates.authority)))
            let user = dovecot.user
            try await within(seconds: 30) {
                try await IMAPConnection.withConnection(
                    to: server, credentials: .password(user: user.name, Secret(user.password)), logger: .silent
                ) { connection in
                    for name in lacking { #expect(!connection.capabilities.contains(Capability(name))) }
                    try await Self.work(connection, MailboxName("Round \(round)"), "\(lacking)")
                }
            }
        }
    }

    private static func work(_ connection: IMAPConnection, _ mailbox: MailboxName, _ lacking: String) async throws {
        let target = MailboxName(mailbox.name + " moved")
        try await connection.create(mailbox)
        try await connection.create(target)
        for number in 1...5 {
            try await connection.append(mailbox, flags: number == 2 ? [.flagged] : [], Lab.message(number, size: 300))
        }
        let told = try await connection.list(["*"], returning: [.messages, .uidNext, .uidValidity])
        #expect(told.first { $0.name == mailbox }?.status?.messages == 5, "\(lacking)")
        let selected = try await connection.select(mailbox)
        #expect(selected.exists == 5 && selected.uidValidity != nil, "\(lacking)")
        #expect((selected.highestModSeq != nil) == connection.capabilities.supportsCondStore, "\(lacking)")
        #expect(try await connection.search() == UIDSet(1...5), "\(lacking)")
        #expect(try await connection.search(newest: 2) == UIDSet(4...5), "\(lacking)")
        var flagged: [UID?] = []
        _ = try await connection.fetch(matching: [.flagged], [.uid, .size]) { flagged.append($0.uid) }
        #expect(flagged == [2], "\(lacking)")
        var sizes: [Int?] = []
        _ = try await connection.fetch([UIDSet(1...5)], [.uid, .size, .body(.full)], changedSince: 1) { message in
            sizes.append(message.bytes(of: .full)?.readableBytes)
            #expect(message.bytes(of: .full)?.readableBytes == message.size)
        }
        #expect(sizes.count == 5, "\(lacking)")
        try await connection.idle(pollInterval: .milliseconds(20), maximum: .milliseconds(60)) { _ in .goOn }
        try await connection.move([5], to: target)
        try await connection.store([1], .addSilently, [.deleted])
        try await connection.expunge([1])
        #expect(try await connection.search() == UIDSet(2...4), "\(lacking)")
        try await connection.unselect()
        #expect(try await connection.status(target, [.messages]).messages == 1, "\(lacking)")
        if connection.capabilities.contains(.notify) {
            try await connection.notify(NotifyRequest())
        } else {
            await #expect(throws: IMAPError.self) { try await connection.notify(NotifyRequest()) }
        }
    }

    @Test func binaryComesDecodedAndPreviewsComeAsText() async throws {
        let lab = try Lab.open()
        let user = try lab.user()
        try await within {
            try await lab.connect(user) { connection in
                let message = """
                    Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n\
                    Content-Transfer-Encoding: base64\r\n\r\nR3LDvMOfZSBhdXMg\r\nQmVybGlu\r\n
                    """
                try await connection.append("INBOX", ByteBuffer(string: message))
                _ = try await connection.examine("INBOX")
                #expect(connection.capabilities.contains(.binary) && connection.capabilities.contains(.preview))
                var count = 0
                _ = try await connection.fetch(
                    [[1]], [.uid, .binary(part: "1"), .binarySize(part: "1"), .preview(lazy: false)]
                ) { message in
                    count += 1
                    #expect(message.binaryBytes(of: "1").map { String(buffer: $0) } == "Grüße aus Berlin")
                    #expect(message.binaries.contains { $0.size == 18 })
                    #expect(message.preview?.contains("Grüße aus Berlin") == true)
                }
                #expect(count == 1)
                #expect(try await connection.search([.seen]).isEmpty)
            }
        }
    }
}
