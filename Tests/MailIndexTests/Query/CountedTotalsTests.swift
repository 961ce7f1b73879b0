import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// Searches whose totals upkeep has counted ahead find the same as others.
@Suite("Totals counted ahead")
struct CountedTotalsTests {
    private static func query(_ random: inout SeededRandom) -> String {
        func word() -> String { BegunWordsTests.pieces.filter { !$0.isEmpty }.randomElement(using: &random) ?? "the" }
        switch Int.random(in: 0..<4, using: &random) {
        case 0: return "\"\(word())\""
        case 1: return "\"\(word()) \(word())\""
        case 2: return "\"\(word())\" \"\(word())\""
        default: return "\(BegunWordsTests.beginnings.randomElement(using: &random) ?? "t")*"
        }
    }

    @Test("hits, pages and totals are the same as without, also after mail went and came")
    func same() async throws {
        var random = SeededRandom.announced("totals counted ahead")
        let fixture = try await BegunWordsTests.fixture(&random, messages: 150)
        var limits = TextCountLimits()
        (limits.fewestPages, limits.fewestDocuments) = (1, 1)
        _ = try fixture.store.pack()
        #expect(try fixture.store.countText(limits))
        for round in 0..<3 {
            if round > 0 {
                let inbox = try #require(try fixture.store.mailboxes().first?.id)
                let first = UInt32(round * 20)
                try await fixture.store.apply(
                    IndexBatch(now: IndexFixture.now, removals: [Removal(mailbox: inbox, uids: [first...first + 12])]))
                for number in 0..<10 {
                    let text = BegunWordsTests.pieces.shuffled(using: &random).joined(separator: " ")
                    try await fixture.add(
                        .sample(text, body: text, id: "new\(round) \(number)@example.org", date: -Int64(number) * 977),
                        fixture.place(UInt32(1_000 * round + number)))
                }
            }
            // A process that stays, which keeps totals.
            let reader = try IndexReader.open(
                fixture.folder.path("data"), options: IndexStoreOptions(keptMessageBytes: 1 << 20))
            var counted = 0
            for _ in 0..<300 {
                let query = try IndexFixture.query(Self.query(&random))
                let options = SearchOptions(
                    limit: Int.random(in: 0...6, using: &random),
                    offset: random.chance(percent: 30) ? Int.random(in: 0...30, using: &random) : 0,
                    sort: random.chance(percent: 30) ? .oldest : .newest, threads: random.chance(percent: 10))
                let found = try reader.search(query, options: options)
                let isCounted = try reader.read { database in
                    let plan = try TextPlan(query, QueryCompiler.compile(query, in: database), database)
                    return try plan.flatMap { try TextCounts.count($0, in: database) } != nil
                }
                if isCounted { counted += 1 }
                // All of them, one by one, by another way.
                var all = options
                (all.limit, all.offset, all.countsTotal) = (nil, 0, false)
                let expected = try fixture.store.search(query, options: all).hits.map(\.email.id)
                #expect(found.total == expected.count, "\(query.source) \(options)")
                let page = expected.dropFirst(options.offset).prefix(options.limit ?? 0)
                #expect(found.hits.map(\.email.id) == Array(page), "\(query.source) \(options)")
            }
            #expect(counted > 50)
            reader.close()
        }
        #expect(try fixture.problems() == [])
    }

    @Test("a wrong count is found, and mended with the text index")
    func wrong() async throws {
        var random = SeededRandom.announced("a wrong count")
        let fixture = try await BegunWordsTests.fixture(&random, messages: 60)
        var limits = TextCountLimits()
        (limits.fewestPages, limits.fewestDocuments) = (1, 1)
        _ = try fixture.store.pack()
        #expect(try fixture.store.countText(limits))
        #expect(try fixture.store.check().problems == [])
        for kind in ["0", "1", "2"] {
            let change = "UPDATE text_count SET documents = documents + 1 WHERE substr(key, 1, 1) = x'3\(kind)'"
            try fixture.withFTS5 { try $0.execute(change) }
            let check = try fixture.store.check()
            #expect(check.problems.count == 1 && check.textDiffers, "\(check)")
            try fixture.store.rebuildText()
            #expect(try fixture.store.check().problems == [])
            #expect(try fixture.store.countText(limits))
        }
    }

    @Test("a page with which the hits end tells their number for later, where the process stays")
    func lastPage() async throws {
        let fixture = try IndexFixture()
        for number in 1...7 {
            try await fixture.add(
                .sample("boat \(number)", date: -Int64(number)), fixture.place(UInt32(number), flags: ["\\Seen"]))
        }
        for isKept in [true, false] {
            for (limit, offset, told) in [
                (20, 0, 7), (5, 5, 7), (20, 3, 7), (7, 0, nil), (3, 0, nil), (20, 7, nil), (0, 0, nil),
            ] as [(Int, Int, Int?)] {
                for (text, none) in [("boat is:read", false), ("boat is:unread", true)] {
                    let reader = try IndexReader.open(
                        fixture.folder.path("data"),
                        options: IndexStoreOptions(keptMessageBytes: isKept ? 1 << 20 : 0))
                    let query = try IndexFixture.query(text)
                    var options = SearchOptions(limit: limit, offset: offset)
                    options.countsTotal = false
                    let found = try reader.search(query, options: options)
                    #expect(found.total == nil)
                    let kept = try reader.read { database in
                        reader.totals.total(
                            TotalCache.Key(query: try QueryCompiler.compile(query, in: database), threads: false),
                            state: try IndexReader.change(database))
                    }
                    let expected = none ? (offset == 0 && limit > 0 ? 0 : nil) : told
                    #expect(kept == (isKept ? expected : nil), "\(text) \(limit) \(offset)")
                    options.countsTotal = true
                    #expect(try reader.search(query, options: options).total == (none ? 0 : 7))
                }
            }
        }
    }
}
