import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// Texts are kept shorter by what they have in common.
@Suite("Text dictionaries")
struct TextDictionaryTests {
    /// Texts of 2,000 letters that share their vocabulary.
    static let samples: [[UInt8]] = {
        var random = SeededRandom(seed: 11)
        return (0..<400).map { _ in Array(text(&random).utf8) }
    }()

    private static let vocabulary: [String] = {
        var random = SeededRandom(seed: 12)
        return (0..<4_000).map { _ in
            String(
                (0..<Int.random(in: 4...10, using: &random)).map { _ in
                    "etaoinshrdlucmfw".randomElement(using: &random) ?? "e"
                })
        }
    }()

    private static func text(_ random: inout SeededRandom) -> String {
        (0..<250).map { _ in vocabulary.randomElement(using: &random) ?? "" }.joined(separator: " ")
    }

    @Test("nothing in common, no dictionary")
    func noDictionary() {
        #expect(TextDictionary.train([]) == nil)
        #expect(TextDictionary.train([[1, 2, 3]]) == nil)
        #expect(TextDictionary(id: 1, bytes: [], isForWriting: true) == nil)
        #expect(TextDictionary(id: 1, bytes: Array("no dictionary at all".utf8), isForWriting: false) == nil)
    }

    private func add(_ count: Int, from first: Int, to fixture: IndexFixture, _ random: inout SeededRandom) async throws
    {
        var batch = IndexBatch(now: IndexFixture.now)
        for number in first..<(first + count) {
            batch.additions.append(
                PlacedDocument(
                    document: .sample(
                        "letter \(number)", body: Self.text(&random), date: -Int64(number) * 60,
                        compression: fixture.store.compression),
                    place: fixture.place(UInt32(number + 1))))
        }
        try await fixture.store.apply(batch)
    }

    private func codecs(_ fixture: IndexFixture) throws -> [Int: Int] {
        try fixture.store.read { database in
            var counts: [Int: Int] = [:]
            let statement = try SQLStatement(database, "SELECT text FROM document")
            try statement.forEachRow { row in counts[Int(row.blob(0).first ?? 0xFF), default: 0] += 1 }
            return counts
        }
    }

    @Test("an index makes its dictionary when it has mail enough, and compresses with it from then on")
    func making() async throws {
        var random = SeededRandom.announced("an index makes its dictionary")
        let fixture = try IndexFixture()
        let reader = try fixture.reader()
        defer { try? reader.close() }
        try await add(400, from: 0, to: fixture, &random)
        #expect(try codecs(fixture) == [5: 400])
        #expect(fixture.store.compression.dictionary == nil)
        let before = try size(fixture)
        try await add(800, from: 400, to: fixture, &random)
        // Those that came before it too.
        #expect(try codecs(fixture) == [6: 1_200])
        #expect(fixture.store.compression.dictionary != nil)
        #expect(try size(fixture) < before * 3 * 8 / 10)
        try await add(10, from: 1_200, to: fixture, &random)
        #expect(try codecs(fixture) == [6: 1_210])
        // Another process, and this one after it was opened again, read it.
        for store in [reader, fixture.store] {
            let hit = try #require(try store.search(IndexFixture.query("subject:\"letter 7\"")).hits.first)
            #expect(try store.text(of: hit.email.id)?.hasPrefix(hit.email.preview) == true)
        }
        try fixture.reopen()
        #expect(fixture.store.compression.dictionary != nil)
        #expect(try fixture.problems().isEmpty)
        try await fixture.remove(1...1_205)
        #expect(try fixture.problems().isEmpty)
        #expect(try fixture.subjects("*").count == 5)
    }

    @Test("a first batch that is large enough is kept with its own dictionary")
    func first() async throws {
        var random = SeededRandom.announced("a first batch with a dictionary")
        let fixture = try IndexFixture()
        try await add(600, from: 0, to: fixture, &random)
        #expect(try codecs(fixture) == [6: 600])
        #expect(fixture.store.compression.dictionary != nil)
        #expect(try fixture.problems().isEmpty)
        let hit = try #require(try fixture.store.search(IndexFixture.query("subject:\"letter 7\"")).hits.first)
        #expect(try fixture.store.text(of: hit.email.id)?.hasPrefix(hit.email.preview) == true)
    }

    @Test("a batch that fails takes its dictionary with it")
    func failing() async throws {
        var random = SeededRandom.announced("a batch that fails takes its dictionary with it")
        let fixture = try IndexFixture()
        try await add(499, from: 0, to: fixture, &random)
        var batch = IndexBatch(now: IndexFixture.now)
        batch.additions = [
            PlacedDocument(document: .sample("one more", body: Self.text(&random)), place: fixture.place(5_000))
        ]
        // The counters are written last of all.
        let trigger = "CREATE TEMP TRIGGER fault BEFORE UPDATE ON counter BEGIN SELECT RAISE(ABORT, 'no'); END"
        try fixture.store.requireWriter().maintain { try $0.execute(trigger) }
        await #expect(throws: IndexError.self) { try await fixture.store.apply(batch) }
        #expect(fixture.store.compression.dictionary == nil)
        #expect(try codecs(fixture) == [5: 499])
        try fixture.store.requireWriter().maintain { try $0.execute("DROP TRIGGER fault") }
        try await fixture.store.apply(batch)
        #expect(fixture.store.compression.dictionary != nil)
        #expect(try codecs(fixture) == [6: 500])
        #expect(try fixture.problems().isEmpty)
    }

    private func size(_ fixture: IndexFixture) throws -> Int {
        try fixture.store.read { database in
            Int(try SQLStatement(database, "SELECT sum(length(text)) FROM document").runForInteger() ?? 0)
        }
    }
}
