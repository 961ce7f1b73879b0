import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// A segment of our own making beside FTS5's of the same texts.
@Suite("Segments of the text index")
struct TextSegmentBuilderTests {
    private static let tables = ["message_text_data", "message_text_idx", "message_text_docsize"]
    private static let queries = [
        "the", "invoice AND running", "\"the invoice\"", "NEAR(the invoice, 3)", "pre*", "subject : the",
        "{from to} : ana",
        "body : ^the", "the NOT invoice", "会議", "\"договоры the\"", "w*",
    ]

    /// The same texts, put in by FTS5 and by ourselves, with leaves of this size.
    private func compare(
        _ texts: [IndexedText], shuffled: [IndexedText], pageSize: Int64?, languages: [String] = []
    ) throws {
        let own = try IndexFixture()
        let other = try IndexFixture()
        for fixture in [own, other] {
            try fixture.store.setLanguages(languages)
            if let pageSize { try fixture.setText("pgsz", pageSize) }
        }
        try own.withTexts { writer in for text in shuffled { try writer.add(text) } }
        try other.withFTS5 { database in for text in texts { try database.insertText(text) } }
        for table in Self.tables {
            let (found, expected) = (try own.rows(table), try other.rows(table))
            #expect(found == expected, "\(table), leaves of \(pageSize ?? 4_050) octets")
        }
        try own.checkText()
        let ids = texts.map(\.id)
        for query in Self.queries {
            let expected = try other.matches(query)
            #expect(try own.matches(query) == expected)
            guard ids.count > 3 else { continue }
            let range = ids[ids.count / 4]...ids[ids.count * 3 / 4]
            #expect(try own.matches(query, range) == expected.filter(range.contains))
        }
    }

    @Test(
        "are FTS5's, octet for octet: leaves of any size, long lists, their indexes",
        arguments: [32, 64, 111, 512, nil])
    func same(_ pageSize: Int64?) throws {
        var random = SeededRandom.announced("segments with leaves of \(pageSize ?? 4_050) octets")
        var made = RandomTexts(first: Int64.random(in: 0...1 << 40, using: &random))
        let texts = (0..<(pageSize == nil ? 3_000 : 300)).map { _ in made.make(&random) }
        try compare(texts, shuffled: texts, pageSize: pageSize)
    }

    @Test("have indexes of long lists that are trees themselves")
    func listIndexes() throws {
        var random = SeededRandom.announced("indexes of long lists")
        var made = RandomTexts()
        let texts = (0..<8_000).map { _ in
            var text = made.make(&random, words: 1)
            text.columns[0] = "everywhere " + (random.chance(percent: 20) ? "often" : "")
            text.columns[1] = ""
            return text
        }
        let own = try IndexFixture()
        let other = try IndexFixture()
        for fixture in [own, other] { try fixture.setText("pgsz", 40) }
        try own.withTexts { writer in for text in texts { try writer.add(text) } }
        try other.withFTS5 { database in for text in texts { try database.insertText(text) } }
        for table in Self.tables { #expect(try own.rows(table) == other.rows(table)) }
        let levels = try own.store.read { database in
            try database.integers(
                "SELECT DISTINCT id >> 31 & 31 FROM message_text_data WHERE id & 1 << 36 <> 0 AND id > 10")
        }
        #expect(levels.count > 2)
        try own.checkText()
        #expect(try own.matches("often", texts[4_000].id...texts[4_100].id).count < 102)
    }

    @Test("hold the stems of the index's languages")
    func stems() throws {
        var random = SeededRandom.announced("segments with stems")
        var made = RandomTexts()
        let texts = (0..<300).map { _ in made.make(&random) }
        try compare(texts, shuffled: texts, pageSize: 200, languages: ["english", "german", "russian"])
    }

    @Test("are the same in whatever order texts come")
    func anyOrder() throws {
        var random = SeededRandom.announced("texts in any order")
        var made = RandomTexts()
        let texts = (0..<400).map { _ in made.make(&random) }
        try compare(texts, shuffled: texts.shuffled(using: &random), pageSize: 128)
        // As several batches come: each in its order.
        try compare(
            texts,
            shuffled: texts.indices.filter { $0 % 3 == 1 }.map { texts[$0] }
                + texts.indices.filter { $0 % 3 != 1 }.map { texts[$0] }, pageSize: nil)
    }

    @Test("of texts without a word are none, and the texts are counted")
    func wordless() throws {
        let empty = IndexedText(id: 7, columns: Array(repeating: "", count: 7))
        let marks = IndexedText(id: 9, columns: Array(repeating: "\u{0}--\u{301}", count: 7))
        try compare([empty], shuffled: [empty], pageSize: nil)
        try compare([empty, marks], shuffled: [marks, empty], pageSize: nil)
    }

    @Test("of one document larger than a leaf's index and many columns")
    func largeDocument() throws {
        let words = (0..<60_000).map { String($0 % 700, radix: 36) }.joined(separator: " ")
        let text = IndexedText(id: 1 << 45, columns: Array(repeating: words, count: 7))
        try compare([text], shuffled: [text], pageSize: nil)
        try compare([text], shuffled: [text], pageSize: 50)
    }
}
