import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// What the lists tell, beside what FTS5 finds.
@Suite("Reading the text index's lists")
struct TextFinderTests {
    /// Words as they come, and queries of them.
    private struct Queries {
        private static let words = [
            "the", "invoice", "running", "o'neill", "l'arbre", "ana@example.org", "inv-2024/0071", "strasse",
            "angstrom",
            "会議", "発", "发票", "договоры", "fine", "zzznothing", "w00", "x",
        ]
        private static let fields = ["subject:", "from:", "to:", "body:", "attachment:"]

        private static func word(_ random: inout SeededRandom) -> String {
            words[Int.random(in: 0..<words.count, using: &random)]
        }

        private static func phrase(_ random: inout SeededRandom) -> String {
            let field = random.chance(percent: 25) ? fields[Int.random(in: 0..<fields.count, using: &random)] : ""
            if random.chance(percent: 40) {
                let several = (0..<Int.random(in: 2...3, using: &random)).map { _ in word(&random) }
                return "\(field)\"\(several.joined(separator: " "))\"" + (random.chance(percent: 30) ? "*" : "")
            }
            let only = word(&random)
            if random.chance(percent: 30), only.unicodeScalars.allSatisfy({ $0.isASCII && $0 != "@" && $0 != "/" }) {
                return field + only.prefix(Int.random(in: 1...4, using: &random)) + "*"
            }
            return field + "\"\(only)\""
        }

        static func make(_ random: inout SeededRandom) -> String {
            var query = phrase(&random)
            for _ in 0..<Int.random(in: 0...2, using: &random) {
                let joint = [" ", " OR ", " -"][Int.random(in: 0..<3, using: &random)]
                query += joint + phrase(&random)
            }
            return query
        }
    }

    /// The best by the lists and by FTS5's bm25, to the last bit.
    private func compare(
        _ ranking: TextRanking, _ expression: String, _ database: SQLiteDatabase, _ text: String
    ) throws {
        func favour(_ id: Int64) -> Double { 1 + Double(id % 7) / 8 }
        let weights = SearchRun.weights.map(\.description).joined(separator: ", ")
        var expected: [(id: Int64, score: Double)] = []
        try SQLStatement(
            database, "SELECT rowid, bm25(message_text, \(weights)) FROM message_text WHERE message_text MATCH ?",
            [.text(expression)]
        ).forEachRow { expected.append(($0.integer(0), -$0.double(1) * favour($0.integer(0)))) }
        expected.sort { $0.score != $1.score ? $0.score > $1.score : $0.id > $1.id }
        #expect(ranking.count == expected.count, "\(text)")
        for count in [1, 3, max(expected.count / 2, 1), expected.count + 1] {
            let best = try ranking.best(count, favour: favour)
            let isSame = best.elementsEqual(expected.prefix(count)) { $0 == $1 }
            #expect(isSame, "\(text)")
        }
    }

    /// Asks both; how many queries the lists were asked.
    private func compare(_ fixture: IndexFixture, _ queries: [String]) throws -> Int {
        var asked = 0
        try fixture.store.read { database in
            for text in queries {
                let query = try QueryParser.parse(text, context: .local())
                let compiled = try QueryCompiler.compile(query, in: database)
                guard compiled.condition == nil, !compiled.isEmpty else { continue }
                let expression = try #require(compiled.text)
                let plan = try #require(TextPlan(query, stemmers: try Stemming.stemmers(in: database)))
                let finder = try #require(try TextFinder(database))
                let expected = try database.integers(
                    "SELECT rowid FROM message_text WHERE message_text MATCH ? ORDER BY rowid DESC", .text(expression))
                let found = try finder.documents(plan)
                var cursor = found.cursor(isAscending: false)
                var ids: [Int64] = []
                while let id = cursor.next() { ids.append(id) }
                #expect(ids == expected, "\(text)")
                #expect(found.count == expected.count, "\(text)")
                #expect(try finder.count(plan) == expected.count, "\(text)")
                if case .phrase(.all, let terms, false) = plan, terms.count == 1,
                    let few = try ShortList.documents(terms[0], database)
                {
                    #expect(few == expected, "\(text)")
                }
                if let ranking = try finder.ranking(plan, columns: SearchRun.weights, database) {
                    try compare(ranking, expression, database, text)
                } else {
                    #expect(plan.hasPrefix || plan.phrases == nil, "\(text)")
                }
                let newest =
                    if let phrase = plan.phrase {
                        try finder.newest(ofPhrase: phrase.terms, phrase.columns, share: 0, fewestLeaves: 1)
                    } else if let beginning = plan.beginning {
                        finder.newest(ofBeginning: beginning, messages: 0, fewestMessages: 1) { place in
                            try database.integer(
                                "SELECT id FROM message_text_docsize ORDER BY id DESC LIMIT 1 OFFSET ?",
                                .integer(Int64(place)))
                        }
                    } else {
                        NewestHits?.none
                    }
                if let newest {
                    var ids: [Int64] = []
                    while let id = try newest.next() { ids.append(id) }
                    #expect(ids == expected, "\(text)")
                }
                asked += 1
            }
        }
        return asked
    }

