import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// What upkeep has counted, beside what FTS5 counts.
@Suite("Counting common words ahead")
struct TextCountsTests {
    private static let words = [
        "the", "invoice", "running", "o'neill", "neill", "l'arbre", "arbre", "ana", "ana@example.org", "example",
        "strasse", "angstrom", "会議", "会", "发票", "fine", "don't", "inv", "2024", "zzznothing", "w00", "x",
    ]

    /// All words, their beginnings, and pairs of them.
    private static func queries(_ random: inout SeededRandom) -> [String] {
        func word() -> String { words[Int.random(in: 0..<words.count, using: &random)] }
        let beginnings = words.filter { word in word.unicodeScalars.allSatisfy { $0.properties.isAlphabetic } }
            .map { String($0.prefix(Int.random(in: 1...3, using: &random))) + "*" }
        return words.map { "\"\($0)\"" } + beginnings + (0..<40).map { _ in "\"\(word()) \(word())\"" }
    }

    private struct Asked {
        var words = 0
        var beginnings = 0
        var pairs = 0
        var known = 0
    }

    private func compare(_ fixture: IndexFixture, _ queries: [String], _ limits: TextCountLimits, _ asked: inout Asked)
        throws
    {
        try fixture.store.read { database in
            guard let counts = try TextCounts(database) else { return }
            for text in queries {
                let query = try QueryParser.parse(text, context: .local())
                let compiled = try QueryCompiler.compile(query, in: database)
                let plan = try #require(TextPlan(query, stemmers: []))
                let expression = try #require(compiled.text)
                guard let count = try counts.count(plan, mostRemovals: limits.mostRemovals) else { continue }
                let expected = try database.integer(
                    "SELECT count(*) FROM message_text WHERE message_text MATCH ?", .text(expression))
                #expect(Int64(count) == expected, "\(text)")
                asked.known += 1
                if plan.hasPrefix {
                    asked.beginnings += 1
                } else if plan.isWord {
                    asked.words += 1
                } else {
                    asked.pairs += 1
                }
            }
        }
    }

    private static let limits = {
        var limits = TextCountLimits()
        (limits.fewestPages, limits.fewestDocuments, limits.smallestPart) = (8, 2, 8)
        return limits
    }()

    @Test("as FTS5 counts them, whatever came, went, came back and was merged", arguments: [300, 600])
    func mixed(_ pageSize: Int64) throws {
        var random = SeededRandom.announced("counts on leaves of \(pageSize) octets")
        let fixture = try IndexFixture()
        try fixture.setText("pgsz", pageSize)
        var texts = ChangingTexts(&random)
        var asked = Asked()
        var counted = 0
        for round in 0..<90 {
            var limits = Self.limits
            limits.mostRemovals = random.chance(percent: 70) ? 1_000 : 4
            limits.mostPaired = random.chance(percent: 50) ? 10_000 : 6
            try texts.change(fixture, usually: 6, &random)
            if random.chance(percent: 15) {
                let pages = Int.random(in: 1...40, using: &random)
                repeat {} while try fixture.store.maintain(pages: pages) && random.chance(percent: 80)
            }
            if random.chance(percent: 25), try fixture.store.countText(limits) { counted += 1 }
            if random.chance(percent: 4) { try fixture.store.rebuildTextAsWriter(texts.present.values) }
            if round % 3 == 2 { try compare(fixture, Self.queries(&random), limits, &asked) }
        }
        #expect(counted > 3)
        #expect(min(asked.words, asked.beginnings, asked.pairs) > 10, "\(asked)")
    }

    @Test("several segments, in which documents were taken out and came back")
    func severalSegments() throws {
        var random = SeededRandom.announced("counts of several segments")
        let fixture = try IndexFixture()
        try fixture.setText("pgsz", 300)
        var made = RandomTexts()
        var texts: [IndexedText] = []
        var asked = Asked()
        for _ in 0..<6 {
            // What FTS5 takes out and what is put in become segments of their own.
            let gone = texts.indices.filter { _ in random.chance(percent: 10) }
            try fixture.withTexts { writer in
                for index in gone { try writer.remove(texts[index]) }
            }
            try fixture.withTexts { writer in
                for index in gone {
                    texts[index].columns = made.make(&random, words: 40).columns
                    try writer.add(texts[index])
                }
                for _ in 0..<60 {
                    let text = made.make(&random, words: 40)
                    texts.append(text)
                    try writer.add(text)
                }
            }
        }
        var limits = Self.limits
        (limits.smallestPart, limits.mostRemovals) = (1_000, 100)
        #expect(try fixture.store.countText(limits))
        let segments = try fixture.store.read { try CountedSegments.kept(in: $0) }
        #expect((segments?.segments.count ?? 0) > 3)
        try compare(fixture, Self.queries(&random), limits, &asked)
        try fixture.withTexts { writer in
            for text in texts.prefix(30) { try writer.remove(text) }
            for text in texts.prefix(10) { try writer.add(text) }
        }
        try compare(fixture, Self.queries(&random), limits, &asked)
        #expect(min(asked.words, asked.beginnings, asked.pairs) > 20, "\(asked)")
    }

