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
