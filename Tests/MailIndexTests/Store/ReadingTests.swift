import MIME
import Synchronization
import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

@Suite("Reading from the index")
struct ReadingTests {
    @Test("totals, pages and completeness")
    func pages() async throws {
        let fixture = try IndexFixture()
        let additions = (1...50).map {
            PlacedDocument(
                document: .sample("p\($0)", body: "common", date: -Int64($0) * 60), place: fixture.place(UInt32($0)))
        }
        try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
        let query = try IndexFixture.query("common")
        let page = try fixture.store.search(query, options: SearchOptions(limit: 3, offset: 10))
        #expect(page.total == 50)
        #expect(page.hits.map(\.email.subject) == ["p11", "p12", "p13"])
        #expect(!page.isComplete)
        #expect(try fixture.store.search(query, options: SearchOptions(limit: 3, offset: 100)).total == 50)
        #expect(try fixture.store.search(query, options: SearchOptions(countsTotal: false)).total == nil)
        #expect(try fixture.store.search(query, options: SearchOptions(limit: nil)).hits.count == 50)
        #expect(try fixture.store.search(query, options: SearchOptions(limit: 0)).total == 50)
        let oldest = try fixture.store.search(query, options: SearchOptions(limit: 2, sort: .oldest))
        #expect(oldest.hits.map(\.email.subject) == ["p50", "p49"])
        for mailbox in [fixture.inbox, fixture.archive] {
            try await fixture.store.apply(
                IndexBatch(
                    now: IndexFixture.now,
                    cursors: [
                        MailboxCursor(
                            mailbox: mailbox, uidValidity: 1, uidNext: 51, highestModSeq: .max, backfilledDownTo: 1,
                            serverCount: 50)
                    ]))
        }
        #expect(try fixture.store.search(query).isComplete)
        #expect(try fixture.store.cursor(of: fixture.inbox)?.highestModSeq == .max)
        #expect(try fixture.store.count(query).total == 50)
    }

    @Test("what has none of some words: pages, totals and threads")
    func withoutWords() async throws {
        var random = SeededRandom.announced("messages without words")
        let fixture = try IndexFixture()
        var words: [String: [String]] = [:]
        let additions = (1...120).map { number in
            let found = (0..<6).map { _ in ["red", "green", "blue", "grey"][Int.random(in: 0..<4, using: &random)] }
            words["n\(number)"] = found
            return PlacedDocument(
                document: .sample("n\(number)", body: found.joined(separator: " "), date: -Int64(number) * 60),
                place: fixture.place(UInt32(number)))
        }
        try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
        func isPhrase(_ words: [String]) -> Bool { zip(words, words.dropFirst()).contains { $0 == ("red", "blue") } }
        let queries: [(String, ([String]) -> Bool)] = [
            ("-red", { !$0.contains("red") }), ("NOT (red OR green)", { !$0.contains("red") && !$0.contains("green") }),
            ("* -gr*", { !$0.contains("green") && !$0.contains("grey") }), ("-\"red blue\"", { !isPhrase($0) }),
            ("-red -\"red blue\" -grey", { !$0.contains("red") && !$0.contains("grey") }), ("-nothing", { _ in true }),
            ("-subject:red", { _ in true }), ("-(red OR green OR blue OR grey)", { _ in false }),
        ]
        for (text, isFound) in queries {
            let query = try IndexFixture.query(text)
            let expected = (1...120).map { "n\($0)" }.filter { isFound(words[$0] ?? []) }
            let all = try fixture.store.search(query, options: SearchOptions(limit: nil))
            #expect(all.hits.map(\.email.subject) == expected, "\(text)")
            #expect(all.total == expected.count, "\(text)")
            #expect(try fixture.store.count(query).total == expected.count, "\(text)")
            let page = try fixture.store.search(query, options: SearchOptions(limit: 4, offset: 3))
            #expect(page.hits.map(\.email.subject) == Array(expected.dropFirst(3).prefix(4)), "\(text)")
            #expect(page.total == expected.count, "\(text)")
            let oldest = try fixture.store.search(
                query, options: SearchOptions(limit: 5, sort: .oldest, countsTotal: false))
            #expect(oldest.hits.map(\.email.subject) == Array(expected.reversed().prefix(5)), "\(text)")
            let threads = try fixture.store.search(query, options: SearchOptions(limit: 2, threads: true))
            #expect(threads.hits.map(\.email.subject) == Array(expected.prefix(2)), "\(text)")
            #expect(threads.total == expected.count, "\(text)")
        }
        let plan = try fixture.store.read { try QueryExplanation(IndexFixture.query("-red"), in: $0).plan }
        #expect(plan.last == "WALK MESSAGES BUT FOR LISTS OF WORDS")
    }

