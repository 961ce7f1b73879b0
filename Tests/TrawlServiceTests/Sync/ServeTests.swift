import Foundation
import IMAPCore
import Logging
import MailIndex
import MailSearch
import Synchronization
import TestSupport
import Testing

@testable import TrawlService

/// A running account: what happens on the server is found without asking for it.
@Suite(.enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"), .serialized)
struct ServeTests {
    /// No polling in the time of a test.
    private func harness(_ server: ChangeTests.Server = .qResync, connections: Int = 3) throws -> SyncHarness {
        var harness = try SyncHarness(server.options)
        harness.account.pollInterval = 3_600
        harness.account.connections = connections
        return harness
    }

    private func isWatching(_ harness: SyncHarness) throws -> Bool {
        try harness.store.status().accounts.first { $0.name == "work" }?.state == "watching"
            && harness.store.mailboxes().allSatisfy { $0.isComplete }
    }

    @Test(arguments: ChangeTests.Server.allCases, [1, 3])
    func aDeliveryIsFoundWithoutPolling(_ server: ChangeTests.Server, _ connections: Int) async throws {
        let harness = try harness(server, connections: connections)
        try await harness.client { try await $0.append(sampleMessage("before")) }
        try await harness.serving { _ in
            #expect(try await harness.eventually { try isWatching(harness) })
            try harness.server.deliver(sampleMessage("delivered now"), to: harness.server.user.name)
            #expect(try await harness.eventually { try harness.subjects("delivered") == ["delivered now"] })
            try await harness.client { try await $0.append(sampleMessage("appended now")) }
            #expect(try await harness.eventually { try harness.subjects("appended") == ["appended now"] })
        }
        #expect(try await harness.differences() == [])
    }

    @Test(arguments: ChangeTests.Server.allCases)
    func flagsAndExpungesAreFollowed(_ server: ChangeTests.Server) async throws {
        let harness = try harness(server)
        try await harness.client { client in
            for number in 1...5 { try await client.append(sampleMessage("letter \(number)")) }
        }
        try await harness.serving { _ in
            #expect(try await harness.eventually { try isWatching(harness) })
            try await harness.client { client in
                _ = try await client.select("INBOX")
                try await client.store([2], .add, [.flagged])
                try await client.store([4], .add, [.deleted])
                try await client.expunge()
            }
            #expect(try await harness.eventually { try harness.subjects("is:flagged") == ["letter 2"] })
            #expect(try await harness.eventually { try harness.search("letter").count == 4 })
        }
        #expect(try await harness.differences() == [])
    }

    @Test func otherMailboxesAreToldByNotify() async throws {
        let harness = try harness()
        try await harness.client { client in
            try await client.create("Lists")
            try await client.append(sampleMessage("first in the list"), to: "Lists")
        }
        try await harness.serving { _ in
            #expect(try await harness.eventually { try isWatching(harness) })
            try await Task.sleep(for: .milliseconds(300))
            try await harness.client { client in
                try await client.append(sampleMessage("second in the list"), to: "Lists")
            }
            #expect(try await harness.eventually { try harness.subjects("second") == ["second in the list"] })
        }
    }

    @Test func aRestartedServerIsFoundAgain() async throws {
        var harness = try harness()
        harness.environment.sleep = { try await Task.sleep(for: .seconds(min($0, 0.1))) }
        // A second passes whenever somebody looks.
        let clock = Mutex(Int64(1_772_528_400))
        harness.environment.now = {
            clock.withLock { seconds in
                seconds += 1
                return seconds
            }
        }
        try await harness.client { try await $0.append(sampleMessage("before")) }
        let served = harness
        try await served.serving { _ in
            #expect(try await served.eventually { try isWatching(served) })
            served.server.stop()
            #expect(try await served.eventually { try served.store.status().accounts.first?.state == "waiting" })
            // Offline: what is known is still found, and the status says why.
            #expect(try served.subjects("before") == ["before"])
            #expect(try served.store.status().accounts.first?.lastError != nil)
            // And since when, however often it was tried since.
            let since = try served.store.status().accounts.first?.lastErrorAt
            let tries = clock.withLock { $0 } + 5
            #expect(try await served.eventually { clock.withLock { $0 } >= tries })
            #expect(try served.store.status().accounts.first?.lastErrorAt == since)
            try served.server.start()
            try served.server.deliver(sampleMessage("after the outage"), to: served.server.user.name)
            #expect(try await served.eventually(20) { try served.subjects("outage") == ["after the outage"] })
            #expect(try await served.eventually { try isWatching(served) })
            #expect(try served.store.status().accounts.first?.lastErrorAt == nil)
        }
    }

    @Test func aWrongPasswordStopsNoOtherAccount() async throws {
        let harness = try harness()
        try await harness.client { try await $0.append(sampleMessage("for the good account")) }
        var bad = harness.account
        bad.name = "bad"
        bad.password = .file(try harness.folder.write("wrong\n", to: "wrong-password"))
        var configuration = Configuration()
        configuration.accounts = [bad, harness.account]
        let engine = SyncEngine(configuration: configuration, environment: harness.environment)
        let results = try await engine.syncOnce()
        #expect(results.map(\.account) == ["bad", "work"])
        #expect(results.first?.message?.isEmpty == false)
        #expect(results.last?.error == nil)
        #expect(try harness.subjects() == ["for the good account"])
        let status = try harness.store.status()
        #expect(status.accounts.first { $0.name == "bad" }?.lastError != nil)
        #expect(status.accounts.first { $0.name == "work" }?.lastError == nil)
    }

    /// The mailbox that the working connection has open is the one whose STATUS servers tell from memory.
    @Test(arguments: ChangeTests.Server.allCases)
    func refreshSeesChangesOfTheMailboxThatIsOpen(_ server: ChangeTests.Server) async throws {
        let harness = try harness(server)
        try await harness.client { try await $0.create("Other") }
        try await harness.serving { synchronizer in
            #expect(try await harness.eventually { try isWatching(harness) })
            for number in 1...3 {
                try await harness.client { client in
                    try await client.append(sampleMessage("elsewhere \(number)"), to: "Other")
                    _ = try await client.select("Other")
                    if number > 1 {
                        try await client.store(UIDSet([1, 2]), .add, [.deleted])
                        try await client.expunge([UID(rawValue: UInt32(number - 1)) ?? 1])
                    }
                }
                try await synchronizer.refresh()
                #expect(try await harness.differences() == [])
            }
        }
    }

    @Test func anAccountThatIsNoLongerConfiguredLeavesAndThatIsSaidFirst() async throws {
        var harness = try harness()
        let server = harness.server
        try await harness.client { try await $0.append(sampleMessage("soon gone")) }
        try await harness.sync()
        // Imported mail is no account's; what another account holds too stays.
        var other = harness.account
        other.name = "other"
        other.user = server.users[1].name
        other.password = .file(try harness.folder.write(server.users[1].password + "\n", to: "other-password"))
        var both = Configuration()
        both.accounts = [other, harness.account]
        let shared = sampleMessage("in both accounts")
        for user in server.users { try server.deliver(shared, to: user.name) }
        _ = try await SyncEngine(configuration: both, environment: harness.environment).syncOnce()
        #expect(try harness.subjects() == ["in both accounts", "soon gone"])

        let store = harness.store
        let said = Mutex<[Int]>([])
        harness.environment.logger = Logger(label: "trawl.tests") { _ in
            ListeningLog { message in
                guard message.contains("no longer configured") else { return }
                said.withLock { $0.append((try? store.status().messageCount) ?? 0) }
            }
        }
        var left = Configuration()
        left.accounts = [other]
        let engine = SyncEngine(configuration: left, environment: harness.environment)
        #expect(try engine.forgottenAccounts() == ["work"])
        try await engine.removeAccounts(["work"])
        // Said while all of its mail was there.
        #expect(said.withLock { $0 } == [2])
        #expect(try harness.subjects() == ["in both accounts"])
        #expect(try engine.forgottenAccounts() == [])
    }
}

/// Hands each message on.
private struct ListeningLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.trace
    let hear: @Sendable (String) -> Void

    init(_ hear: @escaping @Sendable (String) -> Void) { self.hear = hear }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) { hear(event.message.description) }
}
