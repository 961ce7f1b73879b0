import Foundation
import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// Searches for words on connections that see but the tables for that, beside the usual ones.
@Suite("Only the tables that words need")
struct SchemaExcerptTests {
    private static func reader(_ fixture: IndexFixture, isForWordsAlone: Bool) throws -> IndexReader {
        var options = IndexStoreOptions(readerCount: 1, isForOneAnswer: true)
        options.isForWordsAlone = isForWordsAlone
        return try IndexReader.open(fixture.folder.path("data"), options: options)
    }

    private static func filled() async throws -> IndexFixture {
        let fixture = try IndexFixture()
        for batch in 0..<3 {
            let additions = (1...30).map { number in
                PlacedDocument(
                    document: .sample(
                        "harbour \(batch)",
                        body: number % 3 == 0 ? "the boat \(number) came" : "no ships, 会議 \(number)",
                        id: "\(batch)-\(number)@example.org", date: -Int64(number * 86_400 + batch)),
                    place: fixture.place(UInt32(batch * 30 + number), flags: number % 2 == 0 ? ["\\Seen"] : []))
            }
            try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
        }
        return fixture
    }

    private static let queries = [
        "boat", "会議", "no", "nothing", "bo*", "\"the boat\"", "boat OR ships", "boat -6", "boat NEAR/3 came", "-boat",
        "*", "subject:harbour", "from:ana", "date:2023-11-01..2023-11-10", "boat older:5d", "-date:2023-11", "c*",
        "\"the b\"*",
    ]

    @Test("searches for words and dates find the same as with all tables, whether the log is empty or not")
    func same() async throws {
        let fixture = try await Self.filled()
        for isLogged in [true, false] {
            if !isLogged {
                try fixture.store.requireWriter().maintain { try $0.execute("PRAGMA wal_checkpoint(TRUNCATE)") }
            }
            #expect(IndexFiles.logIsEmpty(fixture.store.reader.path) != isLogged)
            let words = try Self.reader(fixture, isForWordsAlone: true)
            let all = try Self.reader(fixture, isForWordsAlone: false)
            let tables = "SELECT name FROM sqlite_schema ORDER BY name"
            let seen = try words.read { try $0.texts(tables) }
            let there = try all.read { try $0.texts(tables) }
            #expect(seen.count == 11 && there.count > 40)
            #expect(SchemaExcerpt.tables.description.split(separator: " ").map(String.init).sorted() == seen)
            #expect(Set(seen).isSubset(of: there))
            for text in Self.queries {
                let query = try IndexFixture.query(text)
                #expect(query.asksForWordsAlone, "\(text)")
                for sort in [SearchOptions.Sort.newest, .oldest] {
                    for (limit, offset) in [(20, 0), (7, 3), (nil, 0), (5, 1_000)] {
                        var options = SearchOptions(
                            limit: limit, offset: offset, sort: sort, isBrief: true, countsTotal: false,
                            tellsCompleteness: false)
                        options.snippetForm = .fragments(ofSubjects: true)
                        #expect(options.takesWordsAlone)
                        let found = try words.search(query, options: options).hits
                        let expected = try all.search(query, options: options).hits
                        #expect(found.map(\.email) == expected.map(\.email), "\(text)")
                        #expect(found.map(\.fragments) == expected.map(\.fragments), "\(text)")
                        #expect(found.isEmpty == (text == "nothing" || offset > 500), "\(text)")
                    }
                }
            }
        }
    }

    @Test("what needs more tables is told apart, and fails rather than finds nothing")
    func others() async throws {
        for text in [
            "is:unread", "boat is:unread", "boat OR in:inbox", "-(boat has:attachment)", "tag:x", "list:x", "id:x",
            "thread:x", "filename:x", "type:pdf", "account:home", "boat -is:flagged",
        ] {
            #expect(try !IndexFixture.query(text).asksForWordsAlone, "\(text)")
        }
        let fixture = try await Self.filled()
        let words = try Self.reader(fixture, isForWordsAlone: true)
        for text in ["in:inbox", "tag:x", "list:x"] {
            #expect(throws: IndexError.self) { try words.search(IndexFixture.query(text)) }
        }
        #expect(throws: IndexError.self) { try words.search(IndexFixture.query("boat")) }
        #expect(throws: IndexError.self) { try words.count(IndexFixture.query("boat")) }
    }

