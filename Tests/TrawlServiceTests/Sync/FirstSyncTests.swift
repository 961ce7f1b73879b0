import IMAPCore
import MailIndex
import MailSearch
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
        }
        harness.account.exclude = ["\\Trash"]
        try await harness.sync()
        #expect(try harness.subjects() == ["kept", "listed"])
        harness.account.exclude = ["\\Trash", "Lists/*"]
        try await harness.sync()
        #expect(try harness.subjects() == ["kept"])
        harness.account.exclude = []
        try await harness.sync()
        #expect(try harness.subjects() == ["kept", "listed", "rubbish"])
    }
}
