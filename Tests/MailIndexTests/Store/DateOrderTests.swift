import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// Messages are told in the exact order of their dates, however close together those are.
@Suite("The order of dates")
struct DateOrderTests {
    private struct Known {
        var id: EmailID
        var date: Int64
        var uid: UInt32
    }

    private static func expectOrder(_ fixture: IndexFixture, _ known: [Known], _ random: inout SeededRandom) throws {
        let ordered = known.sorted { ($0.date, $0.id.rawValue) > ($1.date, $1.id.rawValue) }.map(\.id)
        for text in ["*", "common", "common is:unread"] {
            let query = try IndexFixture.query(text)
            let limit = random.chance(percent: 30) ? nil : Int.random(in: 1...20, using: &random)
            func ids(_ sort: SearchOptions.Sort) throws -> [EmailID] {
                let options = SearchOptions(limit: limit, sort: sort, snippets: false)
                return try fixture.store.search(query, options: options).hits.map(\.email.id)
            }
            #expect(try ids(.newest) == Array(ordered.prefix(limit ?? .max)))
            #expect(try ids(.oldest) == Array(ordered.reversed().prefix(limit ?? .max)))
        }
    }

    /// Pages far down, as if a few hits were many; how often they were told without a look at all before.
    private static func expectPages(
        _ fixture: IndexFixture, _ known: [Known], _ random: inout SeededRandom
    ) throws -> Int {
        let ordered = known.sorted { ($0.date, $0.id.rawValue) > ($1.date, $1.id.rawValue) }.map(\.id.rawValue)
        var passed = 0
        for isAscending in [false, true] {
            let expected = isAscending ? ordered.reversed() : ordered
            for _ in 0..<10 {
                let count = Int.random(in: 1...max(known.count, 1) + 2, using: &random)
                let readBefore = Int.random(in: 0..<count, using: &random)
                let left = random.chance(percent: 50) ? Int64.random(in: 1...4, using: &random) : 0
                func accepts(_ id: Int64) -> Bool { left == 0 || id % 5 != left }
                try fixture.store.read { database in
                    var hits = try DateOrderedHits(database, CompiledQuery(), isAscending: isAscending)
                    defer { hits.end() }
                    guard readBefore > 0, try hits.pass(count, readBefore: readBefore, accepts) else { return }
                    var rest: [Int64] = []
                    while let row = try hits.next() { if accepts(row.id) { rest.append(row.id) } }
                    #expect(rest == Array(expected.filter(accepts).dropFirst(count)))
                    passed += rest.isEmpty ? 0 : 1
                }
            }
        }
        return passed
    }

    @Test("holds on pages far down")
    func pages() async throws {
        var random = SeededRandom.announced("pages far down")
        var passed = 0
        for span in [40, 2_000, 400_000] {
            let fixture = try IndexFixture()
            var known: [Known] = []
            for batch in 0..<6 {
                var additions: [PlacedDocument] = []
                for number in 0..<40 {
                    let date = -Int64.random(in: 0...Int64(span), using: &random)
                    additions.append(
                        PlacedDocument(
                            document: .sample("\(batch) \(number)", date: date),
                            place: fixture.place(UInt32(batch * 40 + number + 1))))
                }
                try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
            }
            for hit in try fixture.store.search(.everything, options: SearchOptions(limit: nil, snippets: false)).hits {
                known.append(Known(id: hit.email.id, date: hit.email.date, uid: 0))
            }
            for _ in 0..<10 { passed += try Self.expectPages(fixture, known, &random) }
        }
        #expect(passed > 50)
    }

