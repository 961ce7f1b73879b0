import IMAPClient
import IMAPCore
import MailIndex
import MailSearch
import Synchronization
import TestSupport
import Testing

@testable import TrawlService

/// What a synchronisation costs, in round trips and in memory, does not grow with what there is.
@Suite(.enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"), .serialized)
struct BoundTests {
    /// Names of the commands in what a client sent, its tags left out.
    private func commands(_ proxy: FaultProxy) -> [String] {
        proxy.linesToServer.compactMap { line in
            let words = line.split(separator: " ").prefix(3).map { $0.uppercased() }
            guard words.count > 1 else { return nil }
            return words[1] == "UID" ? words.dropFirst().joined(separator: " ") : words[1]
        }
    }

    @Test func aThousandUnchangedMailboxesCostOneCommand() async throws {
        var harness = try SyncHarness(security: .none)
        try await harness.client { client in
            for number in 1...1_000 {
                try await client.create(MailboxName("box \(number)"))
                if number.isMultiple(of: 50) {
                    try await client.append(sampleMessage("letter \(number)"), to: "box \(number)")
                }
            }
        }
        let first = try await harness.sync()
        #expect(first.fetched == 20)
        let proxy = try FaultProxy(to: harness.server.plainPort)
        defer { proxy.stop() }
        harness.account.port = proxy.port
        let again = try await harness.sync()
        #expect(again.opened == 0)
        #expect(again.unchanged == 1_001)
        let sent = commands(proxy)
        #expect(sent.filter { $0 == "LIST" }.count == 1)
        let cheap: Set = ["CAPABILITY", "ID", "ENABLE", "LOGIN", "AUTHENTICATE", "NAMESPACE", "LIST", "LOGOUT"]
        #expect(Set(sent).subtracting(cheap) == [])
    }

    /// More text than a window may hold is written ahead of its turn, and every message stands once.
    @Test(arguments: [AccountConfiguration.Fetch.text, .full])
    func aWindowOfHeavyMessagesIsWrittenInPieces(_ fetch: AccountConfiguration.Fetch) async throws {
        var harness = try SyncHarness()
        harness.account.fetch = fetch
        let megabyte = 1 << 20
        for number in 1...20 {
            try harness.server.deliver(
                sampleMessage("heavy \(number)", size: megabyte), to: harness.server.user.name)
        }
        let batches = Mutex(0)
        harness.environment.atCommit = { name in
            if name == "after messages" { batches.withLock { $0 += 1 } }
        }
        let totals = try await harness.sync()
        #expect(totals.fetched == 20)
        #expect(batches.withLock { $0 } >= 20 * megabyte / (WindowFetcher.heaviestWindow + megabyte))
        #expect(try await harness.differences() == [])
        #expect(try harness.store.status().messageCount == 20)
        #expect(try await harness.sync().fetched == 0)
    }

    /// Servers may leave out any number of UIDs.
    @Test func anArrivalFarBeyondTheLastUIDIsFound() async throws {
        var harness = try SyncHarness()
        harness.account.pollInterval = 3_600
        let served = harness
        let user = served.server.user.name
        try await served.client { try await $0.append(sampleMessage("before")) }
        try await served.serving { _ in
            #expect(
                try await served.eventually { try served.store.status().accounts.first?.state == "watching" })
            try run(
                "doveadm",
                [
                    "-c", served.server.folder.path("dovecot.conf"), "mailbox", "update", "-u", user,
                    "--min-next-uid", "100000", "INBOX",
                ])
            try served.server.deliver(sampleMessage("far away"), to: user)
            #expect(try await served.eventually { try served.subjects("far") == ["far away"] })
        }
        #expect(try await served.differences() == [])
    }

    /// Flags and expunges of more messages than one question asks for.
    @Test(arguments: ChangeTests.Server.allCases)
    func changesOfManyMessagesComeInSeveralWindows(_ server: ChangeTests.Server) async throws {
        var harness = try SyncHarness(server.options)
        harness.environment.flagWindow = 100
        harness.environment.changeWindow = 100
        for number in 1...650 {
            try harness.server.deliver(sampleMessage("letter \(number)"), to: harness.server.user.name)
        }
        try await harness.sync()
        try await harness.client { client in
            _ = try await client.select("INBOX")
            try await client.store(UIDSet(10...600), .add, [.seen])
            // Every third, so that the ranges are many.
            let third = (100...500).filter { $0.isMultiple(of: 3) }.compactMap { UID(rawValue: $0) }
            try await client.store(UIDSet(third), .add, [.deleted])
            try await client.expunge()
        }
        let totals = try await harness.sync()
        #expect(totals.removed == 133)
        #expect(totals.fetched == 0)
        #expect(try await harness.differences() == [])
    }
}
