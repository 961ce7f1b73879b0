import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// Words of which an index has few, without FTS5. That what is told is what FTS5 finds, whatever came, went and was merged, is
/// held by ``TextFinderTests``.
@Suite("Words of which an index has few")
struct ShortListTests {
    private func documents(_ word: String, _ fixture: IndexFixture) throws -> [Int64]? {
        try fixture.store.read { try ShortList.documents(Array("0\(word)".utf8), $0) }
    }

    private func add(_ texts: [(id: Int64, text: String)], to fixture: IndexFixture) throws {
        try fixture.withTexts { writer in
            for (id, text) in texts {
                try writer.add(IndexedText(id: id, columns: [text, "", "", "", "", "", ""]))
            }
        }
    }

    @Test("they are told from all segments, the newest first")
    func told() throws {
        let fixture = try IndexFixture()
        #expect(try documents("rare", fixture) == [])
        try add([(5, "a rare word"), (9, "rarely a"), (7, "a rare, rare one")], to: fixture)
        try add([(3, "rare"), (8, "zebra")], to: fixture)
        #expect(try documents("rare", fixture) == [7, 5, 3])
        #expect(try documents("rar", fixture) == [])
        #expect(try documents("rarer", fixture) == [])
        #expect(try documents("zebra", fixture) == [8])
        #expect(try documents("zz", fixture) == [])
        #expect(try documents("a", fixture) == [9, 7, 5])
    }

    @Test("what was taken out, is long, in many segments or in another form is left to others")
    func left() throws {
        let fixture = try IndexFixture()
        try fixture.setText("pgsz", 64)
        try add((1...40).map { ($0, $0 == 20 ? "many single" : "many") }, to: fixture)
        #expect(try documents("many", fixture) == nil)
        #expect(try documents("single", fixture) == [20])
        try fixture.withTexts { writer in
            try writer.remove(IndexedText(id: 20, columns: ["many single", "", "", "", "", "", ""]))
        }
        #expect(try documents("single", fixture) == nil)
        #expect(try documents("none", fixture) == [])
        try fixture.withFTS5 { try $0.execute("UPDATE message_text_config SET v = 5 WHERE k = 'version'") }
        #expect(try documents("none", fixture) == nil)
        try fixture.withFTS5 { try $0.execute("UPDATE message_text_config SET v = 4 WHERE k = 'version'") }
        for id in 100..<108 as Range<Int64> { try add([(id, "later")], to: fixture) }
        #expect(try documents("later", fixture) == nil)
    }

    @Test("a search for one finds the same as by FTS5, in any order, on any page")
    func searched() async throws {
        var random = SeededRandom.announced("searches for words of which there are few")
        let fixture = try IndexFixture()
        for batch in 0..<2 {
            let additions = (1...40).map { number in
                PlacedDocument(
                    document: .sample(
                        "\(batch) \(number)", body: random.chance(percent: 40) ? "wanted" : "other",
                        date: -Int64.random(in: 0...4_000, using: &random)),
                    place: fixture.place(UInt32(batch * 40 + number)))
            }
            try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
        }
        #expect(try documents("wanted", fixture)?.isEmpty == false)
        for sort in [SearchOptions.Sort.newest, .oldest] {
            for (limit, offset) in [(nil, 0), (5, 0), (5, 3), (0, 0), (100, 20)] as [(Int?, Int)] {
                for threads in [false, true] {
                    var options = SearchOptions(limit: limit, offset: offset, sort: sort, threads: threads)
                    options.countsTotal = false
                    func ids(_ query: String) throws -> [EmailID] {
                        try fixture.store.search(IndexFixture.query(query), options: options).hits.map(\.email.id)
                    }
                    // What asks for more than a word is asked of FTS5.
                    #expect(try ids("wanted") == ids("wanted date:1970..2100"))
                    #expect(try limit == 0 || !ids("wanted").isEmpty)
                }
            }
        }
    }

    @Test("a word is sought on a leaf as if it were gone through word by word")
    func sought() throws {
        var random = SeededRandom.announced("words on leaves")
        let fixture = try IndexFixture()
        try fixture.setText("pgsz", 400)
        func word() -> String {
            String((0..<Int.random(in: 1...4, using: &random)).map { _ in "abc".randomElement(using: &random) ?? "a" })
        }
        for start in [Int64(0), 1_000] {
            try add((1...60).map { (start + $0, (0..<5).map { _ in word() }.joined(separator: " ")) }, to: fixture)
        }
        let leaves = try fixture.store.read { database in
            try database.integers("SELECT id FROM message_text_data WHERE id > 10").compactMap {
                try TextIndexReader.block($0, database)
            }
        }
        var (begun, behind, none) = (0, 0, 0)
        for leaf in leaves where leaf.count > 4 {
            try (leaf + [UInt8](repeating: 0, count: LeafReader.padding)).withUnsafeBufferPointer { bytes in
                let start = LeafReader.Leaf(bytes: try #require(bytes.baseAddress), count: leaf.count)
                for _ in 0..<40 {
                    let sought = Array("0\(word())".utf8)
                    var (one, other) = (try LeafWords(start), try LeafWords(start))
                    var (word, same): ([UInt8], [UInt8]) = ([], [])
                    var isThere = try one.next(&word)
                    while isThere, word.lexicographicallyPrecedes(sought) { isThere = try one.next(&word) }
                    let answer = try other.seek(sought, &same)
                    #expect(answer == (isThere ? word.starts(with: sought) : nil))
                    switch answer {
                    case true?:
                        #expect(same == word && one.offset == other.offset && one.end == other.end)
                        begun += 1
                    case false?: behind += 1
                    case nil: none += 1
                    }
                }
            }
        }
        #expect(begun > 0 && behind > 0 && none > 0)
    }
}