    @Test("a page far down is the same as without passing over hits")
    func farDown() async throws {
        var random = SeededRandom.announced("a page far down")
        let fixture = try IndexFixture()
        for batch in 0..<3 {
            let additions = (0..<800).map { number in
                PlacedDocument(
                    document: .sample(
                        "m", body: random.chance(percent: 90) ? "common" : "other",
                        id: "\(batch).\(number)@example.org",
                        date: -Int64.random(in: 0...40_000_000, using: &random)),
                    place: fixture.place(UInt32(batch * 800 + number + 1)))
            }
            try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
        }
        for text in ["*", "common", "-other", "is:unread", "common is:unread", "comm*"] {
            let query = try IndexFixture.query(text)
            for sort in [SearchOptions.Sort.newest, .oldest] {
                let all = try fixture.store.search(
                    query, options: SearchOptions(limit: nil, sort: sort, snippets: false))
                for offset in [1_024, 1_025, 1_500, 2_100, 3_000] {
                    for countsTotal in [false, true] {
                        var options = SearchOptions(limit: 7, offset: offset, sort: sort, snippets: false)
                        options.countsTotal = countsTotal
                        let page = try fixture.store.search(query, options: options).hits.map(\.email.id)
                        #expect(
                            page == Array(all.hits.map(\.email.id).dropFirst(offset).prefix(7)), "\(text) \(offset)")
                    }
                }
            }
        }
    }

    @Test("holds through bursts, late mail, deletions and what comes back")
    func property() async throws {
        var random = SeededRandom.announced("order of dates")
        let fixture = try IndexFixture(
            options: IndexStoreOptions(departedLifetime: random.chance(percent: 50) ? 1 : 100_000, departedCount: 10))
        var known: [Known] = []
        var gone: [(document: MessageDocument, date: Int64)] = []
        var uid: UInt32 = 0
        var now = IndexFixture.now
        // The span of dates decides how many share a number.
        let span = [40, 400, 40_000].randomElement(using: &random) ?? 40
        for round in 0..<60 {
            now += Int64.random(in: 0...3, using: &random)
            var batch = IndexBatch(now: now)
            var added: [(date: Int64, uid: UInt32)] = []
            for number in 0..<Int.random(in: 0...6, using: &random) {
                uid += 1
                let (document, date): (MessageDocument, Int64)
                if random.chance(percent: 20), let back = gone.popLast() {
                    (document, date) = back
                } else {
                    let isLate = random.chance(percent: 40)
                    let offset = isLate ? -Int64.random(in: 0...Int64(span), using: &random) : now - IndexFixture.now
                    document = .sample("message \(round) \(number)", body: "common", date: offset)
                    date = IndexFixture.now + offset
                }
                batch.additions.append(PlacedDocument(document: document, place: fixture.place(uid)))
                added.append((date, uid))
            }
            try await fixture.store.apply(batch)
            for (date, uid) in added {
                let id = try fixture.store.read { database in
                    try database.integer("SELECT message_id FROM place WHERE uid = ?", .integer(Int64(uid)))
                }
                known.append(Known(id: EmailID(rawValue: try #require(id)), date: date, uid: uid))
            }
            if random.chance(percent: 30), let index = known.indices.randomElement(using: &random) {
                let leaving = known.remove(at: index)
                let email = try #require(try fixture.store.email(leaving.id))
                let document = MessageDocument.sample(
                    email.subject, body: "common", date: leaving.date - IndexFixture.now)
                gone.append((document, leaving.date))
                try await fixture.remove(leaving.uid...leaving.uid, now: now)
            }
            if round % 5 == 4 { try Self.expectOrder(fixture, known, &random) }
        }
        try Self.expectOrder(fixture, known, &random)
        #expect(try fixture.problems() == [])
    }

    @Test("is known after a few of a burst's messages")
    func burst() async throws {
        let fixture = try IndexFixture()
        // Fifty a second, each batch in some disorder.
        for second in 0..<20 {
            var batch = IndexBatch(now: IndexFixture.now)
            for number in 0..<50 {
                let uid = UInt32(second * 50 + number + 1)
                batch.additions.append(
                    PlacedDocument(
                        document: .sample("\(uid)", body: "common", date: Int64(second - number % 3)),
                        place: fixture.place(uid)))
            }
            try await fixture.store.apply(batch)
        }
        // What goes and comes back bears its old number: it is in order still.
        for uid: UInt32 in stride(from: 100, to: 900, by: 50) {
            let email = try #require(try fixture.store.search(IndexFixture.query("subject:\(uid)")).hits.first?.email)
            try await fixture.remove(uid...uid)
            #expect(try fixture.subjects("subject:\(uid)") == [])
            let document = MessageDocument.sample("\(uid)", body: "common", date: email.date - IndexFixture.now)
            try await fixture.add(document, fixture.place(uid + 10_000))
            #expect(try fixture.store.search(IndexFixture.query("subject:\(uid)")).hits.first?.email.id == email.id)
        }
        let (drift, disorder) = try fixture.store.read {
            (
                try $0.integer("SELECT id_drift FROM counter") ?? 0,
                try $0.integer("SELECT date_disorder FROM counter") ?? 0
            )
        }
        #expect(drift > 900)
        #expect(disorder <= 2)
        #expect(try fixture.problems() == [])
    }
}