    @Test(
        "as FTS5 finds them, whatever came, went, came back and was merged",
        arguments: [300, 600, nil])
    func mixed(_ pageSize: Int64?) throws {
        var random = SeededRandom.announced("lists on leaves of \(pageSize ?? 8_164) octets")
        let fixture = try IndexFixture()
        if let pageSize { try fixture.setText("pgsz", pageSize) }
        var texts = ChangingTexts(&random)
        var asked = 0
        for round in 0..<60 {
            try texts.change(fixture, usually: 8, &random)
            // Pieces of merges too: words then stand in two segments at once, the beginning of the alphabet in one.
            if random.chance(percent: 20) {
                _ = try fixture.store.maintain(pages: Int.random(in: 1...40, using: &random))
            }
            if random.chance(percent: 3) {
                try fixture.withFTS5 { try $0.execute("INSERT INTO message_text (message_text) VALUES ('optimize')") }
            }
            if round % 6 == 5 { asked += try compare(fixture, (0..<40).map { _ in Queries.make(&random) }) }
        }
        #expect(asked > 200)
    }

    @Test("a list over many leaves, and positions over many leaves")
    func long() throws {
        var random = SeededRandom.announced("long lists")
        let fixture = try IndexFixture()
        try fixture.setText("pgsz", 64)
        try fixture.withTexts { writer in
            for id in 1...400 {
                let words = (0..<Int.random(in: 1...200, using: &random)).map { _ in
                    ["a", "b", "b", "b", "c"][Int.random(in: 0..<5, using: &random)]
                }
                let text = words.joined(separator: " ")
                try writer.add(
                    IndexedText(id: Int64(id) * 977, columns: [text, "a", id % 3 == 0 ? "b a" : "", "", "", "", "c b"]))
            }
        }
        let queries = [
            "a", "\"a b\"", "\"b b b b b\"", "\"c c c c\"", "from:b", "from:\"b a\"", "\"a c\"*", "b* -\"b c b\"*",
        ]
        #expect(try compare(fixture, queries) == queries.count)
    }

    @Test("stems count as words do")
    func stems() throws {
        let fixture = try IndexFixture()
        try fixture.store.setLanguages(["english"])
        try fixture.withTexts { writer in
            for (id, text) in ["running late", "he runs", "a run", "runner", "nothing"].enumerated() {
                try writer.add(IndexedText(id: Int64(id) + 1, columns: [text, "", "", "", "", "", ""]))
            }
        }
        #expect(try compare(fixture, ["running", "run", "\"running\"", "run late", "run*"]) == 5)
        let total = try fixture.store.read { database in
            let query = try QueryParser.parse("running", context: .local())
            let plan = try #require(TextPlan(query, stemmers: try Stemming.stemmers(in: database)))
            return try #require(try TextFinder(database)).documents(plan).count
        }
        #expect(total == 3)
    }

    @Test("octets that are no text index are refused, or read as something, but never read past their end")
    func damaged() throws {
        var random = SeededRandom.announced("damaged leaves")
        let fixture = try IndexFixture()
        try fixture.setText("pgsz", 200)
        var made = RandomTexts()
        try fixture.withTexts { writer in for _ in 0..<200 { try writer.add(made.make(&random, words: 30)) } }
        let rows = try fixture.store.read { try $0.integers("SELECT id FROM message_text_data WHERE id > 10") }
        var refused = 0
        for _ in 0..<600 {
            let row = rows[Int.random(in: 0..<rows.count, using: &random)]
            var leaf = try fixture.store.read { database in
                let statement = try SQLStatement(
                    database, "SELECT block FROM message_text_data WHERE id = ?", [.integer(row)])
                defer { statement.reset() }
                return try statement.step() ? statement.blob(0) : []
            }
            let whole = leaf
            for _ in 0..<Int.random(in: 1...4, using: &random) where !leaf.isEmpty {
                leaf[Int.random(in: 0..<leaf.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if random.chance(percent: 20) { leaf.removeLast(Int.random(in: 0...leaf.count, using: &random)) }
            func put(_ bytes: [UInt8]) throws {
                try fixture.withFTS5 { database in
                    try SQLStatement(
                        database, "UPDATE message_text_data SET block = ? WHERE id = ?", [.blob(bytes), .integer(row)]
                    ).run()
                }
            }
            try put(leaf)
            for text in ["the", "subject:the", "\"the invoice\"", "i*", "\"the i\"*"] {
                let query = try QueryParser.parse(text, context: .local())
                let plan = try #require(TextPlan(query, stemmers: []))
                let isRefused = try fixture.store.read { database in
                    do {
                        if case .phrase(.all, let terms, false) = plan, terms.count == 1 {
                            _ = try ShortList.documents(terms[0], database)
                        }
                        _ = try TextFinder(database)?.documents(plan)
                        return false
                    } catch is UnreadableTextIndex {
                        return true
                    }
                }
                if isRefused { refused += 1 }
            }
            try put(whole)
        }
        #expect(refused > 0)
    }
}
