import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// Words of which the first letters are known are sought by reading messages where no total is asked for, and by the text
/// index where one is: both must find the same.
@Suite("Words that are only begun")
struct BegunWordsTests {
    static let pieces = [
        "the", "theory", "them", "to", "token", "on", "one", "Ångström", "über", "l'arbre", "don't", "x", "xy", "日本語",
        "ти", "тихо", "👍", "a-b", "foo_bar", "ana@example.org", "12", "123", "Straße", "O'Neill", "the", "on", "",
    ]
    static let beginnings = [
        "t", "th", "the", "o", "on", "x", "ü", "ub", "ar", "don", "l'a", "日", "т", "ти", "1", "12", "str", "o'n", "q",
        "zz",
    ]

    private static func text(_ random: inout SeededRandom, words: ClosedRange<Int>) -> String {
        (0..<Int.random(in: words, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
            .joined(separator: random.chance(percent: 10) ? ", " : " ")
    }

    private static func condition(_ random: inout SeededRandom) -> String {
        let begun = beginnings.randomElement(using: &random) ?? "t"
        switch Int.random(in: 0..<8, using: &random) {
        case 0: return "subject:\(begun)*"
        case 1: return "from:\(begun)*"
        case 2: return "\"\(pieces.randomElement(using: &random) ?? "on") \(begun)\"*"
        case 3: return "subject:\"on \(begun)\"*"
        case 4: return "-\(begun)*"
        case 5: return pieces.filter { !$0.isEmpty }.randomElement(using: &random).map { "\"\($0)\"" } ?? "*"
        default: return "\(begun)*"
        }
    }

    static func fixture(_ random: inout SeededRandom, messages: Int) async throws -> IndexFixture {
        let fixture = try IndexFixture()
        for number in 0..<messages {
            let document = MessageDocument.sample(
                text(&random, words: 0...4), body: text(&random, words: 0...12), id: "\(number)@example.org",
                references: number > 0 && random.chance(percent: 30) ? ["\(number - 1)@example.org"] : [],
                fromName: random.chance(percent: 50) ? text(&random, words: 1...2) : nil,
                date: -Int64.random(in: 0...40_000, using: &random))
            try await fixture.add(document, fixture.place(UInt32(number + 1)))
        }
        return fixture
    }

    @Test("are found by reading as by the text index")
    func asByTheIndex() async throws {
        var random = SeededRandom.announced("words begun")
        let fixture = try await Self.fixture(&random, messages: 60)
        for _ in 0..<400 {
            let text = (0..<Int.random(in: 1...3, using: &random)).map { _ in Self.condition(&random) }
                .joined(separator: " ")
            let query = try IndexFixture.query(text)
            var options = SearchOptions(
                limit: Int.random(in: 1...30, using: &random),
                offset: random.chance(percent: 30) ? Int.random(in: 0...9, using: &random) : 0,
                sort: random.chance(percent: 30) ? .oldest : .newest, threads: random.chance(percent: 30))
            let joined = try fixture.store.search(query, options: options).hits.map(\.email.id)
            options.countsTotal = false
            let read = try fixture.store.search(query, options: options).hits.map(\.email.id)
            #expect(read == joined, "\(text) \(options)")
        }
    }

    @Test("are left to the text index where they are rare")
    func rare() async throws {
        let fixture = try IndexFixture()
        try await fixture.add(.sample("old", body: "zebra", date: -100_000), fixture.place(1))
        let long = String(repeating: "nothing of the kind. ", count: BegunWords.leastBudget / 20 / 3)
        for number in 2...5 {
            try await fixture.add(
                .sample("long \(number)", body: long, date: -Int64(number)), fixture.place(UInt32(number)))
        }
        let query = try IndexFixture.query("ze*")
        let spent = try fixture.store.read { database -> Bool in
            var begun = try #require(try BegunWords(query, database, fixture.store.dictionaries))
            var hits = try DateOrderedHits(database, begun.rest, isAscending: false)
            defer { hits.end() }
            while let hit = try hits.next() {
                if try begun.stand(in: hit.id) { return false } else if begun.isSpent { return true }
            }
            return false
        }
        #expect(spent)
        let found = try fixture.store.search(query, options: SearchOptions(countsTotal: false))
        #expect(found.hits.map(\.email.subject) == ["old"])
    }

    @Test("of scripts that are indexed in pairs, and longer ones, are the text index's")
    func others() async throws {
        let fixture = try IndexFixture()
        try await fixture.add(.sample("日本", body: "boat"), fixture.place(1))
        for text in ["日*", "boat", "boat*", "th* OR bo*", "-bo*"] {
            let isBegun = try fixture.store.read {
                try BegunWords(IndexFixture.query(text), $0, fixture.store.dictionaries) != nil
            }
            #expect(!isBegun, "\(text)")
        }
    }
}
