import Foundation
import IMAPClient
import MailIndex
import MailSearch
import TestSupport

@testable import TrawlService

/// An account on a scripted server, and an index in a temporary folder.
struct ScriptedAccount {
    let folder: TemporaryFolder
    let store: IndexStore
    var account: AccountConfiguration
    var environment: SyncEnvironment

    init(_ server: ScriptedIMAPServer) throws {
        folder = try TemporaryFolder("trawl-scripted")
        store = try IndexStore.open(folder.path("data"), access: .readWrite)
        account = AccountConfiguration(name: "work", host: "127.0.0.1", user: "ana")
        account.port = server.port
        account.security = .none
        account.password = .file(try folder.write("secret\n", to: "password"))
        environment = SyncEnvironment(store: store, logger: SyncHarness.logger)
    }

    func synchronizer() -> AccountSynchronizer {
        AccountSynchronizer(configuration: account, environment: environment)
    }

    func subjects(_ text: String = "*") throws -> [String] {
        let query = try QueryParser.parse(text, context: QueryContext(now: Int64(time(nil))))
        let hits = try store.search(query, options: SearchOptions(limit: nil)).hits
        return try store.emails(hits.map(\.email.id)).map(\.subject).sorted()
    }
}

/// What a server with one mailbox, INBOX, says of it; the faults are the test's.
struct ScriptedMailbox: Sendable {
    var uidValidity = 1
    /// Sequence number, UID and subject, as a FETCH tells them: not always what it should.
    var told: [(number: Int, uid: Int, subject: String)] = []
    /// What EXISTS, STATUS and SEARCH say.
    var uids: [Int] = []

    typealias Step = ScriptedIMAPServer.Step

    func answer(_ command: ScriptedIMAPServer.ReceivedCommand) -> [Step] {
        let next = (uids.max() ?? 0) + 1
        switch command.name {
        case "LIST": return [.send("* LIST () \"/\" INBOX\n{tag} OK\n")]
        case "STATUS":
            return [
                .send(
                    "* STATUS INBOX (MESSAGES \(uids.count) UIDNEXT \(next) UIDVALIDITY \(uidValidity))\n{tag} OK\n")
            ]
        case "EXAMINE":
            return [
                .send(
                    "* \(uids.count) EXISTS\n* OK [UIDVALIDITY \(uidValidity)]\n* OK [UIDNEXT \(next)]\n"
                        + "{tag} OK [READ-ONLY] open\n")
            ]
        case "UID SEARCH":
            return [.send("* SEARCH" + uids.map { " \($0)" }.joined() + "\n{tag} OK\n")]
        case "UID FETCH": return [.send(told.map { fetch($0, command.text) }.joined() + "{tag} OK\n")]
        case "IDLE": return [.send("+ idling\n")]
        case "LOGOUT": return [.send("* BYE\n{tag} OK\n"), .close(reset: false)]
        default: return [.send("{tag} OK\n")]
        }
    }

    private func fetch(_ message: (number: Int, uid: Int, subject: String), _ items: String) -> String {
        var text = "* \(message.number) FETCH (UID \(message.uid)"
        if items.contains("FLAGS") { text += " FLAGS ()" }
        if items.contains("INTERNALDATE") { text += " INTERNALDATE \" 3-Mar-2026 10:00:00 +0000\"" }
        if items.contains("RFC822.SIZE") { text += " RFC822.SIZE 200" }
        if items.contains("BODY.PEEK[]") {
            let content =
                "Subject: \(message.subject)\r\nMessage-ID: <\(message.subject)@example.org>\r\n\r\ntext\r\n"
            text += " BODY[] {\(content.utf8.count)}\n\(content)"
        }
        return text + ")\n"
    }
}
