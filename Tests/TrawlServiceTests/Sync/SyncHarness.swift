import Foundation
import IMAPClient
import IMAPCore
import Logging
import MailIndex
import MailSearch
import NIOCore
import TLS
import TestSupport

@testable import TrawlService

/// What tests of a private Dovecot use.
typealias SyncHarness = ServerHarness<DovecotServer>

/// A private server, an index in a temporary folder, an account between the two, and a second client.
struct ServerHarness<Server: IMAPTestServer>: Sendable {
    let server: Server
    let folder: TemporaryFolder
    let store: IndexStore
    var account: AccountConfiguration
    var environment: SyncEnvironment

    init(server: Server, security: AccountConfiguration.Security = .tls) throws {
        self.server = server
        folder = try TemporaryFolder("trawl-sync")
        store = try IndexStore.open(folder.path("data"), access: .readWrite)
        var account = AccountConfiguration(name: "work", host: "localhost", user: server.user.name)
        account.security = security
        account.port = security == .tls ? server.tlsPort : server.plainPort
        account.caFile = server.certificates.authority
        account.password = .file(try folder.write(server.user.password + "\n", to: "password"))
        account.exclude = []
        self.account = account
        environment = SyncEnvironment(store: store, logger: Self.logger)
    }

    /// Silent, unless the variable TRAWL_TEST_LOG names a level.
    static var logger: Logger {
        var logger = Logger(label: "trawl.tests")
        let level = ProcessInfo.processInfo.environment["TRAWL_TEST_LOG"].flatMap(Logger.Level.init(rawValue:))
        logger.logLevel = level ?? .critical
        return logger
    }

    func synchronizer() -> AccountSynchronizer {
        AccountSynchronizer(configuration: account, environment: environment)
    }

    @discardableResult
    func sync() async throws -> SyncTotals {
        try await synchronizer().syncOnce()
    }

    /// Runs `body` while the account is served.
    func serving<R: Sendable>(_ body: (AccountSynchronizer) async throws -> R) async throws -> R {
        let synchronizer = synchronizer()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await synchronizer.run() }
            defer { group.cancelAll() }
            return try await body(synchronizer)
        }
    }

    /// A second client of the same user.
    func client<R: Sendable>(_ body: (IMAPConnection) async throws -> R) async throws -> R {
        let tls = TLSConfiguration(trust: .file(server.certificates.authority))
        return try await IMAPConnection.withConnection(
            to: IMAPServer(host: "localhost", port: server.tlsPort, security: .tls, tls: tls),
            credentials: .password(user: server.user.name, Secret(server.user.password)), logger: Self.logger,
            body)
    }

    // MARK: What the index says

    func search(_ text: String) throws -> [Email] {
        let query = try QueryParser.parse(text, context: QueryContext(now: Int64(time(nil))))
        let results = try store.search(query, options: SearchOptions(limit: nil))
        return try store.emails(results.hits.map(\.email.id))
    }

    func subjects(_ text: String = "*") throws -> [String] {
        try search(text).map(\.subject).sorted()
    }

    /// Waits until `condition` holds; false after `seconds`.
    func eventually(_ seconds: Double = 10, _ condition: () throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try condition() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return try condition()
    }

    // MARK: Comparing

    /// One message in one place: what must be the same on both sides.
    struct PlacedMessage: Hashable, CustomStringConvertible {
        var mailbox: String
        var uid: UInt32
        var messageID: String
        var flags: [String]

        var description: String { "\(mailbox)/\(uid) <\(messageID)> \(flags)" }
    }

    func indexed() throws -> Set<PlacedMessage> {
        var messages: Set<PlacedMessage> = []
        for mailbox in try store.mailboxes() {
            for place in try store.places(in: mailbox.id) {
                guard let email = try store.email(place.message) else { continue }
                var flags = place.flags.keywords.map { $0.lowercased() }
                let names: [(EmailFlags, String)] = [
                    (.seen, "\\seen"), (.answered, "\\answered"), (.flagged, "\\flagged"), (.deleted, "\\deleted"),
                    (.draft, "\\draft"),
                ]
                for (flag, name) in names where place.flags.flags.contains(flag) { flags.append(name) }
                messages.insert(
                    PlacedMessage(
                        mailbox: mailbox.name, uid: place.uid, messageID: email.messageIDs.first ?? "",
                        flags: flags.sorted()))
            }
        }
        return messages
    }

    func onServer() async throws -> Set<PlacedMessage> {
        try await client { connection in
            var messages: Set<PlacedMessage> = []
            for info in try await connection.list(["*"]) where info.isSelectable {
                _ = try await connection.examine(info.name)
                _ = try await connection.fetch([UIDSet(UID.min...UID.max)], [.uid, .flags, .envelope]) { response in
                    guard let uid = response.uid, let envelope = response.envelope else { return }
                    let id = envelope.messageID?.bareMessageID ?? ""
                    let flags = (response.flags ?? []).map { $0.rawValue.lowercased() }.filter { $0 != "\\recent" }
                    messages.insert(
                        PlacedMessage(
                            mailbox: info.name.name, uid: uid.rawValue, messageID: id, flags: flags.sorted()))
                }
            }
            return messages
        }
    }

    /// The differences between index and server, in words; empty when they agree.
    func differences() async throws -> [String] {
        let server = try await onServer()
        let index = try indexed()
        return server.subtracting(index).map { "only on the server: \($0)" }.sorted()
            + index.subtracting(server).map { "only in the index: \($0)" }.sorted()
    }
}

extension ServerHarness<DovecotServer> {
    init(
        _ options: DovecotServer.Options = DovecotServer.Options(), security: AccountConfiguration.Security = .tls
    ) throws {
        try self.init(server: DovecotServer(options), security: security)
    }
}

/// A message of a test's own.
func sampleMessage(_ name: String, body: String = "", size: Int = 0) -> String {
    """
    From: Ana Sample <ana@example.org>\r
    To: Ben <ben@example.org>\r
    Subject: \(name)\r
    Message-ID: <\(name.replacing(" ", with: ".")).\(UInt32.random(in: 0...UInt32.max))@example.org>\r
    Date: Tue, 3 Mar 2026 10:00:00 +0100\r
    Content-Type: text/plain; charset=utf-8\r
    \r
    \(body.isEmpty ? "The text of \(name)." : body)\r
    \(String(repeating: "Filling filling filling.\r\n", count: size / 25))
    """
}

extension IMAPConnection {
    func append(_ text: String, to mailbox: String = "INBOX", flags: [Flag] = [], at date: Int64? = nil) async throws {
        _ = try await append(MailboxName(mailbox), flags: flags, internalDate: date, ByteBuffer(string: text))
    }
}
