import MIME
import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// Hits that are found by sets are those that SQLite finds by asking each message.
@Suite("Hits by sets")
struct HitSetsTests {
    private static let leaves = [
        "the", "theory", "on", "th*", "\"on one\"", "x", "über", "日本語", "is:unread", "is:read", "is:flagged",
        "is:answered", "is:draft", "has:attachment", "larger:300", "after:2023-11-14T12:00:00",
        "before:2023-11-14T02:00:00", "date:2023-11-13..2023-11-13", "date:1960..1965", "date:3000..", "in:inbox",
        "in:archive",
        "in:nowhere", "account:home", "tag:todo", "from:ana", "to:bob@example.org", "filename:report", "filename:*.pdf",
        "type:application/pdf", "type:image", "list:dev", "*", "nothinghere",
    ]

    private static func query(_ random: inout SeededRandom, depth: Int = 2) -> String {
        func leaf() -> String { leaves.randomElement(using: &random) ?? "*" }
        guard depth > 0 else { return leaf() }
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return leaf()
        case 1: return "-(\(query(&random, depth: depth - 1)))"
        case 2: return "(\(query(&random, depth: depth - 1)) OR \(query(&random, depth: depth - 1)))"
        default: return "(\(query(&random, depth: depth - 1)) \(query(&random, depth: depth - 1)))"
        }
    }

    private static func flags(_ random: inout SeededRandom) -> [String] {
        ["\\Seen", "\\Flagged", "\\Answered", "\\Draft", "todo"].filter { _ in random.chance(percent: 30) }
    }

    private static func document(_ random: inout SeededRandom, _ number: Int) -> MessageDocument {
        func text(_ most: Int) -> String {
            (0..<Int.random(in: 0...most, using: &random))
                .map { _ in BegunWordsTests.pieces.randomElement(using: &random) ?? "" }.joined(separator: " ")
        }
        let names = ["report.pdf", "summary report.PDF", "photo.png"]
        return .sample(
            text(4), body: text(12), id: "\(number)@example.org",
            fromName: random.chance(percent: 50) ? "Ana Ruiz" : nil,
            to: [random.chance(percent: 50) ? "bob@example.org" : "ben@example.com"],
            date: -Int64.random(in: 0...200_000, using: &random), size: Int.random(in: 100...500, using: &random),
            list: random.chance(percent: 30)
                ? ["dev.example.org", "other.example.org"].randomElement(using: &random) : nil,
            attachments: names.filter { _ in random.chance(percent: 20) }.enumerated().map { index, name in
                Attachment(
                    partID: "\(index + 2)", name: name,
                    mediaType: name.hasSuffix("png") ? "image/png" : "application/pdf",
                    size: 10, isInline: random.chance(percent: 20), text: "")
            })
    }

    @Test("are the same, also where facts are kept and mail comes, goes and changes")
    func same() async throws {
        var random = SeededRandom.announced("hits by sets")
        let fixture = try IndexFixture()
        let facts = FactSets()
        var next = 1
        var found = 0
        for _ in 0..<8 {
            var batch = IndexBatch(now: IndexFixture.now)
            for _ in 0..<40 {
                batch.additions.append(
                    PlacedDocument(
                        document: Self.document(&random, next),
                        place: fixture.place(
                            UInt32(next), in: random.chance(percent: 30) ? fixture.archive : fixture.inbox,
                            flags: Self.flags(&random))))
                next += 1
            }
            try await fixture.store.apply(batch)
            var changes = IndexBatch(now: IndexFixture.now)
            for _ in 0..<6 {
                let uid = UInt32.random(in: 1..<UInt32(next), using: &random)
                changes.flagChanges.append(
                    FlagChange(mailbox: fixture.inbox, uid: uid, flags: FlagSet(imap: Self.flags(&random))))
            }
            let gone = UInt32.random(in: 1..<UInt32(next), using: &random)
            changes.removals.append(Removal(mailbox: fixture.inbox, uids: [gone...gone + 2]))
            try await fixture.store.apply(changes)
            let all = try fixture.store.ids(.everything).map(\.rawValue)
            for _ in 0..<60 {
                let text = Self.query(&random)
                let query = try IndexFixture.query(text)
                let expected = try fixture.store.ids(query).map(\.rawValue)
                let kept = random.chance(percent: 80) ? facts : nil
                let sets = try #require(
                    try fixture.store.read { try HitSets.hits(query, facts: kept, in: $0) }, "\(text)")
                #expect(all.filter(sets.contains) == expected, "\(text)")
                #expect(sets.count(of: all.count) == expected.count, "\(text)")
                if !expected.isEmpty, expected.count < all.count { found += 1 }
            }
        }
        #expect(found > 100)
    }

    @Test("facts that are kept follow what changes, and are of no use to an older state")
    func following() async throws {
        let fixture = try IndexFixture()
        for uid in UInt32(1)...20 { try await fixture.add(.sample("m\(uid)"), fixture.place(uid)) }
        let query = try IndexFixture.query("is:unread")
        let facts = FactSets()
        let fact = try #require(try fixture.store.read { try QueryCompiler.fact(query.root, in: $0) })
        #expect(try fixture.store.read { try facts.set(fact, $0) == nil })
        _ = try fixture.store.read { try HitSets.hits(query, facts: facts, in: $0) }
        // A reader that began before the changes, and is asked after them.
        let old = try fixture.reader()
        try old.read { before in
            _ = try before.integer("SELECT change FROM counter")
            try fixture.withFTS5 { database in
                // What the writer does to one message, in short.
                try database.execute(
                    """
                    UPDATE counter SET change = change + 1;
                    UPDATE message SET flags = flags | 1, changed = (SELECT change FROM counter)
                        WHERE id = (SELECT max(id) FROM message);
                    """)
            }
            let now = try fixture.store.read { database in
                let set = try #require(try facts.set(fact, database))
                let newest = try #require(try database.integer("SELECT max(id) FROM message"))
                return (set.count, set.contains(newest))
            }
            #expect(now == (19, false))
            #expect(try facts.set(fact, before) == nil)
        }
        try await fixture.remove(2...4)
        let rest = try fixture.store.read { try facts.set(fact, $0)?.count }
        #expect(rest == 16)
        try old.close()
    }

    @Test("tell a page without a total, or of a known one, that asking each message would take long for")
    func pages() async throws {
        var random = SeededRandom.announced("pages by sets")
        let fixture = try IndexFixture()
        var batch = IndexBatch(now: IndexFixture.now)
        for number in 1...600 {
            batch.additions.append(
                PlacedDocument(
                    document: Self.document(&random, number),
                    place: fixture.place(UInt32(number), flags: Self.flags(&random))))
        }
        try await fixture.store.apply(batch)
        var bySets = 0
        for _ in 0..<150 {
            let text = Self.query(&random)
            let query = try IndexFixture.query(text)
            var options = SearchOptions(
                limit: [1, 5, 20, 600].randomElement(using: &random), snippets: false,
                countsTotal: random.chance(percent: 30))
            options.offset = [0, 0, 3, 40].randomElement(using: &random) ?? 0
            options.threads = random.chance(percent: 20)
            options.sort = random.chance(percent: 30) ? .oldest : .newest
            /// - Parameter patience: how long messages are asked.
            func page(patience: Double) throws -> SearchResults {
                try fixture.store.read { database in
                    try SearchRun(database, query, options, fixture.store.reader, patience: patience).results()
                }
            }
            let expected = try page(patience: 60)
            // If there is a total, it is known now.
            let found = try page(patience: 0)
            #expect(found.hits.map(\.email.id) == expected.hits.map(\.email.id), "\(text) \(options)")
            #expect(found.total == expected.total, "\(text) \(options)")
            // Whether that was by sets.
            let isGivenUp = try fixture.store.read { database in
                try database.patiently(seconds: 0) {
                    try SearchRun(database, query, options, fixture.store.reader, patience: 60).ids()
                } == nil
            }
            let compiled = try fixture.store.read { try QueryCompiler.compile(query, in: $0) }
            let set = try fixture.store.read {
                try HitSets.hits(query, compiled, asked: 5_000...5_000, messageCount: 600, facts: nil, in: $0)
            }
            if isGivenUp, set != nil { bySets += 1 }
        }
        #expect(bySets > 20)
    }

    @Test("tell how many threads there are, of few hits and of many")
    func threads() async throws {
        var random = SeededRandom.announced("threads by sets")
        let fixture = try IndexFixture()
        var next = 1
        for _ in 0..<3 {
            var batch = IndexBatch(now: IndexFixture.now)
            for number in next..<next + 800 {
                var document = Self.document(&random, number)
                if random.chance(percent: 50) {
                    document = .sample(
                        "the answer", body: random.chance(percent: 5) ? "über" : "on the boat",
                        id: "\(number)@example.org",
                        references: ["\(Int.random(in: 1...number, using: &random))@example.org"])
                }
                batch.additions.append(PlacedDocument(document: document, place: fixture.place(UInt32(number))))
            }
            next += 800
            try await fixture.store.apply(batch)
        }
        try await fixture.remove(100...130)
        var bySets = 0
        for text in [
            "*", "the", "über", "-the", "-x", "th*", "is:unread", "the is:unread", "on OR x", "has:attachment",
        ] {
            let query = try IndexFixture.query(text)
            let hits = try fixture.store.search(query, options: SearchOptions(limit: nil, snippets: false)).hits
            let expected = Set(hits.map(\.email.threadID)).count
            let found = try fixture.store.search(
                query, options: SearchOptions(limit: 1, threads: true, snippets: false))
            #expect(found.total == expected, "\(text)")
            let counted = try fixture.store.read { database in
                var options = SearchOptions()
                options.threads = true
                return try SearchRun(database, query, options, fixture.store.reader).threadTotal()
            }
            if let counted { #expect(counted == expected, "\(text)") }
            bySets += counted == nil ? 0 : 1
        }
        #expect(bySets >= 7)
    }

    @Test("are given up where asking each message takes less")
    func budget() async throws {
        let fixture = try IndexFixture()
        try await fixture.add(.sample("boat", body: "boat"), fixture.place(1))
        for text in ["boat is:unread", "is:unread", "has:attachment"] {
            let query = try IndexFixture.query(text)
            let sets = try fixture.store.read { database in
                let compiled = try QueryCompiler.compile(query, in: database)
                return try HitSets.hits(query, compiled, share: 1, messageCount: 1, facts: nil, in: database)
            }
            #expect(sets == nil, "\(text)")
            // As if there were a million of them, some wait for the row of each.
            let many = try fixture.store.read { database in
                let compiled = try QueryCompiler.compile(query, in: database)
                return try HitSets.hits(query, compiled, share: 1, messageCount: 1_000_000, facts: nil, in: database)
            }
            #expect((many != nil) == (text == "is:unread"), "\(text)")
        }
    }
}
