import IMAPClient
import IMAPCore
import NIOCore
import TestSupport
import Testing

/// Extensions that none of the servers at hand has, and what is done without them: dialogues of our own.
@Suite struct ExtensionTests {
    typealias Step = ScriptedIMAPServer.Step

    private func preauth(_ capabilities: String) -> [Step] {
        [.send("* PREAUTH [CAPABILITY \(capabilities)] hello\n")]
    }

    private func play<R: Sendable>(
        _ dialogue: [Step], _ body: @escaping @Sendable (IMAPConnection) async throws -> R
    ) async throws -> R {
        try await ScriptedServerTests().play(dialogue + ScriptedServerTests.logout, body)
    }

    @Test func partialTellsTheNewestAlone() async throws {
        let found = try await play(
            preauth("IMAP4rev1 ESEARCH PARTIAL") + [
                .expect("UID SEARCH RETURN (PARTIAL -1:-2) UNSEEN"),
                .send("* ESEARCH (TAG \"{tag}\") UID PARTIAL (-1:-2 8,11)\n{tag} OK\n"),
            ]
        ) { try await $0.search(newest: 2, [.unseen]) }
        #expect(found == [8, 11])
        // Nothing was found.
        let nothing = try await play(
            preauth("IMAP4rev1 ESEARCH PARTIAL") + [
                .expect("UID SEARCH RETURN (PARTIAL -1:-2) ALL"),
                .send("* ESEARCH (TAG \"{tag}\") UID PARTIAL (-1:-2 NIL)\n{tag} OK\n"),
            ]
        ) { try await $0.search(newest: 2) }
        #expect(nothing.isEmpty)
    }

    @Test(arguments: ["IMAP4rev1", "IMAP4rev1 ESEARCH"])
    func theNewestAreFoundWithoutPartial(capabilities: String) async throws {
        let answer: [Step] =
            capabilities == "IMAP4rev1"
            ? [.expect("UID SEARCH UNSEEN"), .send("* SEARCH 11 8 2 5\n{tag} OK\n")]
            : [
                .expect("UID SEARCH RETURN (ALL) UNSEEN"),
                .send("* ESEARCH (TAG \"{tag}\") UID ALL 2,5,8,11\n{tag} OK\n"),
            ]
        let found = try await play(preauth(capabilities) + answer) { try await $0.search(newest: 2, [.unseen]) }
        #expect(found == [8, 11])
    }