    @Test("relevance puts the subject before the body, and the newer before the older")
    func relevance() async throws {
        let fixture = try IndexFixture()
        for uid in UInt32(1)...30 { try await fixture.add(.sample("x\(uid)", body: "other"), fixture.place(uid)) }
        try await fixture.add(.sample("old", body: "harvest", date: -86_400 * 900), fixture.place(101))
        try await fixture.add(.sample("new", body: "harvest", date: -86_400), fixture.place(102))
        try await fixture.add(.sample("harvest", body: "nothing", date: -86_400 * 400), fixture.place(103))
        #expect(try fixture.subjects("harvest", sort: .relevance) == ["harvest", "new", "old"])
        let results = try fixture.store.search(
            IndexFixture.query("harvest"), options: SearchOptions(limit: 1, sort: .relevance))
        #expect(results.total == 3)
        #expect(results.hits[0].score > 0)
        #expect(try fixture.subjects("is:unread x3 OR old", sort: .relevance).contains("old"))
    }

    @Test("what is read in brief is what a list shows, and all else is empty")
    func brief() async throws {
        let fixture = try IndexFixture()
        try await fixture.add(.sample("x1", body: "common words"), fixture.place(1))
        try await fixture.add(.sample("x2", body: "common words"), fixture.place(2))
        let query = try IndexFixture.query("common")
        let whole = try fixture.store.search(query)
        let brief = try fixture.store.search(query, options: SearchOptions(isBrief: true))
        #expect(whole.hits.count == 2)
        #expect(brief.hits.map(\.snippet) == whole.hits.map(\.snippet))
        for (hit, whole) in zip(brief.hits, whole.hits) {
            #expect(!whole.email.places.isEmpty && !whole.email.preview.isEmpty && !whole.email.messageIDs.isEmpty)
            var expected = whole.email
            (expected.messageIDs, expected.inReplyTo, expected.references) = ([], [], [])
            (expected.replyTo, expected.to, expected.cc, expected.bcc) = ([], [], [], [])
            (expected.keywords, expected.labels, expected.places) = ([], [], [])
            (expected.preview, expected.listID, expected.threadID) = ("", nil, expected.id)
            #expect(hit.email == expected)
        }
    }

    @Test("snippets show the words where they stand, escaped")
    func snippets() async throws {
        let fixture = try IndexFixture()
        let attachment = Attachment(partID: "2", name: "harvest.csv", mediaType: "text/csv", size: 3, text: "a,b")
        try await fixture.add(
            .sample("A <b> harvest", body: "The harvest & the \"sun\"", attachments: [attachment]), fixture.place(1))
        let snippet = try #require(try fixture.store.search(IndexFixture.query("harvest")).hits[0].snippet)
        #expect(snippet.subject == "A &lt;b&gt; <mark>harvest</mark>")
        #expect(snippet.body == "The <mark>harvest</mark> &amp; the &quot;sun&quot;")
        #expect(snippet.attachment?.contains("<mark>harvest</mark>") == true)
        let none = try fixture.store.search(IndexFixture.query("harvest"), options: SearchOptions(snippets: false))
        #expect(none.hits[0].snippet == nil)
        #expect(try fixture.store.search(.everything).hits[0].snippet == SearchSnippet())
    }