    @Test("a document is found in a list of many leaves, and not where it isn't")
    func oneDocument() throws {
        var random = SeededRandom.announced("one document of a list")
        let fixture = try IndexFixture()
        try fixture.setText("pgsz", 64)
        var ids: Set<Int64> = []
        try fixture.withTexts { writer in
            for id in 1...600 where random.chance(percent: 60) {
                ids.insert(Int64(id))
                let long = String(repeating: "b ", count: random.chance(percent: 2) ? 400 : 3)
                try writer.add(
                    IndexedText(
                        id: Int64(id), columns: ["a \(long)\(id % 7 == 0 ? "c" : "d")"] + Array(repeating: "", count: 6)
                    ))
            }
        }
        try fixture.store.read { database in
            let reader = try #require(try TextIndexReader(database))
            #expect(reader.segmentCount == 1)
            for word in ["a", "b", "c", "d", "e"] {
                for id in Int64(0)...602 {
                    let isThere = word != "e" && ids.contains(id) && (word < "c" || (id % 7 == 0) == (word == "c"))
                    let cursor = try reader.cursor(0, [TextIndexReader.mainIndex] + word.utf8, at: id)
                    #expect((cursor?.id == id) == isThere, "\(word) \(id)")
                    #expect(((cursor?.length ?? 0) > 0) == isThere)
                }
            }
        }
    }

    @Test("is due where nothing is counted, where much came since or much went, and not else")
    func due() throws {
        var random = SeededRandom.announced("when counting is due")
        let fixture = try IndexFixture()
        try fixture.setText("pgsz", 300)
        var limits = Self.limits
        limits.fewestPages = 1_000_000
        var made = RandomTexts()
        let texts = (0..<200).map { _ in made.make(&random) }
        try fixture.withTexts { writer in for text in texts { try writer.add(text) } }
        #expect(try !fixture.store.countText(limits), "too small")
        limits = Self.limits
        #expect(try !fixture.store.countText(limits) { true }, "cancelled")
        #expect(try fixture.store.read { try TextCounts($0) } == nil)
        #expect(try fixture.store.countText(limits))
        #expect(try fixture.store.read { try TextCounts($0) } != nil)
        #expect(try !fixture.store.countText(limits), "nothing changed")
        limits.mostRemovals = 8
        try fixture.withTexts { writer in for text in texts.prefix(4) { try writer.remove(text) } }
        #expect(try !fixture.store.countText(limits), "few were taken out")
        try fixture.withTexts { writer in try writer.remove(texts[4]) }
        #expect(try fixture.store.countText(limits), "many were taken out")
        #expect(try !fixture.store.countText(limits))
        try fixture.withTexts { writer in for _ in 0..<200 { try writer.add(made.make(&random)) } }
        #expect(try fixture.store.countText(limits), "much has come")
        #expect(try !fixture.store.countText(limits))
        try fixture.store.rebuildText()
        #expect(try fixture.store.read { try TextCounts($0) } == nil)
    }

    @Test("what names the counted segments is read as it was written, and nothing else is")
    func names() throws {
        let text = "12\n1 2 3\n4 5 4294967295"
        #expect(CountedSegments(text: text)?.text == text)
        #expect(CountedSegments(text: "\n1 2 3")?.fewestOfPaired == nil)
        #expect(CountedSegments(text: "\n1 2 3")?.segments.count == 1)
        for other in ["x\n1 2 3", "1\n1 2", "1\n1 2 3 4", "1\n1 2 -3", "1\n1 2 4294967296", "1\n1 a 3"] {
            #expect(CountedSegments(text: other) == nil, "\(other)")
        }
    }

    @Test("pairs are counted once a document, as many as there are")
    func pairs() {
        var random = SeededRandom.announced("a table of pairs")
        var table = PairTable()
        var expected: [[UInt32]: Set<UInt32>] = [:]
        for document in UInt32(1)...300 {
            for _ in 0..<100 {
                let pair = [UInt32.random(in: 0..<300, using: &random), UInt32.random(in: 0..<300, using: &random)]
                table.add(pair[0], pair[1], in: document)
                expected[pair, default: []].insert(document)
            }
        }
        let found = Dictionary(uniqueKeysWithValues: table.elements.map { ([$0.first, $0.second], Int($0.documents)) })
        #expect(found == expected.mapValues(\.count))
    }
}

extension IndexStore {
    /// All texts anew, as `rebuildText` does where the texts stand in documents.
    fileprivate func rebuildTextAsWriter(_ texts: some Sequence<IndexedText>) throws {
        try requireWriter().writeNow { session in
            try TextCountsWriter.forget(in: session.database)
            try session.database.execute("INSERT INTO message_text (message_text) VALUES ('delete-all')")
            for text in texts { try session.database.insertText(text) }
        }
    }
}