    private static func uids(_ connection: IMAPConnection) async throws -> [UID] {
        var uids: [UID] = []
        _ = try await connection.fetch(matching: [.flagged], [.uid, .size]) { uids.append(try #require($0.uid)) }
        return uids
    }

    @Test func savedResultsNeedNoNumbers() async throws {
        let uids = try await play(
            preauth("IMAP4rev1 ESEARCH SEARCHRES") + [
                .expect("UID SEARCH RETURN (SAVE) FLAGGED"), .send("{tag} OK\n"),
                .expect("UID FETCH $ (UID RFC822.SIZE)"),
                .send("* 2 FETCH (UID 4 RFC822.SIZE 9)\n* 5 FETCH (UID 4000000000 RFC822.SIZE 9)\n{tag} OK\n"),
            ], Self.uids)
        #expect(uids == [4, 4_000_000_000])
    }

    @Test func savedResultsThatWereNotSavedAreSoughtAgain() async throws {
        let fetch: [Step] = [
            .expect("UID FETCH 4 (UID RFC822.SIZE)"), .send("* 2 FETCH (UID 4 RFC822.SIZE 9)\n{tag} OK\n"),
        ]
        let search: [Step] = [
            .expect("UID SEARCH RETURN (ALL) FLAGGED"), .send("* ESEARCH (TAG \"{tag}\") UID ALL 4\n{tag} OK\n"),
        ]
        let refused: [Step] = [
            .expect("UID SEARCH RETURN (SAVE) FLAGGED"), .send("{tag} NO [NOTSAVED] no room\n"),
        ]
        #expect(
            try await play(preauth("IMAP4rev1 ESEARCH SEARCHRES") + refused + search + fetch, Self.uids) == [4])
        #expect(try await play(preauth("IMAP4rev1 ESEARCH") + search + fetch, Self.uids) == [4])
        let plain: [Step] = [.expect("UID SEARCH FLAGGED"), .send("* SEARCH 4\n{tag} OK\n")]
        #expect(try await play(preauth("IMAP4rev1") + plain + fetch, Self.uids) == [4])
    }

    @Test func uidOnlyIsEnabledAndItsAnswersAreRead() async throws {
        try await play(
            preauth("IMAP4rev1 ENABLE UIDONLY") + [
                .expect("ENABLE UIDONLY"), .send("* ENABLED UIDONLY\n{tag} OK\n"), .expect("EXAMINE"),
                .send("* 3 EXISTS\n* OK [UIDVALIDITY 7] ok\n{tag} OK [READ-ONLY]\n"), .expect("UID FETCH 1:9"),
                .send("* 4 UIDFETCH (FLAGS (\\Seen))\n* 6 UIDFETCH (FLAGS ())\n{tag} OK\n"), .expect("NOOP"),
                .send("* VANISHED 6\n* 4 UIDFETCH (FLAGS ())\n{tag} OK\n"),
            ]
        ) { connection in
            #expect(connection.enabled.contains(.uidOnly))
            _ = try await connection.examine("INBOX")
            var flags: [UID: [Flag]] = [:]
            _ = try await connection.fetch([UIDSet(1...9)], [.uid, .flags]) { flags[$0.uid!] = $0.flags }
            #expect(flags == [4: [.seen], 6: []])
            try await connection.noop()
            let events = connection.takeEvents()
            #expect(events.contains(.vanished([6])))
            #expect(events.contains { if case .fetch(let message) = $0 { message.uid == 4 } else { false } })
        }
    }

    @Test func gmailsExtensionsAreRead() async throws {
        try await play(
            preauth("IMAP4rev1 X-GM-EXT-1") + [
                .expect("UID FETCH 5 (UID X-GM-MSGID X-GM-THRID X-GM-LABELS)"),
                .send(
                    "* 3 FETCH (X-GM-THRID 1278455344230334865 X-GM-MSGID 18446744073709551615 X-GM-LABELS (\\Inbox \"\\\\Sent\" R&AOQ-ume \"a b\" foo[bar]) UID 5)\n{tag} OK Success\n"
                ),
                .expect("UID SEARCH X-GM-RAW \"has:attachment in:anywhere\""), .send("* SEARCH 5\n{tag} OK\n"),
            ]
        ) { connection in
            _ = try await connection.fetch([[5]], [.uid, .gmailMessageID, .gmailThreadID, .gmailLabels]) { message in
                #expect(message.gmailMessageID == .max)
                #expect(message.gmailThreadID == 1_278_455_344_230_334_865)
                #expect(message.gmailLabels == ["\\Inbox", "\\Sent", "Räume", "a b", "foo[bar]"])
            }
            #expect(try await connection.search([.gmailRaw("has:attachment in:anywhere")]) == [5])
        }
    }

    @Test func objectIDsAndPreviewsAreRead() async throws {
        try await play(
            preauth("IMAP4rev1 OBJECTID PREVIEW STATUS=SIZE") + [
                .expect("STATUS \"INBOX\" (MESSAGES SIZE MAILBOXID)"),
                .send("* STATUS INBOX (MESSAGES 1 SIZE 5000000000 MAILBOXID (F1))\n{tag} OK\n"), .expect("UID FETCH"),
                .send("* 1 FETCH (UID 5 EMAILID (M1) THREADID NIL PREVIEW {7}\nGrüße)\n{tag} OK\n"),
            ]
        ) { connection in
            let status = try await connection.status("INBOX", [.messages, .size, .mailboxID])
            #expect(status.mailboxID == "F1")
            #expect(status.size == 5_000_000_000)
            _ = try await connection.fetch([[5]], [.uid, .emailID, .threadID, .preview()]) { message in
                #expect(message.emailID == "M1")
                #expect(message.threadID == nil)
                #expect(message.preview == "Grüße")
            }
        }
    }

    @Test func statusAsksForNothingThatTheServerLacks() async throws {
        try await play(
            preauth("IMAP4rev1") + [
                .expect("STATUS \"INBOX\" (MESSAGES UIDNEXT)"),
                .send("* STATUS INBOX (MESSAGES 1 UIDNEXT 2)\n{tag} OK\n"),
            ]
        ) { connection in
            let items: [StatusItem] = [.messages, .uidNext, .size, .mailboxID, .highestModSeq]
            let status = try await connection.status("INBOX", items)
            #expect(status.uidNext == 2)
        }
    }

    @Test func imap4rev2IsEnabledAndBringsItsParts() async throws {
        try await play(
            preauth("IMAP4rev2") + [
                .expect("ENABLE IMAP4REV2"), .send("* ENABLED IMAP4rev2\n{tag} OK\n"),
                .expect("LIST \"\" \"*\" RETURN (CHILDREN SUBSCRIBED SPECIAL-USE STATUS (MESSAGES))"),
                .send("* LIST () \"/\" \"Räume\"\n* STATUS \"Räume\" (MESSAGES 2)\n{tag} OK\n"),
                .expect("EXAMINE \"Räume\""), .send("* 2 EXISTS\n{tag} OK [READ-ONLY]\n"),
                .expect("UID SEARCH RETURN (ALL) SUBJECT \"é\""),
                .send("* ESEARCH (TAG \"{tag}\") UID ALL 1:2\n{tag} OK\n"), .expect("UNSELECT"), .send("{tag} OK\n"),
            ]
        ) { connection in
            let mailboxes = try await connection.list(["*"], returning: [.messages])
            #expect(mailboxes.first?.name == "Räume")
            #expect(mailboxes.first?.status?.messages == 2)
            _ = try await connection.examine("Räume")
            #expect(try await connection.search([.subject("é")]) == [1, 2])
            try await connection.unselect()
        }
    }

    /// Names are told and sent back as bytes; nothing here reads a path in them.
    @Test(arguments: ["../../etc/passwd", "/etc/passwd", "..", "a\\..\\b", "~/x", "&AC4ALg-/x"])
    func mailboxNamesAreNoPaths(name: String) async throws {
        let wire = name.replacing("\\", with: "\\\\")
        try await play(
            preauth("IMAP4rev1") + [
                .expect("LIST"), .send("* LIST () \"/\" \"\(wire)\"\n{tag} OK\n"), .expect("EXAMINE \"\(wire)\""),
                .send("* 0 EXISTS\n{tag} OK\n"),
            ]
        ) { connection in
            let told = try #require(try await connection.list().first)
            _ = try await connection.examine(told.name)
        }
    }
}
