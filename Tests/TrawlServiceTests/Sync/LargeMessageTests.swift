import IMAPCore
import MailIndex
import MailSearch
import TestSupport
import Testing

@testable import TrawlService
@testable import Presentation

/// Messages beyond what is read in one piece (64 MiB): their text is found, and the rest is not held.
@Suite(.serialized) struct LargeMessageTests {
    private static let line = "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVpBQkNERUZHSElKS0xNTk9QUVJT\r\n"

    @Test(
        .enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"),
        arguments: [AccountConfiguration.Fetch.text, .full])
    func aMessageOf70MiBIsIndexedByItsTextParts(_ fetch: AccountConfiguration.Fetch) async throws {
        var harness = try SyncHarness()
        harness.account.fetch = fetch
        let octets = 70 << 20
        let message = """
            From: ana@example.org\r
            Subject: with a film\r
            Message-ID: <film@example.org>\r
            MIME-Version: 1.0\r
            Content-Type: multipart/mixed; boundary=sep\r
            \r
            --sep\r
            Content-Type: text/plain; charset=utf-8\r
            \r
            Here is the film of the regatta.\r
            --sep\r
            Content-Type: video/mp4; name=regatta.mp4\r
            Content-Disposition: attachment; filename=regatta.mp4\r
            Content-Transfer-Encoding: base64\r
            \r
            \(String(repeating: Self.line, count: octets / Self.line.utf8.count + 1))\r
            --sep--\r

            """
        try harness.server.deliver(message, to: harness.server.user.name)
        try harness.server.deliver(sampleMessage("a small one"), to: harness.server.user.name)
        let totals = try await harness.sync()
        #expect(totals.fetched == 2)
        #expect(totals.octets < 10_000)
        let found = try harness.search("regatta film")
        #expect(found.map(\.subject) == ["with a film"])
        #expect(found.first?.attachments.map(\.name) == ["regatta.mp4"])
        #expect(found.first.map { $0.size > octets } == true)
        #expect(try harness.subjects() == ["a small one", "with a film"])
        #expect(try await harness.differences() == [])
    }

    /// Told as 900 octets, come as 65 MiB: the framer skips the literal, and the text is asked for by its part.
    @Test func aMessageThatIsLargerThanItWasToldIsIndexedByItsTextParts() async throws {
        let literal = Array(String(repeating: Self.line, count: (65 << 20) / Self.line.utf8.count).utf8)
        let header = "From: ana@example.org\r\nSubject: larger than told\r\nMessage-ID: <lie@example.org>\r\n\r\n"
        let text = "Umbrellas and galoshes."
        let server = try ScriptedIMAPServer(greeting: "* PREAUTH [CAPABILITY IMAP4rev1] ready\n") { command in
            let text = command.text.contains("BODY.PEEK[1]") ? " BODY[1] {\(text.utf8.count)}\n\(text)" : ""
            switch command.name {
            case "LIST": return [.send("* LIST () \"/\" INBOX\n{tag} OK\n")]
            case "STATUS":
                return [.send("* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1)\n{tag} OK\n")]
            case "EXAMINE":
                return [.send("* 1 EXISTS\n* OK [UIDVALIDITY 1]\n* OK [UIDNEXT 2]\n{tag} OK [READ-ONLY] open\n")]
            case "UID SEARCH": return [.send("* SEARCH 1\n{tag} OK\n")]
            case "UID FETCH" where command.text.contains("BODY.PEEK[]"):
                return [
                    .send("* 1 FETCH (UID 1 BODY[] {\(literal.count)}\n"), .sendBytes(literal), .send(")\n{tag} OK\n"),
                ]
            case "UID FETCH" where command.text.contains("BODYSTRUCTURE"):
                return [
                    .send(
                        "* 1 FETCH (UID 1 BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 23 1))\n{tag} OK\n")
                ]
            case "UID FETCH" where command.text.contains("BODY.PEEK[HEADER"):
                return [
                    .send("* 1 FETCH (UID 1 BODY[HEADER] {\(header.utf8.count)}\n\(header)\(text))\n{tag} OK\n")
                ]
            case "UID FETCH":
                return [
                    .send(
                        "* 1 FETCH (UID 1 FLAGS () INTERNALDATE \" 3-Mar-2026 10:00:00 +0000\" RFC822.SIZE 900)\n"
                            + "{tag} OK\n")
                ]
            case "LOGOUT": return [.send("* BYE\n{tag} OK\n"), .close(reset: false)]
            default: return [.send("{tag} OK\n")]
            }
        }
        defer { server.stop() }
        let account = try ScriptedAccount(server)
        let totals = try await account.synchronizer().syncOnce()
        #expect(totals.fetched == 1)
        #expect(try account.subjects("galoshes") == ["larger than told"])
    }
}
