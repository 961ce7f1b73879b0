import IMAPClient
import IMAPCore
import NIOCore
import Synchronization
import TLS
import TestSupport
import Testing

/// A real server of one kind, with one user.
final class RealServer: Sendable, CustomTestStringConvertible {
    enum Kind: String, CaseIterable, Sendable {
        case dovecot
        case cyrus
        case courier

        var reasonToSkip: String? {
            switch self {
            case .dovecot: DovecotServer.isAvailable ? nil : "dovecot-imapd is not installed"
            case .cyrus, .courier: UnpackedServer.reasonToSkip
            }
        }
    }

    private static let all = Mutex<[Kind: Result<RealServer, any Error>]>([:])

    static func open(_ kind: Kind) throws -> RealServer {
        try all.withLock { all in
            if let held = all[kind] { return held }
            let made = Result { try RealServer(kind) }
            all[kind] = made
            return made
        }.get()
    }

    let kind: Kind
    let plainPort: Int
    let tlsPort: Int
    let authority: String
    let user: DovecotServer.User
    private let owner: any Sendable
    private let counter = Mutex(0)

    private init(_ kind: Kind) throws {
        self.kind = kind
        switch kind {
        case .dovecot:
            let server = try DovecotServer()
            (plainPort, tlsPort, authority, user) = (
                server.plainPort, server.tlsPort, server.certificates.authority, server.user
            )
            owner = server
        case .cyrus, .courier:
            let server = try UnpackedServer(kind == .cyrus ? .cyrus : .courier)
            (plainPort, tlsPort, authority, user) = (
                server.plainPort, server.tlsPort, server.certificates.authority, server.user
            )
            owner = server
        }
    }

    var testDescription: String { kind.rawValue }

    func connect<R: Sendable>(
        _ security: IMAPServer.Security = .tls, password: String? = nil, configuration: IMAPConfiguration = .init(),
        _ body: (IMAPConnection) async throws -> R
    ) async throws -> R {
        let server = IMAPServer(
            host: "127.0.0.1", port: security == .tls ? tlsPort : plainPort, security: security,
            tls: TLSConfiguration(trust: .file(authority)))
        return try await IMAPConnection.withConnection(
            to: server, credentials: .password(user: user.name, Secret(password ?? user.password)),
            configuration: configuration, logger: .silent, body)
    }

    /// A new mailbox where users may make them (Courier: below INBOX alone), with some messages in it.
    func mailbox(_ connection: IMAPConnection, _ name: String, messages: Int = 0) async throws -> MailboxName {
        let number = counter.withLock { counter in
            counter += 1
            return counter
        }
        let prefix = try await connection.namespaces()?.personal.first?.prefix.name ?? ""
        let mailbox = MailboxName("\(prefix)\(name) \(number)")
        try await connection.create(mailbox)
        if messages > 0 {
            for number in 1...messages {
                try await connection.append(mailbox, Lab.message(number, size: number * 700))
            }
        }
        return mailbox
    }
}

/// What every server must do for us, whatever it offers: run on Dovecot, Cyrus and Courier alike.
@Suite struct EveryServerTests {
    typealias Kind = RealServer.Kind

    static let kinds = Kind.allCases.filter { kind in
        guard let reason = kind.reasonToSkip else { return true }
        print("skipped: \(reason)")
        return false
    }

    @Test(arguments: kinds, [IMAPServer.Security.tls, .startTLS])
    func logsInAndListsMailboxesWithStatus(kind: Kind, security: IMAPServer.Security) async throws {
        let server = try RealServer.open(kind)
        try await within(seconds: 60) {
            try await server.connect(security) { connection in
                let mailbox = try await server.mailbox(connection, "Räume & 部屋", messages: 2)
                let mailboxes = try await connection.list(["*"], returning: [.messages, .uidNext, .uidValidity])
                #expect(mailboxes.contains { $0.name.isInbox })
                let made = try #require(mailboxes.first { $0.name == mailbox })
                #expect(made.status?.messages == 2)
                #expect(made.status?.uidValidity != nil)
                #expect(connection.tlsPeer != nil)
            }
        }
    }

    @Test(arguments: kinds)
    func wrongPasswordIsTheUsersFault(kind: Kind) async throws {
        let server = try RealServer.open(kind)
        let error = try await failure { try await server.connect(password: "not-it") { _ in } }
        #expect(error.code == .authenticationFailed)
    }

    @Test(arguments: kinds)
    func fetchesEveryMessageAndSetsNoFlag(kind: Kind) async throws {
        let server = try RealServer.open(kind)
        try await within(seconds: 60) {
            try await server.connect { connection in
                let mailbox = try await server.mailbox(connection, "Fetch", messages: 12)
                let selected = try await connection.examine(mailbox)
                #expect(selected.exists == 12)
                #expect(selected.uidValidity != nil)
                let uids = try await connection.search()
                #expect(uids.count == 12)
                var seen = UIDSet()
                let items: [FetchItem] = [
                    .uid, .flags, .internalDate, .size, .envelope, .bodyStructure, .body(.full),
                ]
                let outcome = try await connection.fetch(uids.windows(of: 5), items) { message in
                    #expect(message.bytes(of: .full)?.readableBytes == message.size)
                    #expect(message.flags?.contains(.seen) == false)
                    #expect(message.internalDate != nil)
                    #expect(message.envelope?.subject != nil)
                    #expect(message.bodyStructure != nil)
                    seen.insert(message.uid!)
                }
                #expect(seen == uids)
                #expect(outcome.refused.isEmpty)
                #expect(try await connection.search([.unseen]) == uids)
            }
        }
    }

