import IMAPCore
import MIME
import MailIndex
import MailSearch
import TestSupport
import Testing

@testable import TrawlService
@testable import Presentation

/// What `fetch = "text"` leaves on the server must not be missed: the index comes out as if all had been fetched.
@Suite(.serialized) struct PartialFetchTests {
    private static let trace = """
        Received: from mx.example.com (mx.example.com [192.0.2.1]) by mail.example.org with ESMTPS id 1234567890;\r
        \tTue, 03 Mar 2026 10:00:01 +0100\r
        DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.org; s=key; h=from:to:subject:date;\r
        \tb=\(String(repeating: "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo", count: 20))\r
        ARC-Seal: i=1; a=rsa-sha256; t=1772528400; cv=none; d=example.org; s=key;\r
        \tb=\(String(repeating: "c2VhbGVkIHdpdGggYSBraXNz", count: 20))\r

        """
    private static let long = String(
        repeating: "The vessel left the harbour at dawn, heading for the isles. \r\n", count: 90)
    private static let image = String(
        repeating: "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk\r\n", count: 200)

    private static func html(_ text: String, octets: Int = 20_000) -> String {
        let filling = String(repeating: "<td style=\"padding:0 0 0 0;margin:0\"></td>\r\n", count: octets / 44)
        return
            "<html><head><title>t</title></head><body><table><tr>\r\n\(filling)</tr></table><p>\(text)</p></body></html>"
    }

    private static func leaf(_ type: String, _ body: String, encoding: String = "7bit") -> String {
        "Content-Type: \(type)\r\nContent-Transfer-Encoding: \(encoding)\r\n\r\n\(body)\r\n"
    }

    private static func multipart(_ subtype: String, _ boundary: String, _ parts: [String]) -> String {
        "Content-Type: multipart/\(subtype); boundary=\"\(boundary)\"\r\n\r\n"
            + parts.map { "--\(boundary)\r\n\($0)" }.joined() + "--\(boundary)--\r\n"
    }

    private static func base64(_ text: String) -> String {
        let encoded = Base64Text.encode(Array(text.utf8))
        return stride(from: 0, to: encoded.count, by: 76).map { String(encoded.dropFirst($0).prefix(76)) }
            .joined(separator: "\r\n")
    }

    /// Messages of more than 8 KiB, by what their bodies are like.
    private static let bodies: [(name: String, body: String)] = [
        (
            "long plain text beside HTML",
            multipart("alternative", "a", [leaf("text/plain", long), leaf("text/html", html("Something else."))])
        ),
        (
            "a placeholder of many blanks beside HTML",
            multipart(
                "alternative", "a",
                [
                    leaf("text/plain", "No HTML?\(String(repeating: " \r\n", count: 300))"),
                    leaf("text/html", html("The heliotrope blooms. " + long)),
                ])
        ),
        (
            "a short text beside HTML",
            multipart(
                "alternative", "a",
                [leaf("text/plain", "See the HTML."), leaf("text/html", html("The gladiolus blooms. " + long))])
        ),
        (
            "HTML's source as plain text",
            multipart(
                "alternative", "a",
                [leaf("text/plain", html("Raw source.", octets: 6_000)), leaf("text/html", html("The aster blooms."))])
        ),
        (
            "text in base64 beside HTML with pictures",
            multipart(
                "mixed", "m",
                [
                    multipart(
                        "alternative", "a",
                        [
                            leaf("text/plain; charset=utf-8", base64("Größe: " + long), encoding: "base64"),
                            multipart(
                                "related", "r",
                                [
                                    leaf("text/html", html("<img src=\"cid:x\">")),
                                    leaf("image/png; name=x.png", image, encoding: "base64"),
                                ]),
                        ]), leaf("text/csv; name=table.csv", "name,weight\r\nnarwhal,940\r\n"),
                ])
        ),
        (
            "HTML alone", leaf("text/html", html("The crocus blooms. " + long))
        ),
        (
            "HTML first", multipart("alternative", "a", [leaf("text/html", html("First.")), leaf("text/plain", long)])
        ),
        (
            "HTML sent as a file",
            multipart(
                "alternative", "a",
                [leaf("text/plain", long), leaf("text/html; name=report.html", html("The report of the otter."))])
        ),
        (
            "a message within",
            multipart(
                "mixed", "m",
                [
                    leaf("text/plain", "See below."),
                    "Content-Type: message/rfc822\r\n\r\n" + trace + "Subject: within\r\nFrom: cy@example.org\r\n"
                        + multipart("alternative", "b", [leaf("text/plain", long), leaf("text/html", html("Within."))]),
                ])
        ),
    ]