    @Test("addresses are ranked by how often and how lately")
    func addresses() async throws {
        let fixture = try IndexFixture()
        func mail(_ uid: UInt32, _ from: String, _ name: String?, to: String, days: Int64) async throws {
            try await fixture.add(
                .sample("a\(uid)", from: from, fromName: name, to: [to], date: -86_400 * days), fixture.place(uid))
        }
        for uid in UInt32(1)...5 {
            try await mail(uid, "anna@old.example", "Anna Old", to: "me@example.org", days: 2_000)
        }
        for uid in UInt32(11)...13 {
            try await mail(uid, "Ännchen@new.example", "Ännchen Müller", to: "me@example.org", days: 2)
        }
        try await mail(20, "boss@corp.example", "Bo Anders", to: "me@example.org", days: 1)
        let found = try fixture.store.addresses(prefix: "ann")
        #expect(found.map(\.email) == ["ännchen@new.example", "anna@old.example"])
        #expect(found[0].name == "Ännchen Müller")
        #expect(found.map(\.count) == [3, 5])
        #expect(found[0].lastAt == IndexFixture.now - 86_400 * 2)
        #expect(try fixture.store.addresses(prefix: "muller").map(\.email) == ["ännchen@new.example"])
        #expect(try fixture.store.addresses(prefix: "corp").map(\.email) == ["boss@corp.example"])
        #expect(try fixture.store.addresses(prefix: "ander").map(\.email) == ["boss@corp.example"])
        #expect(try fixture.store.addresses(prefix: "*").isEmpty)
        #expect(try fixture.store.addresses(prefix: "", limit: 2).map(\.email).first == "me@example.org")
        #expect(try fixture.store.addresses(prefix: "", limit: 2).count == 2)
        // The newest name stands; and it goes with the address.
        try await mail(30, "boss@corp.example", "Bodo Anders", to: "me@example.org", days: 0)
        try await mail(31, "boss@corp.example", "Wrong Old", to: "me@example.org", days: 500)
        #expect(try fixture.store.addresses(prefix: "boss").map(\.name) == ["Bodo Anders"])
        try await fixture.remove(20...31)
        #expect(try fixture.store.addresses(prefix: "boss") == [])
        #expect(try fixture.problems() == [])
    }