    @Test(arguments: kinds)
    func idleTellsOfArrivalFlagAndExpunge(kind: Kind) async throws {
        let server = try RealServer.open(kind)
        try await within(seconds: 90) {
            try await server.connect { watcher in
                let mailbox = try await server.mailbox(watcher, "Idle", messages: 1)
                _ = try await watcher.examine(mailbox)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await Task.sleep(for: .milliseconds(300))
                        try await server.connect { other in
                            // With time between them: Dovecot looks twice a second, and tells only what is left then.
                            try await other.append(mailbox, Lab.message(2))
                            try await Task.sleep(for: .milliseconds(1200))
                            _ = try await other.select(mailbox)
                            let uids = try await other.search()
                            try await other.store(uids, .add, [.flagged])
                            try await Task.sleep(for: .milliseconds(1200))
                            try await other.store(UIDSet(uids.min!), .add, [.deleted])
                            try await other.expunge()
                        }
                    }
                    var arrived = false
                    var flagged = false
                    var expunged = false
                    try await watcher.idle(pollInterval: .milliseconds(200), maximum: .seconds(20)) { event in
                        switch event {
                        case .exists(2): arrived = true
                        case .fetch(let message): flagged = flagged || message.flags?.contains(.flagged) == true
                        case .expunged, .vanished: expunged = true
                        default: break
                        }
                        return arrived && flagged && expunged ? .stop : .goOn
                    }
                    #expect(arrived && flagged && expunged)
                    try await group.waitForAll()
                }
                #expect(try await watcher.search([.flagged]).count == 1)
            }
        }
    }

    @Test(arguments: kinds)
    func copiesMovesRenamesAndDeletes(kind: Kind) async throws {
        let server = try RealServer.open(kind)
        try await within(seconds: 60) {
            try await server.connect { connection in
                let source = try await server.mailbox(connection, "Source", messages: 3)
                let target = try await server.mailbox(connection, "Target")
                _ = try await connection.select(source)
                let uids = try await connection.search()
                try await connection.copy(UIDSet(uids.min!), to: target)
                try await connection.move(UIDSet(uids.max!), to: target)
                #expect(try await connection.search().count == 2)
                try await connection.unselect()
                #expect(try await connection.status(target, [.messages]).messages == 2)
                let renamed = MailboxName(target.name + " renamed")
                try await connection.rename(target, to: renamed)
                #expect(try await connection.status(renamed, [.messages]).messages == 2)
                try await connection.delete(renamed)
                #expect(try await connection.list([renamed.name]).isEmpty)
            }
        }
    }

    @Test(arguments: kinds)
    func changedSinceTellsOnlyWhatChanged(kind: Kind) async throws {
        let server = try RealServer.open(kind)
        try await within(seconds: 60) {
            try await server.connect { connection in
                guard connection.capabilities.supportsCondStore else {
                    print("\(kind.rawValue) has no CONDSTORE")
                    return
                }
                let mailbox = try await server.mailbox(connection, "Changes", messages: 4)
                let before = try await connection.select(mailbox)
                let modSeq = try #require(before.highestModSeq)
                let uids = try await connection.search()
                try await connection.store(UIDSet(uids.max!), .add, [.flagged])
                var changed = UIDSet()
                _ = try await connection.fetch([uids], [.uid, .flags, .modSeq], changedSince: modSeq) { message in
                    changed.insert(message.uid!)
                }
                #expect(changed == UIDSet(uids.max!))
            }
        }
    }

    @Test(arguments: kinds)
    func resyncTellsWhatVanished(kind: Kind) async throws {
        let server = try RealServer.open(kind)
        try await within(seconds: 60) {
            let known = try await server.connect { connection -> (MailboxName, SelectParameters.Resync, UIDSet)? in
                guard connection.enabled.contains(.qResync) else {
                    print("\(kind.rawValue) has no QRESYNC")
                    return nil
                }
                let mailbox = try await server.mailbox(connection, "Resync", messages: 4)
                let before = try await connection.select(mailbox)
                let uids = try await connection.search()
                try await connection.store(UIDSet(uids.min!), .add, [.deleted])
                try await connection.expunge()
                return (
                    mailbox, .init(uidValidity: before.uidValidity!, modSeq: before.highestModSeq!, knownUIDs: uids),
                    uids
                )
            }
            guard let (mailbox, resync, uids) = known else { return }
            try await server.connect { connection in
                let after = try await connection.examine(mailbox, resync: resync)
                #expect(after.isResynchronised(since: resync))
                #expect(after.vanished == UIDSet(uids.min!))
            }
        }
    }

    @Test(arguments: kinds)
    func compressionCarriesTheSame(kind: Kind) async throws {
        let server = try RealServer.open(kind)
        var configuration = IMAPConfiguration()
        configuration.compression = .always
        try await within(seconds: 60) { [configuration] in
            try await server.connect(configuration: configuration) { connection in
                guard connection.capabilities.contains(.compressDeflate) else {
                    print("\(kind.rawValue) has no COMPRESS")
                    return
                }
                #expect(connection.isCompressed)
                let mailbox = try await server.mailbox(connection, "Small", messages: 3)
                _ = try await connection.examine(mailbox)
                let uids = try await connection.search()
                _ = try await connection.fetch([uids], [.uid, .size, .body(.full)]) { message in
                    #expect(message.bytes(of: .full)?.readableBytes == message.size)
                }
            }
        }
    }
}