    @Test(.enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"))
    func theIndexIsTheSameAsWhenMessagesComeWhole() async throws {
        var whole = try SyncHarness()
        whole.account.fetch = .full
        let parts = try SyncHarness(server: whole.server)
        for (number, message) in Self.bodies.enumerated() {
            let text =
                Self.trace + "From: Ana <ana@example.org>\r\nTo: Ben <ben@example.org>\r\nSubject: \(message.name)\r\n"
                + "Message-ID: <\(number)@parts.example>\r\nReferences: <a@parts.example>\r\n <b@parts.example>\r\n"
                + "List-Id: Parts <parts.example.org>\r\nDate: Tue, 3 Mar 2026 10:00:00 +0100\r\nMIME-Version: 1.0\r\n"
                + message.body
            try whole.server.deliver(text, to: whole.server.user.name)
        }
        let octetsWhole = try await whole.sync().octets
        let octetsInParts = try await parts.sync().octets
        // Of nine HTML texts of 20,000 octets, two are never needed, and one is that of a message within.
        #expect(octetsInParts < octetsWhole - 60_000)

        let expected = try whole.search("*").sorted { $0.subject < $1.subject }
        let found = try parts.search("*").sorted { $0.subject < $1.subject }
        #expect(found.map(\.subject) == Self.bodies.map(\.name).sorted())
        for (one, other) in zip(expected, found) {
            #expect(try whole.store.text(of: one.id) == parts.store.text(of: other.id), "\(one.subject)")
            #expect(try whole.store.digest(of: one.id) == parts.store.digest(of: other.id), "\(one.subject)")
            #expect(
                try whole.store.attachmentText(of: one.id) == parts.store.attachmentText(of: other.id),
                "\(one.subject)")
            #expect(one.references == other.references)
            #expect(one.listID == other.listID)
            #expect(one.attachments.map(\.name) == other.attachments.map(\.name), "\(one.subject)")
        }
        for word in [
            "heliotrope", "gladiolus", "aster", "crocus", "narwhal", "größe", "list:parts.example.org",
        ] {
            #expect(try parts.search(word).count == (word.hasPrefix("list") ? Self.bodies.count : 1), "\(word)")
        }
        #expect(try await Verifier(parts.synchronizer()).differences() == [])
    }

    /// How a server may fail to leave fields out of a header.
    enum Refusal: CaseIterable {
        case bad
        case no
        case withoutSection
    }

    @Test(arguments: Refusal.allCases)
    func aServerThatLeavesNoFieldsOutIsAskedForTheWholeHeader(_ refusal: Refusal) async throws {
        let header = "From: ana@example.org\r\nSubject: told whole\r\nMessage-ID: <whole@example.org>\r\n\r\n"
        let text = "Umbrellas and galoshes."
        let server = try ScriptedIMAPServer(greeting: "* PREAUTH [CAPABILITY IMAP4rev1] ready\n") { command in
            let body = "BODY[1] {\(text.utf8.count)}\n\(text)"
            switch command.name {
            case "LIST": return [.send("* LIST () \"/\" INBOX\n{tag} OK\n")]
            case "STATUS":
                return [.send("* STATUS INBOX (MESSAGES 1 UIDNEXT 2 UIDVALIDITY 1)\n{tag} OK\n")]
            case "EXAMINE":
                return [.send("* 1 EXISTS\n* OK [UIDVALIDITY 1]\n* OK [UIDNEXT 2]\n{tag} OK [READ-ONLY] open\n")]
            case "UID SEARCH": return [.send("* SEARCH 1\n{tag} OK\n")]
            case "UID FETCH" where command.text.contains("BODYSTRUCTURE"):
                return [
                    .send(
                        "* 1 FETCH (UID 1 BODYSTRUCTURE (\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 23 1))\n{tag} OK\n")
                ]
            case "UID FETCH" where command.text.contains("HEADER.FIELDS.NOT"):
                switch refusal {
                case .bad: return [.send("{tag} BAD no such thing\n")]
                case .no: return [.send("{tag} NO not today\n")]
                case .withoutSection: return [.send("* 1 FETCH (UID 1 \(body))\n{tag} OK\n")]
                }
            case "UID FETCH" where command.text.contains("BODY.PEEK[HEADER]"):
                return [
                    .send("* 1 FETCH (UID 1 BODY[HEADER] {\(header.utf8.count)}\n\(header) \(body))\n{tag} OK\n")
                ]
            case "UID FETCH":
                return [
                    .send(
                        "* 1 FETCH (UID 1 FLAGS () INTERNALDATE \" 3-Mar-2026 10:00:00 +0000\" RFC822.SIZE 90000)\n"
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
        #expect(totals.incomplete == 0)
        #expect(try account.subjects("galoshes") == ["told whole"])
    }
}
