import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// FTS5's merge forgets at the end of a step that an older segment still has a text that was taken out.
@Suite("Merging the text index in steps")
struct TextMergeTests {
    private static let words = 600

    private static func text(_ id: Int, _ body: String) -> IndexedText {
        IndexedText(id: Int64(id), columns: [body] + Array(repeating: "", count: 6))
    }

    /// An index whose oldest and largest segment has some texts, each of one word that no other has, and others.
    private struct Texts {
        let fixture: IndexFixture
        let own = (1...words).map { text($0, "word\($0)") }
        let others = (0..<200).map { other in
            text(words + 1 + other, (0..<20).map { "other\(other)x\($0)" }.joined(separator: " "))
        }

        init() throws {
            fixture = try IndexFixture()
            try fixture.setText("pgsz", 300)
            try fixture.setText("usermerge", 3)
            try put(own[...])
            try put(others.prefix(100))
            try put(others.suffix(100))
            try merge(1_000)
        }

        func put(_ texts: ArraySlice<IndexedText>) throws {
            try fixture.withTexts { writer in for text in texts { try writer.add(text) } }
        }

        func takeOut(_ texts: ArraySlice<IndexedText>) throws {
            try fixture.withTexts { writer in for text in texts { try writer.remove(text) } }
        }

        /// Merges the segments of the lowest level into one.
        func merge(_ pages: Int) throws {
            let structure = try #require(try fixture.structure())
            try #require(structure.levels[0].segments.count >= 3)
            while try fixture.store.maintain(pages: pages) {}
        }

        /// Where each word is found, by FTS5.
        var found: [[Int64]] { get throws { try own.map { try fixture.matches($0.columns[0]) } } }
    }

    @Test("what was taken out, came back and was taken out again is found no more", arguments: 1...8)
    func again(_ pages: Int) throws {
        let index = try Texts()
        try index.takeOut(index.own[...])
        try index.put(index.own.prefix(300))
        try index.put(index.own.suffix(300))
        try index.merge(pages)
        #expect(try index.found == index.own.map { [$0.id] })
        // With so many others that the segment is larger than the one it is to be merged with.
        try index.takeOut(index.own + index.others.prefix(60))
        try index.takeOut(index.others[60..<80])
        try index.merge(pages)
        #expect(try index.fixture.structure()?.levels.last?.segments.count == 2)
        #expect(try index.found == index.own.map { _ in [] })
        try index.fixture.checkText()
    }

    @Test("FTS5 goes on with no merge of its own, however much it writes")
    func noneOfItsOwn() throws {
        let index = try Texts()
        try index.takeOut(index.own[...])
        try index.put(index.own.prefix(300))
        try index.put(index.own.suffix(300))
        #expect(try index.fixture.store.maintain(pages: 1))
        func inputs() throws -> [TextStructure.Segment] {
            let level = try #require(try index.fixture.structure()?.levels[0])
            return Array(level.segments.prefix(level.merging))
        }
        let before = try inputs()
        #expect(before.count == 3)
        try index.takeOut(index.others[...])
        #expect(try inputs() == before)
        // Each sixty-four leaves FTS5 would look for something to merge.
        let written = try #require(try index.fixture.structure()?.levels[0].segments.last?.pages)
        #expect(written > 64)
    }

    @Test("each word is found where it is, whatever came, went, came back and was merged", arguments: [100, 300, 900])
    func random(_ pageSize: Int64) throws {
        var random = SeededRandom.announced("steps on leaves of \(pageSize) octets")
        let fixture = try IndexFixture()
        try fixture.setText("pgsz", pageSize)
        try fixture.setText("usermerge", 2)
        var present: [Int: [String]] = [:]
        func make() -> [String] {
            (0..<Int.random(in: 1...6, using: &random)).flatMap { _ in
                // Some so often that their places fill leaves.
                let count = random.chance(percent: 3) ? 1_000 : 1
                return Array(repeating: "w\(Int.random(in: 0..<200, using: &random))", count: count)
            }
        }
        for round in 0..<160 {
            try fixture.withTexts { writer in
                for _ in 0..<Int.random(in: 0...(random.chance(percent: 10) ? 200 : 30), using: &random) {
                    let id = Int.random(in: 1...100, using: &random)
                    if let known = present.removeValue(forKey: id) {
                        try writer.remove(Self.text(id, known.joined(separator: " ")))
                        if random.chance(percent: 50) { continue }
                    }
                    let words = make()
                    present[id] = words
                    try writer.add(Self.text(id, words.joined(separator: " ")))
                }
            }
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                _ = try fixture.store.maintain(pages: Int.random(in: 1...8, using: &random))
            }
            guard round % 4 == 3 else { continue }
            var expected: [String: Set<Int64>] = [:]
            for (id, words) in present { for word in words { expected[word, default: []].insert(Int64(id)) } }
            for word in (0..<200).map({ "w\($0)" }) {
                #expect(try Set(fixture.matches(word)) == expected[word] ?? [], "\(word), round \(round)")
            }
        }
        try fixture.checkText()
    }
}
