import Testing

@testable import MailIndex
@testable import MailSearch

/// Batches that follow one another in one transaction, as an import's do.
@Suite("Batches of one transaction")
struct OpenTransactionTests {
    /// An index that has mail enough for its dictionary: what comes later may wait for more.
    private func fixture(openDuration: Duration = .seconds(10_000)) async throws -> IndexFixture {
        let fixture = try IndexFixture(options: IndexStoreOptions(openDuration: openDuration))
        try await fixture.store.apply(batch(fixture, 1...500))
        #expect(try fixture.store.read { try $0.integer("SELECT count(*) FROM dictionary") } == 1)
        return fixture
    }

    private func batch(_ fixture: IndexFixture, _ numbers: ClosedRange<Int>, validity: UInt32 = 1) -> IndexBatch {
        var batch = IndexBatch(now: IndexFixture.now)
        batch.additions = numbers.map { number in
            PlacedDocument(
                document: .sample(
                    "letter \(number)",
                    body: "Dear reader, this is letter number \(number) of the many that we send: \(number * 7_919)",
                    date: Int64(-number * 1_000), compression: fixture.store.compression),
                place: fixture.place(UInt32(number), uidValidity: validity))
        }
        return batch
    }

    private func segments(_ fixture: IndexFixture) throws -> Int {
        try fixture.structure()?.levels.reduce(0) { $0 + $1.segments.count } ?? 0
    }

    @Test("are seen when the last is committed, and make one part of the text index")
    func together() async throws {
        let fixture = try await fixture()
        let before = try segments(fixture)
        for start in stride(from: 501, to: 800, by: 100) {
            let outcome = try await fixture.store.apply(batch(fixture, start...start + 99), isFollowed: true)
            #expect(!outcome.isCommitted)
            #expect(outcome.created.count == 100)
        }
        #expect(try fixture.store.status().messageCount == 500)
        // What else is written meanwhile joins them.
        let mailbox = try fixture.store.registerMailbox(MailboxDescription(name: "New"), of: fixture.account)
        try fixture.store.note(SyncNote(state: "ready"), of: mailbox)
        try fixture.store.commit()
        #expect(try fixture.store.status().messageCount == 800)
        #expect(try segments(fixture) == before + 1)
        #expect(try fixture.subjects("\"letter number 777\"") == ["letter 777"])
        // Nothing is open: nothing happens.
        try fixture.store.commit()
        #expect(try await fixture.store.apply(batch(fixture, 801...801)).isCommitted)
        #expect(try fixture.problems() == [])
    }

    @Test("are committed by one that is not followed, by upkeep, and when there are many")
    func ends() async throws {
        let fixture = try await fixture()
        #expect(try await !fixture.store.apply(batch(fixture, 501...510), isFollowed: true).isCommitted)
        #expect(try await fixture.store.apply(batch(fixture, 511...520)).isCommitted)
        #expect(try fixture.subjects("letter").count == 520)
        #expect(try await !fixture.store.apply(batch(fixture, 521...530), isFollowed: true).isCommitted)
        _ = try fixture.store.maintain()
        #expect(try fixture.subjects("letter").count == 530)
        #expect(try await !fixture.store.apply(batch(fixture, 531...540), isFollowed: true).isCommitted)
        try fixture.store.setLanguages(["english"])
        #expect(try fixture.subjects("letters").count == 540)
        var removal = IndexBatch(now: IndexFixture.now)
        // By ranges, of which each counts.
        removal.removals = [
            Removal(
                mailbox: fixture.inbox,
                uids: (0..<UInt32(IndexStore.openMessages)).map { 1_000 + $0 * 2...1_000 + $0 * 2 })
        ]
        #expect(try await fixture.store.apply(removal, isFollowed: true).isCommitted)
        #expect(try fixture.problems() == [])
    }

    @Test("are committed when they have been open for long")
    func duration() async throws {
        let fixture = try await fixture(openDuration: .zero)
        #expect(try await fixture.store.apply(batch(fixture, 501...510), isFollowed: true).isCommitted)
        #expect(try fixture.subjects("letter").count == 510)
    }

    @Test("an error of one takes back all that weren't committed, and the index goes on")
    func failure() async throws {
        let fixture = try await fixture()
        #expect(try await !fixture.store.apply(batch(fixture, 501...600), isFollowed: true).isCommitted)
        await #expect(throws: IndexError.self) {
            try await fixture.store.apply(batch(fixture, 601...700, validity: 2), isFollowed: true)
        }
        #expect(try fixture.subjects("letter").count == 500)
        #expect(try await !fixture.store.apply(batch(fixture, 601...700), isFollowed: true).isCommitted)
        try fixture.store.commit()
        #expect(try fixture.subjects("letter").count == 600)
        #expect(try fixture.problems() == [])
    }

    @Test("what is open when the index is closed was never there")
    func closing() async throws {
        let fixture = try await fixture()
        #expect(try await !fixture.store.apply(batch(fixture, 501...600), isFollowed: true).isCommitted)
        try fixture.reopen(options: fixture.store.options)
        #expect(try fixture.subjects("letter").count == 500)
        try await fixture.store.apply(batch(fixture, 501...600))
        #expect(try fixture.subjects("letter").count == 600)
        #expect(try fixture.problems() == [])
    }

    @Test("messages that come and go within it are gone")
    func comeAndGo() async throws {
        let fixture = try await fixture()
        #expect(try await !fixture.store.apply(batch(fixture, 501...600), isFollowed: true).isCommitted)
        var removal = IndexBatch(now: IndexFixture.now)
        removal.removals = [Removal(mailbox: fixture.inbox, uids: [450...550])]
        #expect(try await !fixture.store.apply(removal, isFollowed: true).isCommitted)
        // Some come back, as what is known of them from before.
        #expect(try await !fixture.store.apply(batch(fixture, 540...545), isFollowed: true).isCommitted)
        try fixture.store.commit()
        #expect(try fixture.subjects("letter").count == 600 - 101 + 6)
        #expect(try fixture.problems() == [])
    }
}