    @Test("status tells accounts and mailboxes with their counts, and what was noted of them")
    func status() async throws {
        let fixture = try IndexFixture()
        try await fixture.add(.sample("read"), fixture.place(1, flags: ["\\Seen"]))
        try await fixture.add(.sample("unread"), fixture.place(2))
        try fixture.store.note(SyncNote(state: "idle", syncedAt: 5), of: fixture.inbox)
        try fixture.store.note(SyncNote(error: "no route", errorAt: 9), of: fixture.account)
        let status = try fixture.store.status()
        #expect(status.messageCount == 2)
        #expect(!status.isComplete)
        #expect(status.bytes > 0)
        let account = try #require(status.accounts.first)
        #expect(account.lastError == "no route" && account.lastErrorAt == 9)
        let inbox = try #require(account.mailboxes.first { $0.name == "INBOX" })
        #expect(inbox.messageCount == 2 && inbox.unseenCount == 1)
        #expect(inbox.state == "idle" && inbox.lastSyncAt == 5)
        #expect(account.mailboxes.first { $0.name == "Archive" }?.attributes == ["\\Archive"])
        // The time says since when, the words what was last.
        try fixture.store.note(SyncNote(state: "connecting"), of: fixture.account)
        try fixture.store.note(SyncNote(error: "refused", errorAt: 19), of: fixture.account)
        let later = try fixture.store.status().accounts[0]
        #expect(later.lastError == "refused" && later.lastErrorAt == 9)
        try fixture.store.note(SyncNote(error: ""), of: fixture.account)
        #expect(try fixture.store.status().accounts[0].lastError == nil)
        try fixture.store.note(SyncNote(error: "refused", errorAt: 29), of: fixture.account)
        #expect(try fixture.store.status().accounts[0].lastErrorAt == 29)
        try fixture.store.note(SyncNote(error: ""), of: fixture.account)
        #expect(try fixture.store.registerAccount("home") == fixture.account)
        #expect(
            try fixture.store.registerMailbox(MailboxDescription(name: "INBOX"), of: fixture.account) == fixture.inbox)
    }

    @Test("a watched query is asked of single messages")
    func matching() async throws {
        let fixture = try IndexFixture()
        for uid in UInt32(1)...6 {
            try await fixture.add(.sample("w\(uid)", body: uid % 2 == 0 ? "even" : "odd"), fixture.place(uid))
        }
        let all = try fixture.store.ids(.everything)
        for (text, count) in [
            ("even", 3), ("even is:unread", 3), ("is:unread", 6), ("is:read", 0), ("*", 6), ("in:none", 0),
        ] {
            let found = try fixture.store.matching(IndexFixture.query(text), among: all)
            #expect(found == Set(try fixture.store.ids(IndexFixture.query(text))), "\(text)")
            #expect(found.count == count, "\(text)")
        }
    }

    @Test("a slow query is given up at its deadline")
    func deadline() async throws {
        let fixture = try IndexFixture()
        let additions = (1...3_000).map {
            PlacedDocument(document: .sample("d\($0)", body: "common word \($0)"), place: fixture.place(UInt32($0)))
        }
        try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
        #expect {
            try fixture.store.search(
                IndexFixture.query("-nothing -filename:*a*b*"), options: SearchOptions(limit: nil, deadline: 0))
        } throws: {
            ($0 as? IndexError)?.code == .interrupted
        }
        #expect(try fixture.store.count(IndexFixture.query("common"), deadline: 60).total == 3_000)
    }

    @Test("lists of the text index that are walked are given up too")
    func cancellation() async throws {
        let fixture = try IndexFixture()
        let words = (1...200).map { "w\($0)" }.joined(separator: " ")
        let additions = (1...3_000).map {
            PlacedDocument(document: .sample("c\($0)", body: words), place: fixture.place(UInt32($0)))
        }
        try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
        let looks = Atomic(0)
        func count(_ text: String, giveUpAfter most: Int) throws -> Int {
            looks.store(0, ordering: .relaxed)
            return try fixture.store.count(IndexFixture.query(text)) {
                looks.add(1, ordering: .relaxed).newValue > most
            }.total
        }
        #expect(try count("w*", giveUpAfter: .max) == 3_000)
        let all = looks.load(ordering: .relaxed)
        #expect(all > 20, "the lists take many leaves")
        for most in [0, 1, all / 2, all - 1] {
            // Of what wasn't asked before, no total is known.
            #expect { try count("w* OR notthere\(most)", giveUpAfter: most) } throws: {
                ($0 as? IndexError)?.code == .interrupted
            }
            #expect(looks.load(ordering: .relaxed) == most + 1)
        }
    }

    @Test("a state that changes did not give is refused")
    func states() async throws {
        let fixture = try IndexFixture(options: IndexStoreOptions(destroyedCount: 100))
        for state in ["", "x", "-1", "999", "1 ", "01", "1.5"] {
            #expect { try fixture.store.changes(since: state) } throws: { ($0 as? IndexError)?.code == .unknownState }
        }
        let start = try fixture.store.state()
        try await fixture.add(.sample("one"), fixture.place(1))
        let id = try fixture.id("one")
        let created = try fixture.store.changes(since: start)
        #expect(created.created == [id] && created.updated == [] && created.destroyed == [] && !created.hasMoreChanges)
        try await fixture.store.apply(
            IndexBatch(
                now: IndexFixture.now,
                flagChanges: [FlagChange(mailbox: fixture.inbox, uid: 1, flags: FlagSet(imap: ["\\Seen"]))]))
        #expect(try fixture.store.changes(since: created.newState).updated == [id])
        let flagged = try fixture.store.state()
        try await fixture.remove(1...1)
        #expect(try fixture.store.changes(since: flagged).destroyed == [id])
        #expect(try fixture.store.changes(since: start).destroyed == [], "it came and went since")
        // Back again, it is told as one that changed.
        try await fixture.add(.sample("one"), fixture.place(2))
        #expect(try fixture.store.changes(since: flagged).updated == [id])
        #expect(try fixture.store.changes(since: flagged).destroyed == [])
    }

    @Test("readers see whole batches while the writer writes")
    func concurrency() async throws {
        let fixture = try IndexFixture()
        let store = fixture.store
        let other = try fixture.reader()
        let query = try IndexFixture.query("common")
        let (inbox, batches) = (fixture.inbox, 30)
        try await withThrowingTaskGroup(of: Int.self) { group in
            for reader in [store, other, store] {
                group.addTask {
                    var last = 0
                    var looks = 0
                    while last < batches * 20 {
                        let results = try reader.search(query, options: SearchOptions(limit: 5))
                        let total = results.total ?? 0
                        #expect(total % 20 == 0, "a batch is seen whole or not at all")
                        #expect(total >= last)
                        last = total
                        looks += 1
                        await Task.yield()
                    }
                    return looks
                }
            }
            group.addTask {
                for batch in 0..<batches {
                    let additions = (0..<20).map { index in
                        let uid = UInt32(batch * 20 + index + 1)
                        return PlacedDocument(
                            document: .sample("c\(uid)", body: "common \(uid)"),
                            place: Place(mailbox: inbox, uid: uid, uidValidity: 1))
                    }
                    try await store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
                }
                return 0
            }
            for try await _ in group {}
        }
        #expect(try fixture.problems() == [])
    }
}
