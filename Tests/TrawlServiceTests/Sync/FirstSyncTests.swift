import IMAPCore
import MailIndex
import MailSearch
import Synchronization
import TestSupport
import Testing

@testable import TrawlService
@testable import Presentation

@Suite(.enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"), .serialized)
struct FirstSyncTests {
    @Test(arguments: [AccountConfiguration.Security.tls, .startTLS])
    func everyMailboxComesOverTLSAndSTARTTLS(_ security: AccountConfiguration.Security) async throws {
        let harness = try SyncHarness(security: security)
        try await harness.client { client in
            try await client.create("Projects/Größe & Co")
            for number in 1...30 { try await client.append(sampleMessage("letter \(number)")) }
            try await client.append(sampleMessage("in a folder"), to: "Projects/Größe & Co", flags: [.seen, "$Work"])
        }
        let totals = try await harness.sync()
        #expect(totals.fetched == 31)
        #expect(try await harness.differences() == [])
        #expect(try harness.subjects("text folder") == ["in a folder"])
        #expect(try harness.search("subject:letter").count == 30)
        #expect(try harness.store.status().isComplete)
    }

    @Test func aSecondSyncFetchesNothingAndOpensNothing() async throws {
        let harness = try SyncHarness()
        try await harness.client { client in
            for number in 1...5 { try await client.append(sampleMessage("letter \(number)")) }
        }
        try await harness.sync()
        let again = try await harness.sync()
        #expect(again.fetched == 0)
        #expect(again.opened == 0)
        #expect(again.octets == 0)
    }

    @Test func largeMessagesComeByTheirTextPartsAlone() async throws {
        let harness = try SyncHarness()
        let attachment = String(
            repeating: "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpBQkNERUZHSElKS0xNTk9QUVJT\r\n", count: 8_000)
        let message = """
            From: ana@example.org\r
            Subject: with a large picture\r
            Message-ID: <large@example.org>\r
            MIME-Version: 1.0\r
            Content-Type: multipart/mixed; boundary=sep\r
            \r
            --sep\r
            Content-Type: multipart/alternative; boundary=inner\r
            \r
            --inner\r
            Content-Type: text/plain; charset=utf-8\r
            Content-Transfer-Encoding: quoted-printable\r
            \r
            The caf=C3=A9 was warm.\r
            --inner\r
            Content-Type: text/html; charset=utf-8\r
            \r
            <p>The café was warm.</p>\r
            --inner--\r
            --sep\r
            Content-Type: image/png; name=holiday.png\r
            Content-Disposition: attachment; filename=holiday.png\r
            Content-Transfer-Encoding: base64\r
            \r
            \(attachment)\r
            --sep\r
            Content-Type: message/rfc822\r
            \r
            Subject: the forwarded one\r
            From: carla@example.net\r
            \r
            Umbrellas and galoshes.\r
            --sep--\r

            """
        try await harness.client { client in
            try await client.append(message)
            for number in 1...25 { try await client.append(sampleMessage("small \(number)")) }
        }
        let totals = try await harness.sync()
        #expect(totals.fetched == 26)
        #expect(totals.octets < 60_000)
        let found = try harness.search("café warm")
        #expect(found.map(\.subject) == ["with a large picture"])
        #expect(found.first?.attachments.contains { $0.name == "holiday.png" } == true)
        #expect(try harness.subjects("galoshes") == ["with a large picture"])
    }

    @Test func thousandsOfMessagesComeNewestFirstAndAllOfThem() async throws {
        let harness = try SyncHarness()
        for number in 1...1_300 {
            try harness.server.deliver(sampleMessage("letter \(number)"), to: harness.server.user.name)
        }
        let totals = try await harness.sync()
        #expect(totals.fetched == 1_300)
        #expect(try await harness.differences() == [])
        #expect(try harness.store.status().isComplete)
    }

    /// What the index held after a commit.
    private struct Glimpse: Sendable {
        var messages: [String: Int]
        var isComplete: Bool
        var newestFound: Int
        var json: String
    }

    @Test func theNewestMonthOfEveryMailboxComesBeforeTheRestOfAnyAndAStoppedSyncGoesOnFromThere() async throws {
        var harness = try SyncHarness()
        let old = 540
        let now = Int64(1_772_528_400)
        try await harness.client { client in
            try await client.create("Work")
            for mailbox in ["INBOX", "Work"] {
                for number in 1...old {
                    try await client.append(sampleMessage("old \(number)"), to: mailbox, at: now - 90 * 86_400)
                }
                for number in 1...10 {
                    try await client.append(sampleMessage("new \(number)"), to: mailbox, at: now - 86_400)
                }
            }
        }
        let glimpses = Mutex<[Glimpse]>([])
        let stop = Completion()
        harness.environment.now = { now }
        harness.environment.atCommit = { [store = harness.store] name in
            guard name.hasPrefix("after"), let status = try? store.status(),
                let account = status.accounts.first
            else { return }
            var json = JSONWriter()
            StatusJSON.write(status, now: now, to: &json)
            let messages = Dictionary(uniqueKeysWithValues: account.mailboxes.map { ($0.name, $0.messageCount) })
            let newest = try? QueryParser.parse("subject:new", context: QueryContext(now: now))
            let found = newest.flatMap { try? store.count($0) }?.total ?? 0
            glimpses.withLock {
                $0.append(
                    Glimpse(
                        messages: messages, isComplete: status.isComplete, newestFound: found,
                        json: String(decoding: json.bytes, as: UTF8.self)))
            }
            // Both have their newest, neither all.
            if found == 20 { stop.finish(.success(())) }
        }
        let begun = harness
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = try? await begun.sync() }
            group.addTask { try? await stop.wait() }
            await group.next()
            group.cancelAll()
        }
        let seen = glimpses.withLock { $0 }
        let first = try #require(seen.first { $0.newestFound == 20 })
        #expect(first.messages["INBOX"] ?? 0 < old && first.messages["Work"] ?? 0 < old)
        #expect(!first.isComplete)
        #expect(first.json.contains("\"complete\":false") && first.json.contains("\"coverage\":0.3"))
        #expect(first.json.contains("\"total\":550"))

        let held = try harness.store.status().messageCount
        harness.environment.atCommit = { _ in }
        let rest = try await harness.sync()
        #expect(held + rest.fetched == 2 * (old + 10))
        #expect(try harness.store.status().isComplete)
        #expect(try await harness.differences() == [])
    }

    @Test func anEmptyAccountIsComplete() async throws {
        let harness = try SyncHarness()
        try await harness.sync()
        #expect(try harness.store.status().isComplete)
        let again = try await harness.sync()
        #expect(again.opened == 0)
    }

    @Test func excludedMailboxesStayOutAndLeaveWhenExcludedLater() async throws {
        var harness = try SyncHarness()
        try await harness.client { client in
            try await client.create("Trash")
            try await client.create("Lists/Swift")
            try await client.append(sampleMessage("rubbish"), to: "Trash")
            try await client.append(sampleMessage("listed"), to: "Lists/Swift")
            try await client.append(sampleMessage("kept"))
            try await client.append(sampleMessage("listed and kept"), to: "Lists/Swift")
            _ = try await client.select("Lists/Swift")
            try await client.copy([2], to: "INBOX")
        }
        harness.account.exclude = ["\\Trash"]
        try await harness.sync()
        #expect(try harness.subjects() == ["kept", "listed", "listed and kept"])
        #expect(try harness.search("subject:\"and kept\"").first?.places.count == 2)
        harness.account.exclude = ["\\Trash", "Lists/*"]
        try await harness.sync()
        #expect(try harness.subjects() == ["kept", "listed and kept"])
        #expect(try harness.search("subject:\"and kept\"").first?.places.map(\.mailbox) == ["INBOX"])
        harness.account.exclude = []
        try await harness.sync()
        #expect(try harness.subjects() == ["kept", "listed", "listed and kept", "rubbish"])
    }
}
