import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// Our segments among FTS5's: in one index, in one transaction.
@Suite("Writing to the text index")
struct TextIndexWriterTests {
    private struct Failure: Error {}

    /// A text index that FTS5 alone writes, in the same way.
    private struct Twin {
        let own: IndexFixture
        let other: IndexFixture

        func compare(_ texts: [Int64: IndexedText]) throws {
            try own.checkText()
            let (found, expected) = (Set(try own.instances()), Set(try other.instances()))
            #expect(found.subtracting(expected).sorted().prefix(5) == [])
            #expect(expected.subtracting(found).sorted().prefix(5) == [])
            for table in ["message_text_docsize"] { #expect(try own.rows(table) == other.rows(table)) }
            let averages = "SELECT quote(block) FROM message_text_data WHERE id = 1"
            #expect(try own.store.read { try $0.texts(averages) } == other.store.read { try $0.texts(averages) })
            #expect(try own.rows("message_text_docsize").count == texts.count)
            for query in ["the", "\"the invoice\"", "invoice NOT running", "subject : pre*"] {
                #expect(try own.matches(query) == other.matches(query))
            }
        }
    }

    @Test(
        "what comes, goes, comes back, is merged and rolled back is what FTS5 alone would hold",
        arguments: [300, 600, nil])
    func mixed(_ pageSize: Int64?) throws {
        var random = SeededRandom.announced("a text index with leaves of \(pageSize ?? 4_050) octets")
        let twin = Twin(own: try IndexFixture(), other: try IndexFixture())
        for fixture in [twin.own, twin.other] {
            if let pageSize { try fixture.setText("pgsz", pageSize) }
        }
        var made = RandomTexts()
        let stock = (0..<200).map { _ in made.make(&random, words: 12) }
        let others = stock.map { IndexedText(id: $0.id, columns: made.make(&random, words: 12).columns) }
        var present: [Int64: IndexedText] = [:]
        for round in 0..<120 {
            var after = present
            var steps: [(isAdded: Bool, text: IndexedText)] = []
            for _ in 0..<Int.random(in: 0...(random.chance(percent: 20) ? 60 : 6), using: &random) {
                let index = Int.random(in: 0..<stock.count, using: &random)
                let id = stock[index].id
                if let known = after.removeValue(forKey: id) {
                    steps.append((false, known))
                    guard random.chance(percent: 50) else { continue }
                }
                let text = random.chance(percent: 50) ? stock[index] : others[index]
                after[id] = text
                steps.append((true, text))
            }
            let fails = random.chance(percent: 10)
            let merges = random.chance(percent: 10)
            do {
                try twin.own.store.requireWriter().writeNow { session in
                    for step in steps {
                        if step.isAdded {
                            try session.texts.add(step.text)
                        } else {
                            try session.texts.remove(step.text)
                        }
                        // Whatever opens a savepoint has FTS5 write what it holds.
                        if random.chance(percent: 5) { try session.database.execute("SAVEPOINT a; RELEASE a") }
                        if random.chance(percent: 3) { try session.texts.write() }
                        if random.chance(percent: 3) {
                            _ = try session.database.integers(
                                "SELECT rowid FROM message_text WHERE message_text MATCH 'the'")
                        }
                    }
                    try session.texts.write()
                    if fails { throw Failure() }
                }
            } catch let error as IndexError where fails {
                _ = error
            }
            if !fails {
                try twin.other.withFTS5 { database in
                    for step in steps {
                        if step.isAdded {
                            try database.insertText(step.text)
                        } else {
                            try database.deleteText(step.text)
                        }
                    }
                }
                present = after
            }
            // Whole ones: of merges done in pieces, FTS5 itself may lose what was taken out (seen with SQLite 3.40.1).
            if merges { _ = try twin.own.store.maintain(pages: 1_000_000) }
            if random.chance(percent: 2) {
                try twin.own.withFTS5 { try $0.execute("INSERT INTO message_text (message_text) VALUES ('optimize')") }
            }
            if random.chance(percent: 3) { try twin.own.reopen() }
            if round % 20 == 19 { try twin.compare(present) }
        }
        try twin.compare(present)
        for (_, text) in present.sorted(by: { $0.key < $1.key }) {
            try twin.own.withTexts { try $0.remove(text) }
            try twin.other.withFTS5 { try $0.deleteText(text) }
        }
        try twin.compare([:])
        #expect(try twin.own.instances().isEmpty)
    }

    @Test("many small transactions leave few segments, as FTS5's own do")
    func merging() throws {
        var random = SeededRandom.announced("many small segments")
        let twin = Twin(own: try IndexFixture(), other: try IndexFixture())
        var made = RandomTexts()
        var texts: [Int64: IndexedText] = [:]
        var most = 0
        for _ in 0..<300 {
            let text = made.make(&random, words: 20)
            texts[text.id] = text
            try twin.own.withTexts { try $0.add(text) }
            try twin.other.withFTS5 { try $0.insertText(text) }
            let structure = try #require(try twin.own.structure())
            most = max(most, structure.levels.map(\.segments.count).max() ?? 0)
        }
        // After a merge, segments of the level above may come down beside it.
        #expect(most < 2 * TextStructure.crisisSegments)
        try twin.compare(texts)
    }

