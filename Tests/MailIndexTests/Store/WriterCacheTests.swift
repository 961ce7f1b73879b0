import CSQLite
import MIME
import Testing

@testable import MailIndex
@testable import MailSearch

@Suite("The writer's cache")
struct WriterCacheTests {
    private static let resting = 1 << 20
    /// Beside the pages, SQLite counts what leads to them.
    private static let smallest = resting + resting / 4

    /// Octets that the writer's connection has in its cache.
    private func cached(_ store: IndexStore) throws -> Int {
        try store.requireWriter().maintain { database in
            var now: Int32 = 0
            var highest: Int32 = 0
            sqlite3_db_status(database.handle, SQLITE_DBSTATUS_CACHE_USED, &now, &highest, 0)
            return Int(now)
        }
    }

    /// Adds messages of words that no other has, so that the index grows.
    private func add(_ uids: Range<UInt32>, to fixture: IndexFixture) async throws {
        for start in stride(from: uids.lowerBound, to: uids.upperBound, by: 500) {
            let additions = (start..<min(start + 500, uids.upperBound)).map { uid in
                let text = (0..<40).map { word in String(uid * 40 + word, radix: 36) }.joined(separator: " ")
                let document = MessageDocument(
                    Message(subject: "message \(uid)", text: text), receivedAt: IndexFixture.now, size: 1_000,
                    now: IndexFixture.now)
                return PlacedDocument(document: document, place: fixture.place(uid))
            }
            try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
        }
    }

    @Test("is large while much is written, small from the rest after it, and large again")
    func rests() async throws {
        let fixture = try IndexFixture(options: IndexStoreOptions(restingCacheBytes: Self.resting))
        let much = UInt32(IndexStore.bulkChanges) + 1
        try await add(1..<1 + much, to: fixture)
        let large = try cached(fixture.store)
        #expect(large > 4 * Self.resting)

        try fixture.store.rest()
        #expect(try cached(fixture.store) == large, "much was written since the last time")
        try await add(20_000..<20_100, to: fixture)
        try fixture.store.rest()
        #expect(try cached(fixture.store) < Self.smallest)
        try await add(30_000..<32_000, to: fixture)
        #expect(try cached(fixture.store) < Self.smallest, "little was written")

        try await add(40_000..<40_000 + much, to: fixture)
        #expect(try cached(fixture.store) > 2 * Self.resting)
        #expect(try fixture.problems().isEmpty)
    }

    @Test("of a reader goes when its memory is released, and searches go on")
    func readers() async throws {
        let fixture = try IndexFixture()
        try await add(1..<3_000, to: fixture)
        func cached() throws -> Int {
            try fixture.store.reader.read { database in
                var now: Int32 = 0
                var highest: Int32 = 0
                sqlite3_db_status(database.handle, SQLITE_DBSTATUS_CACHE_USED, &now, &highest, 0)
                return Int(now)
            }
        }
        #expect(try fixture.subjects("message").count == 2_999)
        #expect(try cached() > Self.resting)
        fixture.store.reader.releaseMemory()
        #expect(try cached() < Self.resting / 4)
        #expect(try fixture.subjects("message").count == 2_999)
    }
}
