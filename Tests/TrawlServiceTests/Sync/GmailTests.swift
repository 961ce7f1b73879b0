import MailIndex
import MailSearch
import Synchronization
import TestSupport
import Testing

@testable import TrawlService

/// Gmail's extensions (X-GM-EXT-1): a message is one, however many mailboxes show it, and its labels are followed.
@Suite(.serialized) struct GmailTests {
    /// Messages of Gmail: their content by X-GM-MSGID, and where they stand.
    private struct Account {
        var subjects: [Int: String] = [:]
        /// By mailbox: the X-GM-MSGIDs in the order of their UIDs, from 1.
        var mailboxes: [String: [Int]] = [:]
        var labels: [Int: String] = [:]
        /// X-GM-MSGIDs whose content was fetched.
        var fetched: [Int] = []
        private var open = ""

        mutating func answer(_ command: ScriptedIMAPServer.ReceivedCommand) -> [ScriptedIMAPServer.Step] {
            let named = mailboxes.keys.first { command.text.contains($0) } ?? "INBOX"
            switch command.name {
            case "LIST":
                return [.send(mailboxes.keys.sorted().map { "* LIST () \"/\" \($0)\n" }.joined() + "{tag} OK\n")]
            case "STATUS":
                let count = mailboxes[named]?.count ?? 0
                return [
                    .send("* STATUS \(named) (MESSAGES \(count) UIDNEXT \(count + 1) UIDVALIDITY 1)\n{tag} OK\n")
                ]
            case "EXAMINE":
                open = named
                let count = mailboxes[open]?.count ?? 0
                return [
                    .send(
                        "* \(count) EXISTS\n* OK [UIDVALIDITY 1]\n* OK [UIDNEXT \(count + 1)]\n"
                            + "{tag} OK [READ-ONLY] open\n")
                ]
            case "UID SEARCH":
                let uids = mailboxes[open]?.indices.map { " \($0 + 1)" } ?? []
                return [.send("* SEARCH" + uids.joined() + "\n{tag} OK\n")]
            case "UID FETCH":
                let wanted = Set(command.text.split(separator: " ")[2].split(separator: ",").compactMap { Int($0) })
                return [
                    .send(
                        (mailboxes[open] ?? []).enumerated()
                            .filter { wanted.isEmpty || wanted.contains($0.offset + 1) }
                            .map { fetch($0.offset + 1, $0.element, command.text) }.joined() + "{tag} OK\n")
                ]
            case "LOGOUT": return [.send("* BYE\n{tag} OK\n"), .close(reset: false)]
            default: return [.send("{tag} OK\n")]
            }
        }

        private mutating func fetch(_ uid: Int, _ id: Int, _ items: String) -> String {
            var text = "* \(uid) FETCH (UID \(uid)"
            if items.contains("FLAGS") { text += " FLAGS ()" }
            if items.contains("INTERNALDATE") { text += " INTERNALDATE \" 3-Mar-2026 10:00:00 +0000\"" }
            if items.contains("RFC822.SIZE") { text += " RFC822.SIZE 200" }
            if items.contains("X-GM-MSGID") { text += " X-GM-MSGID \(id)" }
            if items.contains("X-GM-LABELS") { text += " X-GM-LABELS (\(labels[id] ?? ""))" }
            if items.contains("BODY.PEEK[]") {
                fetched.append(id)
                let content = "Subject: \(subjects[id] ?? "")\r\nMessage-ID: <\(id)@example.org>\r\n\r\ntext\r\n"
                text += " BODY[] {\(content.utf8.count)}\n\(content)"
            }
            return text + ")\n"
        }
    }

    @Test func aMessageThatTurnsUpElsewhereIsKnownByItsXGMMSGIDAndItsLabelsAreFollowed() async throws {
        var start = Account()
        start.subjects = [1_001: "invoice", 1_002: "minutes"]
        start.labels = [1_001: "\\\\Important \"To pay\"", 1_002: ""]
        start.mailboxes = ["INBOX": [1_001, 1_002], "Work": []]
        let gmail = Mutex(start)
        let server = try ScriptedIMAPServer(greeting: "* PREAUTH [CAPABILITY IMAP4rev1 X-GM-EXT-1] ready\n") {
            command in
            gmail.withLock { $0.answer(command) }
        }
        defer { server.stop() }
        let account = try ScriptedAccount(server)
        try await account.synchronizer().syncOnce()
        #expect(try account.subjects() == ["invoice", "minutes"])
        #expect(try account.subjects("label:\"to pay\"") == ["invoice"])
        #expect(gmail.withLock { $0.fetched.sorted() } == [1_001, 1_002])

        // Archived under a label, in another mailbox under another UID; and a new one.
        gmail.withLock { gmail in
            gmail.subjects[1_003] = "minutes of May"
            gmail.labels = [1_001: "Paid", 1_003: "Team"]
            gmail.mailboxes = ["INBOX": [1_001, 1_002], "Work": [1_003, 1_001]]
            gmail.fetched = []
        }
        let totals = try await account.synchronizer().syncOnce()
        #expect(totals.relocated == 1)
        #expect(gmail.withLock { $0.fetched } == [1_003])
        #expect(try account.subjects() == ["invoice", "minutes", "minutes of May"])
        #expect(try account.subjects("in:Work") == ["invoice", "minutes of May"])
        #expect(try account.subjects("label:paid") == ["invoice"])
        #expect(try account.subjects("label:\"to pay\"") == [])
        #expect(try account.store.check().problems.isEmpty)
    }
}
