import MIME
import Testing

@testable import MailIndex
@testable import MailSearch

@Suite("Writing to the index")
struct WritingTests {
    @Test("a message is found by its words, its people and its attachments, and told whole")
    func wholeMessage() async throws {
        let fixture = try IndexFixture()
        let message = Message(
            subject: "Quarterly\treport", from: [EmailAddress(name: "Ana García", email: "Ana@Example.ORG")],
            sender: [EmailAddress(email: "office@example.org")], replyTo: [EmailAddress(email: "reply@example.org")],
            to: [EmailAddress(name: "Ben", email: "ben@example.com"), EmailAddress(email: "eva@example.com")],
            cc: [EmailAddress(email: "cc@example.com")], bcc: [EmailAddress(email: "bcc@example.com")],
            messageIDs: ["m1@example.org"], inReplyTo: ["m0@example.org"],
            references: ["r@example.org", "m0@example.org"],
            date: InternetDate(secondsSince1970: IndexFixture.now - 60, zoneOffsetMinutes: 60),
            listID: "Team.Example.org", text: "The figures\nare attached.\0",
            newTextPreview: "The figures are attached.",
            attachments: [
                Attachment(
                    partID: "2", name: "Größe.pdf", mediaType: "application/pdf", size: 1_234, text: "profit and loss"),
                Attachment(partID: "3", name: nil, mediaType: "image/png", size: 5, isInline: true),
            ], isTruncated: true)
        let document = MessageDocument(
            message, receivedAt: IndexFixture.now - 30, size: 4_321, now: IndexFixture.now)
        let outcome = try await fixture.add(
            document, fixture.place(7, flags: ["\\Seen", "$Work", "\\flagged"], labels: ["Projects/Big"]))
        #expect(outcome.created.count == 1)
        let id = outcome.created[0]
        #expect(EmailID(id.description) == id)

        for query in [
            "figures", "subject:report", "from:ana", "from:garcia", "to:eva", "cc:cc", "bcc:bcc@example.com",
            "attachment:profit", "filename:*.pdf", "type:application/pdf", "has:attachment", "list:team.example.org",
            "is:read", "is:flagged", "keyword:$Work", "label:projects/big", "in:INBOX", "account:home",
            "mid:m1@example.org", "id:\(id)", "thread:\(id)", "larger:4000", "on:2023-11-14",
        ] {
            #expect(try fixture.subjects(query) == ["Quarterly report"], "\(query)")
        }
        for query in ["is:unread", "in:Archive", "larger:5000", "subject:figures", "keyword:other", "body:profit"] {
            #expect(try fixture.subjects(query) == [], "\(query)")
        }
        let email = try #require(try fixture.store.email(id))
        #expect(email.subject == "Quarterly report")
        #expect(email.from == [EmailAddress(name: "Ana García", email: "Ana@Example.ORG")])
        #expect(email.to.map(\.email) == ["ben@example.com", "eva@example.com"])
        #expect(email.to.map(\.name) == ["Ben", nil])
        #expect(email.cc.count == 1 && email.bcc.count == 1 && email.sender.count == 1 && email.replyTo.count == 1)
        #expect(email.messageIDs == ["m1@example.org"])
        #expect(email.inReplyTo == ["m0@example.org"])
        #expect(email.references == ["r@example.org", "m0@example.org"])
        #expect(email.sentAt == IndexFixture.now - 60)
        #expect(email.receivedAt == IndexFixture.now - 30)
        #expect(email.date == IndexFixture.now - 60)
        #expect(email.size == 4_321)
        #expect(email.flags == [.seen, .flagged])
        #expect(email.keywords == ["$Work"])
        #expect(email.labels == ["Projects/Big"])
        #expect(email.listID == "team.example.org")
        #expect(email.isTruncated)
        #expect(email.hasAttachment)
        #expect(email.attachments.map(\.name) == ["Größe.pdf", nil])
        #expect(email.attachments.map(\.partID) == ["2", "3"])
        #expect(email.preview == "The figures are attached.")
        #expect(email.threadID == id)
        #expect(
            email.places == [
                EmailPlace(
                    mailboxID: fixture.inbox, account: "home", mailbox: "INBOX", uidValidity: 1, uid: 7,
                    flags: [.seen, .flagged])
            ])
        #expect(try fixture.store.text(of: id) == "The figures\nare attached. ")
        #expect(try fixture.store.attachmentText(of: id) == "Größe.pdf\nprofit and loss\n")
        #expect(try fixture.problems() == [])
    }

    @Test("a message in two mailboxes is one, and goes with its last place")
    func twoPlaces() async throws {
        let fixture = try IndexFixture()
        let first = try await fixture.add(.sample("one"), fixture.place(1, flags: ["\\Seen"]))
        let second = try await fixture.add(.sample("one"), fixture.place(9, in: fixture.archive, flags: ["\\Flagged"]))
        #expect(second.created == [])
        #expect(second.updated == first.created)
        let email = try #require(try fixture.store.email(first.created[0]))
        #expect(email.places.map(\.mailbox) == ["INBOX", "Archive"])
        #expect(email.flags == [.flagged], "read only where it is read everywhere")
        #expect(try fixture.store.search(.everything).total == 1)
        try await fixture.remove(1...1)
        #expect(try fixture.subjects("one in:archive") == ["one"])
        #expect(try fixture.subjects("one in:inbox") == [])
        let last = try await fixture.remove(9...9, from: fixture.archive)
        #expect(last.destroyed == first.created)
        #expect(try fixture.subjects("one") == [])
        #expect(try fixture.store.search(.everything).total == 0)
        #expect(try fixture.problems() == [])
    }

    @Test("two messages that bear one Message-ID stay two")
    func sameMessageID() async throws {
        let fixture = try IndexFixture()
        try await fixture.add(.sample("first", body: "alpha", id: "same@example.org"), fixture.place(1))
        try await fixture.add(.sample("second", body: "beta", id: "same@example.org"), fixture.place(2))
        #expect(Set(try fixture.subjects("mid:same@example.org")) == ["first", "second"])
        #expect(try fixture.store.emails(messageID: "same@example.org").count == 2)
        #expect(try fixture.problems() == [])
    }

    @Test("a batch done twice changes nothing the second time")
    func twice() async throws {
        let fixture = try IndexFixture()
        try await fixture.add(.sample("old"), fixture.place(1))
        let known = try fixture.id("old")
        let batch = IndexBatch(
            now: IndexFixture.now,
            additions: (2...20).map {
                PlacedDocument(
                    document: .sample("message \($0)", references: ["root@example.org"], list: "l.example.org"),
                    place: fixture.place($0, flags: ["\\Seen", "$Key"], modSeq: 5))
            },
            relocations: [Relocation(message: known, place: fixture.place(3, in: fixture.archive))],
            flagChanges: [
                FlagChange(mailbox: fixture.inbox, uid: 5, flags: FlagSet(imap: ["\\Flagged"]), modSeq: 9)
            ],
            removals: [Removal(mailbox: fixture.inbox, uids: [1...1, 7...8])],
            cursors: [
                MailboxCursor(
                    mailbox: fixture.inbox, uidValidity: 1, uidNext: 21, highestModSeq: 9, backfilledDownTo: 1,
                    serverCount: 17)
            ])
        let first = try await fixture.store.apply(batch)
        #expect(first.created.count == 17)
        #expect(first.destroyed == [])
        let before = try fixture.dump()
        // UIDs 7 and 8 come and go again, as on a server that tells its past a second time.
        var again = batch
        again.additions.removeAll { $0.place.uid == 7 || $0.place.uid == 8 }
        again.flagChanges = []
        again.additions[3].place.flags = FlagSet(imap: ["\\Flagged"])
        again.additions[3].place.modSeq = 9
        #expect(again.additions[3].place.uid == 5)
        let second = try await fixture.store.apply(again)
        #expect(second.created == [] && second.updated == [] && second.destroyed == [])
        #expect(second.state == first.state)
        #expect(try fixture.dump() == before)
        #expect(try fixture.store.cursor(of: fixture.inbox)?.isComplete == true)
        #expect(try fixture.problems() == [])
    }

    @Test("flags change without the message being written again")
    func flags() async throws {
        let fixture = try IndexFixture()
        let id = try await fixture.add(.sample("flagged"), fixture.place(1, labels: ["Home"])).created[0]
        let outcome = try await fixture.store.apply(
            IndexBatch(
                now: IndexFixture.now,
                flagChanges: [
                    FlagChange(mailbox: fixture.inbox, uid: 1, flags: FlagSet(imap: ["\\Seen", "$Later"]), modSeq: 4),
                    FlagChange(mailbox: fixture.inbox, uid: 99, flags: FlagSet(imap: ["\\Seen"])),
                ]))
        #expect(outcome.updated == [id])
        #expect(try fixture.subjects("is:read keyword:$later label:home") == ["flagged"], "labels stay when not told")
        try await fixture.store.apply(
            IndexBatch(
                now: IndexFixture.now,
                flagChanges: [
                    FlagChange(
                        mailbox: fixture.inbox, uid: 1, flags: FlagSet(imap: ["\\Draft"], labels: ["Work"]),
                        hasLabels: true)
                ]))
        #expect(try fixture.subjects("is:unread is:draft label:work") == ["flagged"])
        #expect(try fixture.subjects("tag:$later") == [])
        #expect(try fixture.subjects("label:home") == [])
        #expect(try fixture.store.places(in: fixture.inbox).map(\.modSeq) == [4])
        #expect(try fixture.problems() == [])
    }

    @Test("all that a message was known by goes with it, whatever contents it had")
    func identities() async throws {
        let fixture = try IndexFixture()
        func sample(_ body: String, _ emailID: String) -> MessageDocument {
            .sample("known", body: body, identities: [.emailID(account: fixture.account, emailID)])
        }
        let first = sample("one", "E1")
        let id = try await fixture.add(first, fixture.place(1)).created[0]
        // Another content by the same identity, and a third in its place; then the first is back.
        let second = sample("two", "E1")
        #expect(try await fixture.add(second, fixture.place(2)).created == [])
        let third = sample("three", "E3")
        for document in [third, first, third] {
            _ = try await fixture.store.apply(
                IndexBatch(now: IndexFixture.now, replacements: [Replacement(message: id, document: document)]))
            #expect(try fixture.problems() == [])
        }
        // Another message with what was the first's content is that message.
        #expect(try await fixture.add(first, fixture.place(3)).created == [])
        for identity: MessageIdentity in [
            .content(first.digest), .content(second.digest), .content(third.digest),
            .emailID(account: fixture.account, "E1"), .emailID(account: fixture.account, "E3"),
        ] {
            #expect(try fixture.store.findMessage(identity) == id, "\(identity)")
        }
        try await fixture.remove(1...3)
        #expect(try fixture.problems() == [])
        _ = try await fixture.store.apply(IndexBatch(now: IndexFixture.now + 400 * 86_400))
        #expect(try fixture.store.read { try $0.integer("SELECT count(*) FROM identity") } == 0)
        #expect(try fixture.problems() == [])
    }

    @Test("a message that turns up elsewhere after it left needs no second download, and keeps its id")
    func move() async throws {
        let fixture = try IndexFixture()
        let document = MessageDocument.sample(
            "moved", body: "text", identities: [.emailID(account: fixture.account, "E1")])
        let id = try await fixture.add(document, fixture.place(1)).created[0]
        try await fixture.remove(1...1)
        #expect(try fixture.subjects("moved") == [])
        for identity: MessageIdentity in [
            .content(document.digest), .emailID(account: fixture.account, "E1"),
            .envelope(messageID: "moved@example.org", size: 1_000, receivedAt: IndexFixture.now - 3_600),
        ] {
            #expect(try fixture.store.findMessage(identity) == id, "\(identity)")
        }
        #expect(
            try fixture.store.findMessage(
                .envelope(messageID: "moved@example.org", size: 1_001, receivedAt: IndexFixture.now - 3_600)) == nil)
        #expect(try fixture.store.findMessage(.emailID(account: fixture.account, "E2")) == nil)
        let outcome = try await fixture.store.apply(
            IndexBatch(
                now: IndexFixture.now,
                relocations: [Relocation(message: id, place: fixture.place(1, in: fixture.archive))]))
        #expect(outcome.created == [id])
        #expect(try fixture.subjects("moved in:archive") == ["moved"])
        #expect(try fixture.problems() == [])
    }

    @Test("what left is forgotten after a while, and then a relocation is refused")
    func departedIsForgotten() async throws {
        let fixture = try IndexFixture(options: IndexStoreOptions(departedLifetime: 100))
        let id = try await fixture.add(.sample("gone"), fixture.place(1)).created[0]
        try await fixture.remove(1...1)
        try await fixture.store.apply(IndexBatch(now: IndexFixture.now + 101))
        let relocation = IndexBatch(
            now: IndexFixture.now + 101,
            relocations: [Relocation(message: id, place: fixture.place(1, in: fixture.archive))])
        await #expect { try await fixture.store.apply(relocation) } throws: {
            ($0 as? IndexError)?.code == .unknownReference
        }
        #expect(try fixture.problems() == [])
    }

    @Test("a mailbox whose UIDVALIDITY changed is matched anew in one batch, without a word lost")
    func uidValidity() async throws {
        let fixture = try IndexFixture()
        for uid in UInt32(1)...3 { try await fixture.add(.sample("m\(uid)"), fixture.place(uid)) }
        let stale = IndexBatch(
            now: IndexFixture.now,
            additions: [PlacedDocument(document: .sample("x"), place: fixture.place(9, uidValidity: 2))])
        await #expect { try await fixture.store.apply(stale) } throws: {
            ($0 as? IndexError)?.code == .uidValidityChanged
        }
        let ids = try (1...3).map { try fixture.id("m\($0)") }
        let outcome = try await fixture.store.apply(
            IndexBatch(
                now: IndexFixture.now, resets: [MailboxReset(mailbox: fixture.inbox, uidValidity: 2)],
                relocations: [
                    Relocation(message: ids[2], place: fixture.place(1, uidValidity: 2)),
                    Relocation(message: ids[1], place: fixture.place(2, uidValidity: 2)),
                ], cursors: [MailboxCursor(mailbox: fixture.inbox, uidValidity: 2, uidNext: 3, backfilledDownTo: 1)]))
        #expect(outcome.destroyed == [ids[0]])
        #expect(outcome.created == [])
        #expect(try fixture.store.places(in: fixture.inbox).map(\.message) == [ids[2], ids[1]])
        #expect(try fixture.store.uids(in: fixture.inbox) == [1...2])
        #expect(try fixture.problems() == [])
    }

    @Test("a message's content can be replaced; its id and places stay")
    func replacement() async throws {
        let fixture = try IndexFixture()
        let bare = Attachment(partID: "2", name: "a.csv", mediaType: "text/csv", size: 9)
        let full = Attachment(partID: "2", name: "a.csv", mediaType: "text/csv", size: 9, text: "harvest")
        let id = try await fixture.add(.sample("csv", attachments: [bare]), fixture.place(1)).created[0]
        #expect(try fixture.subjects("harvest") == [])
        let batch = IndexBatch(
            now: IndexFixture.now,
            replacements: [Replacement(message: id, document: .sample("csv", attachments: [full]))])
        #expect(try await fixture.store.apply(batch).updated == [id])
        #expect(try await fixture.store.apply(batch).updated == [])
        #expect(try fixture.subjects("harvest") == ["csv"])
        let other = IndexBatch(
            now: IndexFixture.now,
            replacements: [
                Replacement(
                    message: id, document: .sample("other", references: ["far@example.org"], from: "x@y.example"))
            ])
        #expect(try await fixture.store.apply(other).updated == [id])
        #expect(try fixture.subjects("harvest") == [])
        #expect(try fixture.subjects("subject:other from:x@y.example") == ["other"])
        #expect(try fixture.store.addresses(prefix: "ana") == [])
        #expect(try fixture.problems() == [])
    }

    @Test("an implausible Date is not what a message is sorted by")
    func dates() async throws {
        let fixture = try IndexFixture()
        let now = IndexFixture.now
        for (uid, date, received, expected) in [
            (UInt32(1), now + 86_400 * 400, now - 5, now - 5), (2, 3_600, now - 6, now - 6), (3, -5, now - 7, now - 7),
            (4, now - 10, now - 8, now - 10),
        ] {
            let id = try await fixture.add(
                .sample("d\(uid)", date: date - now, receivedAt: received), fixture.place(uid)
            ).created[0]
            let email = try #require(try fixture.store.email(id))
            #expect(email.date == expected)
            #expect(email.sentAt == date)
        }
        let message = Message(subject: "timeless")
        try await fixture.add(MessageDocument(message, receivedAt: nil, size: 1, now: now), fixture.place(5))
        #expect(try fixture.subjects("*") == ["d1", "d2", "d3", "d4", "timeless"])
        #expect(try fixture.problems() == [])
    }

    @Test("thousands of messages of one second all have their place")
    func oneSecond() async throws {
        let fixture = try IndexFixture()
        let additions = (1...3_000).map {
            PlacedDocument(document: .sample("s\($0)", body: "same"), place: fixture.place(UInt32($0)))
        }
        let outcome = try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
        #expect(outcome.created.count == 3_000)
        #expect(try fixture.store.count(IndexFixture.query("same on:2023-11-14")).total == 3_000)
        #expect(try fixture.store.count(IndexFixture.query("same after:2023-11-15")).total == 0)
        #expect(try fixture.problems() == [])
    }

    @Test("a batch that names what is not there changes nothing at all")
    func unknownMailbox() async throws {
        let fixture = try IndexFixture()
        let batch = IndexBatch(
            now: IndexFixture.now,
            additions: [
                PlacedDocument(document: .sample("good"), place: fixture.place(1)),
                PlacedDocument(
                    document: .sample("bad"), place: fixture.place(1, in: MailboxID(rawValue: 999))),
            ])
        await #expect { try await fixture.store.apply(batch) } throws: {
            ($0 as? IndexError)?.code == .unknownReference
        }
        #expect(try fixture.subjects("good") == [])
        try await fixture.add(.sample("good"), fixture.place(1))
        #expect(try fixture.subjects("good") == ["good"])
        #expect(try fixture.problems() == [])
    }

    @Test("mailboxes are renamed and removed; messages stay where another holds them")
    func mailboxes() async throws {
        let fixture = try IndexFixture()
        try await fixture.add(.sample("both"), fixture.place(1))
        try await fixture.add(.sample("both"), fixture.place(1, in: fixture.archive))
        try await fixture.add(.sample("single"), fixture.place(2, in: fixture.archive))
        try fixture.store.renameMailbox(fixture.archive, to: MailboxDescription(name: "Old"))
        #expect(Set(try fixture.subjects("in:old")) == ["single", "both"])
        let outcome = try await fixture.store.removeMailbox(fixture.archive, now: IndexFixture.now)
        #expect(outcome.destroyed.count == 1 && outcome.updated.count == 1)
        #expect(try fixture.subjects("*") == ["both"])
        #expect(try fixture.store.mailboxes().map(\.name) == ["INBOX"])
        try await fixture.store.removeAccount(fixture.account, now: IndexFixture.now)
        #expect(try fixture.store.status().accounts == [])
        #expect(try fixture.store.status().messageCount == 0)
        #expect(try fixture.problems() == [])
    }

    @Test("a packed index is smaller, answers as before, and is written to as before")
    func pack() async throws {
        let fixture = try IndexFixture()
        for number in 1...40 {
            let body = String(repeating: "berth\(number) of the harbour ", count: 60)
            try await fixture.add(.sample("letter \(number)", body: body), fixture.place(UInt32(number)))
        }
        try await fixture.remove(1...20)
        let before = try fixture.subjects("harbour")
        let size = { (database: SQLiteDatabase) in try database.integer("PRAGMA page_count") ?? 0 }
        let pages = try fixture.store.read(size)
        let reader = try fixture.reader()
        defer { try? reader.close() }
        #expect(try fixture.store.pack())
        #expect(try fixture.store.read(size) < pages)
        #expect(try fixture.subjects("harbour") == before && before.count == 20)
        #expect(try reader.search(IndexFixture.query("berth33")).hits.count == 1)
        try await fixture.add(.sample("later", body: "a later letter"), fixture.place(50))
        #expect(try fixture.subjects("later") == ["later"])
        #expect(try fixture.problems() == [])
    }
}