    @Test("a transaction that changes one text again and again leaves few segments")
    func changing() throws {
        let fixture = try IndexFixture()
        func text(_ number: Int) -> IndexedText {
            IndexedText(id: Int64(number % 3), columns: ["word\(number)", "", "", "", "", "", ""])
        }
        try fixture.withTexts { writer in
            for number in 0..<300 {
                if number > 2 { try writer.remove(text(number - 3)) }
                try writer.add(text(number))
            }
        }
        let structure = try #require(try fixture.structure())
        #expect(structure.levels.reduce(0) { $0 + $1.segments.count } < 3 * TextStructure.crisisSegments)
        #expect(try fixture.instances().map { $0.split(separator: " ")[0] } == ["word297", "word298", "word299"])
        try fixture.checkText()
    }

    @Test("a reader sees what was committed, before and after")
    func readers() throws {
        let fixture = try IndexFixture()
        let reader = try fixture.reader()
        func found() throws -> Int64 {
            try reader.read { database in
                try database.integer("SELECT count(*) FROM message_text WHERE message_text MATCH 'word'") ?? -1
            }
        }
        var random = SeededRandom.announced("a reader beside the writer")
        for round in 1...40 {
            let count = Int.random(in: 1...20, using: &random)
            let before = try found()
            try fixture.withTexts { writer in
                for number in 0..<count {
                    try writer.add(
                        IndexedText(
                            id: Int64(round * 100 + number), columns: ["word \(number)", "", "", "", "", "", ""]))
                }
                #expect(try found() == before)
                try writer.write()
                #expect(try found() == before)
            }
            #expect(try found() == before + Int64(count))
        }
        try reader.close()
    }

    @Test("what is taken out and put in again in one transaction is there once, as it was put in last")
    func again() throws {
        let fixture = try IndexFixture()
        func text(_ body: String) -> IndexedText { IndexedText(id: 5, columns: [body, "", "", "", "", "", ""]) }
        try fixture.withTexts { writer in
            try writer.add(text("first common"))
            try writer.remove(text("first common"))
            try writer.add(text("second common"))
            try writer.remove(text("second common"))
            try writer.add(text("third common"))
        }
        #expect(try fixture.instances().map { $0.split(separator: " ")[0] } == ["common", "third"])
        #expect(try fixture.matches("common") == [5])
        #expect(try fixture.matches("first OR second") == [])
        try fixture.checkText()
    }

    @Test("a structure that is not understood leaves the work to FTS5")
    func unknownStructure() throws {
        let fixture = try IndexFixture()
        let text = IndexedText(id: 5, columns: ["word", "", "", "", "", "", ""])
        // FTS5 reads over what follows the last segment; a record with more in it is none that is known here.
        try fixture.withFTS5 {
            try $0.execute("UPDATE message_text_data SET block = CAST(block || x'00' AS BLOB) WHERE id = 10")
        }
        #expect(try fixture.structure() == nil)
        try fixture.withTexts { try $0.add(text) }
        #expect(try fixture.matches("word") == [5])
        #expect(try fixture.structure()?.levels.first?.segments.count == 1)
        try fixture.checkText()
    }

    @Test("a structure that FTS5 can't read either is one clear error, and nothing is written")
    func brokenStructure() throws {
        let fixture = try IndexFixture()
        try fixture.withTexts { try $0.add(IndexedText(id: 1, columns: ["word", "", "", "", "", "", ""])) }
        func setStructure(_ record: String) throws {
            try fixture.store.requireWriter().maintain {
                try $0.execute("UPDATE message_text_data SET block = \(record) WHERE id = 10")
            }
        }
        let good = try #require(
            try fixture.store.read { try $0.texts("SELECT quote(block) FROM message_text_data WHERE id = 10") }.first)
        for broken in ["x'00000000FF000001'", "x'0000000101'", "x'000000000101010001010905'"] {
            let kept = try fixture.rows("message_text_docsize")
            try setStructure(broken)
            try fixture.reopen()
            let error = #expect(throws: IndexError.self) {
                try fixture.withTexts { try $0.add(IndexedText(id: 2, columns: ["word", "", "", "", "", "", ""])) }
            }
            #expect(error?.code == .damaged, "\(broken): \(error?.message ?? "")")
            #expect(try fixture.rows("message_text_docsize") == kept)
        }
        try setStructure(good)
        try fixture.reopen()
        try fixture.withTexts { try $0.add(IndexedText(id: 3, columns: ["word", "", "", "", "", "", ""])) }
        #expect(try fixture.matches("word") == [3, 1])
    }
}
