import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// The best hits as the text index's lists tell them are those that FTS5 tells by looking at each.
@Suite("The best hits by lists")
struct RankedHitsTests {
    private static let words = ["the", "boat", "sails", "harbour", "ana@example.org", "rudder", "日本語", "oar"]

    private static func text(_ random: inout SeededRandom, _ most: Int) -> String {
        (0..<Int.random(in: 0...most, using: &random)).map { _ in
            // The first are in most messages, the last in few.
            words[min(Int.random(in: 0...10, using: &random), Int.random(in: 0..<words.count, using: &random))]
        }.joined(separator: " ")
    }

    @Test("are the same on each page, with the weight taken off those that follow another in their thread")
    func same() async throws {
        var random = SeededRandom.announced("ranked hits")
        let fixture = try IndexFixture()
        var batch = IndexBatch(now: IndexFixture.now)
        for number in 1...1_500 {
            // Most are of one thread, so that the first five hundred are not enough to tell the best.
            let first = random.chance(percent: 90) ? 1 : Int.random(in: 1...number, using: &random)
            let document = MessageDocument.sample(
                Self.text(&random, 3), body: Self.text(&random, 30), id: "\(number)@example.org",
                references: number > 1 ? ["\(first)@example.org"] : [],
                date: -Int64.random(in: 0...40_000_000, using: &random))
            batch.additions.append(PlacedDocument(document: document, place: fixture.place(UInt32(number))))
        }
        try await fixture.store.apply(batch)
        let queries =
            Self.words + [
                "the boat", "boat OR oar", "\"the boat\"", "subject:boat", "the -oar", "subject:rudder boat sails",
                "\"the boat sails\" OR rudder", "nothinghere",
            ]
        var cut = 0
        for text in queries {
            let query = try IndexFixture.query(text)
            for (limit, offset) in [(1, 0), (20, 0), (20, 35), (600, 0), (5, 1_400), (0, 0), (2_000, 10)] {
                var options = SearchOptions(limit: limit, snippets: false)
                options.offset = offset
                options.sort = .relevance
                let (ranked, all) = try fixture.store.read { database in
                    let run = try SearchRun(database, query, options, fixture.store.reader)
                    func recency(_ id: Int64) -> Double { 1 + Double(id % 1_000) / 5_000 }
                    return (try run.bestRanked(recency), try run.bestOfAll(recency))
                }
                let found = try #require(ranked, "\(text)")
                #expect(found.0.map(\.id) == all.0.map(\.id), "\(text) \(limit) \(offset)")
                #expect(found.0.map(\.score) == all.0.map(\.score), "\(text) \(limit) \(offset)")
                #expect(found.1 == all.1, "\(text)")
                if found.1 > SearchRun.mostAnswers, limit > 0 { cut += 1 }
            }
        }
        #expect(cut > 40)
    }

    @Test("are left to FTS5 where beginnings, facts or threads are asked for")
    func others() async throws {
        let fixture = try IndexFixture()
        try await fixture.add(.sample("boat", body: "boat"), fixture.place(1))
        func isRanked(_ text: String, threads: Bool = false) throws -> Bool {
            var options = SearchOptions(limit: 20, snippets: false)
            options.sort = .relevance
            options.threads = threads
            let query = try IndexFixture.query(text)
            return try fixture.store.read { database in
                try SearchRun(database, query, options, fixture.store.reader).bestRanked { _ in 1 } != nil
            }
        }
        #expect(try isRanked("boat"))
        for text in ["boa*", "boat is:unread", "boat NEAR/2 sails", "boat OR (the sails)"] {
            #expect(try !isRanked(text), "\(text)")
        }
        #expect(try !isRanked("boat", threads: true))
    }
}