    @Test("another's database and a damaged file are refused as ever")
    func refused() async throws {
        let fixture = try await Self.filled()
        try fixture.store.close()
        let path = fixture.folder.path("data/index.sqlite")
        var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
        func code(_ isForWordsAlone: Bool) -> IndexError.Code? {
            do {
                _ = try Self.reader(fixture, isForWordsAlone: isForWordsAlone)
                return nil
            } catch {
                return (error as? IndexError)?.code
            }
        }
        #expect(code(true) == nil)
        bytes[68] = 0
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(code(true) == code(false) && code(true) == .notAnIndex)
        bytes[68] = 0x54
        bytes[100] = 7
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(code(true) == .damaged && code(false) == .damaged)
        bytes[100] = 13
        bytes[104] = 255
        bytes[103] = 255
        try bytes.write(to: URL(fileURLWithPath: path))
        #expect(code(true) == .damaged && code(false) == .damaged)
    }
}

@Suite("The page with the schema")
struct SchemaPageTests {
    private static func page() throws -> [UInt8] {
        let fixture = try IndexFixture()
        try fixture.store.close()
        return Array(
            try Data(contentsOf: URL(fileURLWithPath: fixture.folder.path("data/index.sqlite"))).prefix(16_384))
    }

    /// The names that the page tells, as it is cut to those that are wanted.
    private static func names(_ page: inout [UInt8], where isWanted: (String) -> Bool = { _ in true }) -> [String]? {
        var names: [String] = []
        let isPage = page.withUnsafeMutableBufferPointer {
            SchemaPage.keep(in: $0) { bytes in
                let name = String(decoding: bytes, as: UTF8.self)
                names.append(name)
                return isWanted(name)
            }
        }
        return isPage ? names : nil
    }

    @Test("rows are told by name, and stay or go")
    func cut() throws {
        let whole = try Self.page()
        var page = whole
        let all = try #require(Self.names(&page))
        #expect(page == whole)
        #expect(
            all.contains("message") && all.contains("sqlite_autoindex_account_1") && all.contains("message_content"))
        #expect(Self.names(&page) { $0.hasPrefix("message") } == all)
        #expect(page.count == whole.count)
        #expect(Self.names(&page) == all.filter { $0.hasPrefix("message") })
        // Nothing but the cells' number and offsets has changed.
        let offsets = 103..<108 + 2 * all.count
        for place in page.indices where page[place] != whole[place] { #expect(offsets.contains(place)) }
        #expect(Self.names(&page) { _ in false }?.isEmpty == false)
        #expect(Self.names(&page) == [])
    }

    @Test("what is no first page of an index stays as it is")
    func others() throws {
        let whole = try Self.page()
        for (place, byte) in [(0, 0x54), (15, 1), (68, 0), (71, 0), (100, 5), (100, 10), (103, 255)] as [(Int, UInt8)] {
            var page = whole
            page[place] = byte
            let before = page
            #expect(Self.names(&page) { _ in false } == nil)
            #expect(page == before)
        }
        for length in [0, 1, 15, 16, 100, 108, 511] {
            var page = Array(whole[..<length])
            #expect(Self.names(&page) { _ in false } == nil)
        }
    }

    @Test("damaged pages are read within their bounds, and rows that are not understood stay")
    func damaged() throws {
        var random = SeededRandom.announced("damaged pages with a schema")
        let whole = try Self.page()
        var unread = 0
        for _ in 0..<3_000 {
            // On the heap and of this length to the byte, so that a sanitizer sees what is read behind it.
            var page = Array(whole[..<Int.random(in: 512...whole.count, using: &random)])
            for _ in 0..<Int.random(in: 1...40, using: &random) {
                let place =
                    random.chance(percent: 50)
                    ? Int.random(in: 103..<230, using: &random) : page.indices.randomElement(using: &random) ?? 0
                if place != 100 { page[place] = UInt8.random(in: 0...255, using: &random) }
            }
            let before = page
            let count = Int(page[103]) << 8 | Int(page[104])
            guard let names = Self.names(&page, where: { _ in false }) else {
                #expect(page == before)
                continue
            }
            unread += count - names.count
            #expect(Int(page[103]) << 8 | Int(page[104]) == count - names.count)
            #expect(page[(108 + 2 * count)...] == before[(108 + 2 * count)...])
        }
        #expect(unread > 0)
    }
}
