import IMAPClient
import IMAPCore
import NIOCore
import TLS
import TestSupport
import Testing

/// The client against a real Dovecot.
@Suite(.enabled(if: Lab.isAvailable, "skipped: dovecot-imapd is not installed")) struct DovecotTests {
    let lab: Lab

    init() throws { lab = try Lab.open() }

    @Test(arguments: [IMAPServer.Security.tls, .startTLS, .none])
    func logsInAndListsMailboxes(security: IMAPServer.Security) async throws {
        let user = try lab.user()
        try await within {
            try await lab.connect(user, security) { connection in
                try await connection.create("Räume/Grün & Blau")
                let mailboxes = try await connection.list(["*"], returning: [.messages, .uidNext, .uidValidity])
                let names = Set(mailboxes.map(\.name.name))
                #expect(names.isSuperset(of: ["INBOX", "Räume/Grün & Blau"]))
                let inbox = try #require(mailboxes.first { $0.name.isInbox })
                #expect(inbox.status?.messages == 0)
                #expect(inbox.status?.uidValidity != nil)
                #expect(inbox.delimiter == "/")
                #expect((connection.tlsPeer == nil) == (security == .none))
                #expect(connection.capabilities.contains(.idle))
            }
        }
    }

    @Test(arguments: IMAPCredentials.Mechanism.allCases.filter { ![.xoauth2, .oauthbearer, .external].contains($0) })
    func everyMechanismLogsIn(mechanism: IMAPCredentials.Mechanism) async throws {
        let user = try lab.user()
        try await within {
            try await lab.connect(user, mechanism: mechanism) { try await $0.noop() }
        }
    }

    @Test(arguments: IMAPCredentials.Mechanism.allCases.filter { ![.xoauth2, .oauthbearer, .external].contains($0) })
    func wrongPasswordIsTheUsersFault(mechanism: IMAPCredentials.Mechanism) async throws {
        let user = try lab.user()
        let wrong = DovecotServer.User(user.name, password: "hunter2-not-it")
        let error = try await failure { try await lab.connect(wrong, mechanism: mechanism) { _ in } }
        #expect(error.code == .authenticationFailed)
        #expect(error.fault == .user)
        #expect(!error.isTransient)
        #expect(error.message.contains(user.name))
        #expect(!"\(error) \(String(reflecting: error))".contains("hunter2"))
    }

    @Test func specialUsesAreTold() async throws {
        let user = try lab.user()
        try await within {
            try await lab.connect(user) { connection in
                try await connection.create("Junk")
                let junk = try #require(try await connection.list(["Junk"]).first)
                #expect(junk.specialUses == [.junk])
            }
        }
    }

    @Test func examineTellsTheMailbox() async throws {
        let user = try lab.user()
        try await within {
            try await lab.connect(user) { connection in
                for number in 1...3 { try await connection.append("INBOX", flags: [.seen], Lab.message(number)) }
                let selected = try await connection.examine("INBOX")
                #expect(selected.exists == 3)
                #expect(selected.uidNext == 4)
                #expect(selected.isReadOnly)
                #expect(selected.highestModSeq != nil)
                #expect(try await connection.search([.seen]) == UIDSet(1...3))
                #expect(try await connection.search([.unseen]).isEmpty)
                try await connection.unselect()
            }
        }
    }

    @Test func unknownMailboxIsNamedAsSuch() async throws {
        let user = try lab.user()
        let error = try await failure {
            try await lab.connect(user) { _ = try await $0.examine("No such") }
        }
        #expect(error.code == .nonExistent)
    }

    @Test(arguments: [1, 3, 8])
    func fetchHandsOutEveryMessageOnce(depth: Int) async throws {
        let user = try lab.user()
        try await within {
            try await lab.connect(user) { connection in
                for number in 1...60 {
                    try await connection.append("INBOX", Lab.message(number, size: number * 400))
                }
                _ = try await connection.examine("INBOX")
                var uids: [UID] = []
                let outcome = try await connection.fetch(
                    UIDSet(1...60).windows(of: 7), [.uid, .flags, .size, .internalDate, .body(.full)], depth: depth
                ) { message in
                    let bytes = try #require(message.bytes(of: .full))
                    #expect(bytes.readableBytes == message.size)
                    #expect(String(buffer: bytes).contains("number \(message.uid!.rawValue)\r\n"))
                    uids.append(message.uid!)
                }
                // Dovecot works on pipelined commands by turns, so windows may be mixed.
                #expect(uids.sorted() == (1...60).map { UID(rawValue: $0)! })
                for window in UIDSet(1...60).windows(of: 7) {
                    let part = uids.filter { window.contains($0) }
                    #expect(part == part.sorted())
                }
                #expect(outcome.messages == 60)
                #expect(outcome.refused.isEmpty)
                #expect(try await connection.search([.seen]).isEmpty)
            }
        }
    }

    @Test func fetchThatIsBrokenOffLeavesTheConnectionUsable() async throws {
        let user = try lab.user()
        try await within {
            try await lab.connect(user) { connection in
                for number in 1...40 { try await connection.append("INBOX", Lab.message(number, size: 100_000)) }
                _ = try await connection.examine("INBOX")
                await #expect(throws: TestSupportError.self) {
                    _ = try await connection.fetch(UIDSet(1...40).windows(of: 5), [.uid, .body(.full)]) { message in
                        if message.uid == 3 { throw TestSupportError("enough") }
                    }
                }
                #expect(try await connection.search([.all]).count == 40)
            }
        }
    }

    @Test func slowReaderHoldsTheServerUpAndLosesNothing() async throws {
        let user = try lab.user()
        try await within(seconds: 60) {
            try await lab.connect(user) { connection in
                for number in 1...30 { try await connection.append("INBOX", Lab.message(number, size: 400_000)) }
                _ = try await connection.examine("INBOX")
                var count = 0
                let outcome = try await connection.fetch(UIDSet(1...30).windows(of: 10), [.uid, .body(.full)]) { _ in
                    count += 1
                    try await Task.sleep(for: .milliseconds(20))
                }
                #expect(count == 30)
                #expect(outcome.bytes > 30 * 390_000)
            }
        }
    }

    @Test func idleTellsOfADelivery() async throws {
        let user = try lab.user()
        try await within {
            try await lab.connect(user) { watcher in
                _ = try await watcher.examine("INBOX")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await Task.sleep(for: .milliseconds(200))
                        try await lab.connect(user) { other in
                            _ = try await other.append("INBOX", Lab.message(1))
                        }
                    }
                    var seen = 0
                    try await watcher.idle { event in
                        if case .exists(let count) = event { seen = count }
                        return seen == 1 ? .stop : .goOn
                    }
                    #expect(seen == 1)
                    try await group.waitForAll()
                }
                // The connection goes on after IDLE.
                #expect(try await watcher.search([.all]) == UIDSet(1...1))
            }
        }
    }

    @Test func idleMakesWayForRequestsAndGoesOn() async throws {
        let user = try lab.user()
        try await within {
            try await lab.connect(user) { connection in
                _ = try await connection.select("INBOX")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        for number in 1...3 {
                            try await Task.sleep(for: .milliseconds(100))
                            try await connection.append("INBOX", Lab.message(number))
                        }
                    }
                    try await connection.idle { event in
                        if case .exists(3) = event { .stop } else { .goOn }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func idleEndsAtItsMaximumAndByCancellation() async throws {
        let user = try lab.user()
        try await within {
            try await lab.connect(user) { connection in
                _ = try await connection.examine("INBOX")
                try await connection.idle(maximum: .milliseconds(300)) { _ in .goOn }
                let idling = Task { try await connection.idle { _ in .goOn } }
                try await Task.sleep(for: .milliseconds(200))
                idling.cancel()
                await #expect(throws: CancellationError.self) { try await idling.value }
                try await connection.noop()
            }
        }
    }

    @Test func idleIsIssuedAnewAndMissesNothing() async throws {
        let user = try lab.user()
        try await within {
            try await lab.connect(user) { connection in
                _ = try await connection.examine("INBOX")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await lab.connect(user) { other in
                            for number in 1...4 {
                                try await Task.sleep(for: .milliseconds(250))
                                try await other.append("INBOX", Lab.message(number))
                            }
                        }
                    }
                    try await connection.idle(reissueAfter: .milliseconds(150)) { event in
                        if case .exists(4) = event { .stop } else { .goOn }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func notifyTellsOfAllMailboxes() async throws {
        let user = try lab.user()
        try await within {
            try await lab.connect(user) { connection in
                try await connection.create("Other")
                _ = try await connection.examine("INBOX")
                try await connection.notify(
                    NotifyRequest(groups: [
                        .init(.selected, [.messageNew(), .messageExpunge]),
                        .init(.personal, [.messageNew(), .messageExpunge]),
                    ]))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await Task.sleep(for: .milliseconds(200))
                        try await lab.connect(user) { _ = try await $0.append("Other", Lab.message(1)) }
                    }
                    try await connection.idle { event in
                        if case .status("Other", let status) = event, status.messages == 1 { .stop } else { .goOn }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func storeExpungeCopyMoveRename() async throws {
        let user = try lab.user()
        try await within {
            try await lab.connect(user) { connection in
                for number in 1...4 { try await connection.append("INBOX", Lab.message(number)) }
                try await connection.create("A")
                _ = try await connection.select("INBOX")
                let changed = try await connection.store(UIDSet(1...2), .add, [.flagged, "$Forwarded"])
                #expect(changed.count == 2)
                #expect(changed.first?.flags?.contains(.flagged) == true)
                #expect(try await connection.copy(UIDSet(1), to: "A")?.destination == UIDSet(1))
                #expect(try await connection.move(UIDSet(2), to: "A")?.destination == UIDSet(2))
                try await connection.store(UIDSet(3), .addSilently, [.deleted])
                try await connection.expunge(UIDSet(3))
                #expect(try await connection.search([.all]) == UIDSet([1, 4]))
                try await connection.rename("A", to: "B")
                #expect(try await connection.status("B", [.messages]).messages == 2)
                try await connection.delete("B")
                #expect(try await connection.list(["B"]).isEmpty)
            }
        }
    }

    @Test func resyncTellsWhatChangedMeanwhile() async throws {
        let user = try lab.user()
        try await within {
            let before = try await lab.connect(user) { connection in
                for number in 1...5 { try await connection.append("INBOX", Lab.message(number)) }
                return try await connection.examine("INBOX")
            }
            try await lab.connect(user) { connection in
                _ = try await connection.select("INBOX")
                try await connection.store(UIDSet(2), .add, [.deleted])
                try await connection.expunge()
                try await connection.store(UIDSet(4), .add, [.flagged])
            }
            try await lab.connect(user) { connection in
                #expect(connection.enabled.contains(.qResync))
                let known = SelectParameters.Resync(
                    uidValidity: before.uidValidity!, modSeq: before.highestModSeq!, knownUIDs: UIDSet(1...5))
                let after = try await connection.examine("INBOX", resync: known)
                #expect(after.isResynchronised(since: known))
                #expect(after.vanished == UIDSet(2))
                #expect(after.changed.map(\.uid) == [4])
                #expect(after.changed.first?.flags?.contains(.flagged) == true)
            }
        }
    }

    @Test(arguments: [IMAPServer.Security.tls, .startTLS])
    func compressedConnectionCarriesTheSame(security: IMAPServer.Security) async throws {
        let user = try lab.user()
        var configuration = IMAPConfiguration()
        configuration.compression = .always
        try await within { [configuration] in
            try await lab.connect(user, security, configuration: configuration) { connection in
                #expect(connection.isCompressed)
                for number in 1...10 { try await connection.append("INBOX", Lab.message(number, size: 100_000)) }
                _ = try await connection.examine("INBOX")
                var bytes = 0
                _ = try await connection.fetch(UIDSet(1...10).windows(of: 3), [.uid, .size, .body(.full)]) { message in
                    #expect(message.bytes(of: .full)?.readableBytes == message.size)
                    bytes += message.size ?? 0
                }
                #expect(bytes > 900_000)
            }
        }
    }

    @Test func serverThatOffersLessIsReadAllTheSame() async throws {
        var options = DovecotServer.Options()
        options.capability = "IMAP4rev1"
        let poor = try DovecotServer(options)
        defer { poor.stop() }
        let server = IMAPServer(
            host: poor.host, port: poor.tlsPort, tls: TLSConfiguration(trust: .file(poor.certificates.authority)))
        let user = poor.user
        try await within {
            try await IMAPConnection.withConnection(
                to: server, credentials: .password(user: user.name, Secret(user.password)), logger: .silent
            ) { connection in
                #expect(connection.enabled.isEmpty)
                try await connection.create("Other")
                for number in 1...3 { try await connection.append("INBOX", Lab.message(number)) }
                let mailboxes = try await connection.list(["*"], returning: [.messages, .highestModSeq])
                #expect(mailboxes.first { $0.name.isInbox }?.status?.messages == 3)
                #expect(mailboxes.contains { $0.name == "Other" })
                _ = try await connection.select("INBOX")
                #expect(try await connection.search([.all]) == UIDSet(1...3))
                try await connection.move(UIDSet(2), to: "Other")
                #expect(try await connection.search([.all]) == UIDSet([1, 3]))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await Task.sleep(for: .milliseconds(200))
                        try poor.deliver("Subject: polled\r\n\r\nx\r\n", to: user.name)
                    }
                    try await connection.idle(pollInterval: .milliseconds(100)) { event in
                        if case .exists(3) = event { .stop } else { .goOn }
                    }
                    try await group.waitForAll()
                }
                try await connection.unselect()
            }
        }
    }

    // MARK: What goes wrong

    @Test func untrustedCertificateIsRefused() async throws {
        let user = try lab.user()
        for security in [IMAPServer.Security.tls, .startTLS] {
            let server = lab.server(security, tls: TLSConfiguration())
            let error = try await failure {
                try await IMAPConnection.withConnection(
                    to: server, credentials: .password(user: user.name, Secret(user.password)), logger: .silent
                ) { _ in }
            }
            #expect(error.code == .certificate)
            #expect(error.message.contains("ca-file"))
        }
    }

    @Test func tlsOnThePlainPortSaysSo() async throws {
        let user = try lab.user()
        var server = lab.server(.tls)
        server.port = lab.dovecot.plainPort
        let error = try await failure { [server] in
            try await IMAPConnection.withConnection(
                to: server, credentials: .password(user: user.name, Secret(user.password)), logger: .silent
            ) { _ in }
        }
        #expect(error.code == .notTLS)
        #expect(error.message.contains("starttls"))
    }

    @Test func plainOnTheTLSPortSaysSo() async throws {
        let user = try lab.user()
        var server = lab.server(.startTLS)
        server.port = lab.dovecot.tlsPort
        var configuration = IMAPConfiguration()
        configuration.connectTimeout = .seconds(1)
        let error = try await failure { [server, configuration] in
            try await IMAPConnection.withConnection(
                to: server, credentials: .password(user: user.name, Secret(user.password)),
                configuration: configuration, logger: .silent
            ) { _ in }
        }
        #expect(error.code == .tlsExpected)
        #expect(error.message.contains("security = \"tls\""))
    }

    @Test func serverThatDiesFailsWhatWaits() async throws {
        let mortal = try DovecotServer()
        let server = IMAPServer(
            host: mortal.host, port: mortal.tlsPort, tls: TLSConfiguration(trust: .file(mortal.certificates.authority)))
        let user = mortal.user
        let error = try await failure(seconds: 60) {
            try await IMAPConnection.withConnection(
                to: server, credentials: .password(user: user.name, Secret(user.password)), logger: .silent
            ) { connection in
                _ = try await connection.examine("INBOX")
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask {
                        try await Task.sleep(for: .milliseconds(200))
                        mortal.stop()
                    }
                    try await connection.idle { _ in .goOn }
                    try await group.waitForAll()
                }
            }
        }
        #expect([.bye, .connectionLost].contains(error.code))
        #expect(error.isTransient)
    }
}
