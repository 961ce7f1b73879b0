import Foundation
import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

@Suite("Random operations")
struct RandomOperationsTests {
    private static let flags = ["\\Seen", "\\Flagged", "\\Answered", "\\Draft", "\\Deleted", "$Work", "$Later"]

    private static func flagSet(_ random: inout SeededRandom) -> FlagSet {
        FlagSet(
            imap: flags.filter { _ in random.chance(percent: 30) },
            labels: ["Home", "Work/Big"].filter { _ in random.chance(percent: 20) })
    }

    /// How many batches: 60, or what TRAWL_TEST_BATCHES tells.
    private static var batches: Int {
        ProcessInfo.processInfo.environment["TRAWL_TEST_BATCHES"].flatMap { Int($0) } ?? 60
    }

    @Test("the index holds what was put in, whatever came and went")
    func model() async throws {
        var random = SeededRandom.announced("random operations on the index")
        // What left is forgotten at once in some runs, and comes back from what is kept in others.
        let fixture = try IndexFixture(
            options: IndexStoreOptions(departedLifetime: random.chance(percent: 50) ? 50 : 100_000, departedCount: 20))
        let mailboxes = [fixture.inbox, fixture.archive]
        var model = IndexModel(mailboxes: 2, stock: IndexModel.stock(80, using: &random))
        var now = IndexFixture.now
        for round in 0..<Self.batches {
            now += 10
            let batch = Self.batch(&model, mailboxes, now: now, fixture, &random)
            let outcome = try await fixture.store.apply(batch)
            #expect(try fixture.store.state() == outcome.state)
            if round % 10 == 9 { try Self.compare(fixture, model, mailboxes, &random) }
            if random.chance(percent: 3) {
                try fixture.reopen(options: fixture.store.options)
            }
            if random.chance(percent: 5) { _ = try fixture.store.maintain() }
        }
        try Self.compare(fixture, model, mailboxes, &random)
        // And empty again.
        try await fixture.store.apply(
            IndexBatch(
                now: now, removals: mailboxes.map { Removal(mailbox: $0, uids: [1...UInt32.max]) }))
        #expect(try fixture.problems() == [])
        #expect(try fixture.subjects("common OR *") == [])
        #expect(try fixture.store.addresses(prefix: "") == [])
    }

    private static func batch(
        _ model: inout IndexModel, _ mailboxes: [MailboxID], now: Int64, _ fixture: IndexFixture,
        _ random: inout SeededRandom
    ) -> IndexBatch {
        var batch = IndexBatch(now: now)
        // Removals are applied last, so what a batch removes it must not have added.
        let before = model.places
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let mailbox = Int.random(in: 0..<2, using: &random)
            let index = Int.random(in: 0..<model.stock.count, using: &random)
            let flags = flagSet(&random)
            let uid = model.nextUID[mailbox]
            model.nextUID[mailbox] += UInt32.random(in: 1...3, using: &random)
            let place = Place(mailbox: mailboxes[mailbox], uid: uid, uidValidity: 1, flags: flags)
            let living =
                random.chance(percent: 50)
                ? try? fixture.store.findMessage(.content(model.stock[index].document.digest)) : nil
            // Living now; what departed may be swept before the batch comes to it.
            if let living, model.messages.contains(index) {
                batch.relocations.append(Relocation(message: living, place: place))
            } else {
                batch.additions.append(PlacedDocument(document: model.stock[index].document, place: place))
            }
            model.places[IndexModel.Key(mailbox: mailbox, uid: uid)] = (index, flags)
        }
        for key in before.keys.sorted() where random.chance(percent: 8) {
            if random.chance(percent: 60) {
                model.places[key] = nil
                batch.removals.append(Removal(mailbox: mailboxes[key.mailbox], uids: [key.uid...key.uid]))
            } else if let place = model.places[key] {
                let hasLabels = random.chance(percent: 50)
                var flags = flagSet(&random)
                batch.flagChanges.append(
                    FlagChange(mailbox: mailboxes[key.mailbox], uid: key.uid, flags: flags, hasLabels: hasLabels))
                if !hasLabels {
                    flags = FlagSet(flags: flags.flags, keywords: flags.keywords, labels: place.flags.labels)
                }
                model.places[key] = (place.stock, flags)
            }
        }
        return batch
    }

    private static func compare(
        _ fixture: IndexFixture, _ model: IndexModel, _ mailboxes: [MailboxID], _ random: inout SeededRandom
    ) throws {
        let store = fixture.store
        #expect(try fixture.problems() == [])
        var ids: [Int: EmailID] = [:]
        for (number, mailbox) in mailboxes.enumerated() {
            let places = try store.places(in: mailbox)
            let expected = model.places.filter { $0.key.mailbox == number }.sorted { $0.key < $1.key }
            #expect(places.map(\.uid) == expected.map(\.key.uid))
            #expect(places.map(\.flags) == expected.map(\.value.flags))
            for (place, entry) in zip(places, expected) {
                let id = ids[entry.value.stock] ?? place.message
                #expect(id == place.message, "a message is one, wherever it stands")
                ids[entry.value.stock] = id
            }
        }
        #expect(try store.search(.everything, options: SearchOptions(limit: nil)).total == model.messages.count)
        // No ghosts and no losses: each message's own word finds it alone, and only while it is there.
        for index in model.stock.indices where random.chance(percent: 30) {
            let found = try store.ids(IndexFixture.query("body:\(model.stock[index].word)"))
            #expect(found == (ids[index].map { [$0] } ?? []), "word of message \(index)")
        }
        let dates = try store.search(IndexFixture.query("common"), options: SearchOptions(limit: nil)).hits.map(
            \.email.date)
        #expect(dates == dates.sorted(by: >))
        #expect(dates.count == model.messages.count)
        let page = try store.search(IndexFixture.query("common"), options: SearchOptions(limit: 5, offset: 3))
        #expect(page.hits.map(\.email.date) == Array(dates.dropFirst(3).prefix(5)))
        let oldest = try store.search(
            IndexFixture.query("common"), options: SearchOptions(limit: 7, offset: 2, sort: .oldest))
        #expect(oldest.hits.map(\.email.date) == Array(dates.reversed().dropFirst(2).prefix(7)))
        // Threads.
        let names = Dictionary(uniqueKeysWithValues: ids.map { ($1, $0) })
        var threads: Set<Set<Int>> = []
        for id in ids.values {
            let members = try store.thread(of: id)
            threads.insert(Set(members.compactMap { names[$0.id] }))
            #expect(Set(members.map(\.threadID)) == [members.map(\.id).min()])
        }
        #expect(threads == model.threads())
        #expect(
            try store.search(.everything, options: SearchOptions(limit: 3, threads: true)).total == threads.count)
        // Flags over all places.
        for (query, flag) in [("is:read", EmailFlags.seen), ("is:flagged", .flagged), ("is:draft", .draft)] {
            let expected = model.messages.filter { index in
                let flags = model.places.values.filter { $0.stock == index }.map { $0.flags.flags.contains(flag) }
                return flag == .seen ? flags.allSatisfy(\.self) : flags.contains(true)
            }
            #expect(Set(try store.ids(IndexFixture.query(query)).compactMap { names[$0] }) == expected, "\(query)")
        }
        let labelled = model.messages.filter { index in
            model.places.values.contains { $0.stock == index && $0.flags.labels.contains("Work/Big") }
        }
        #expect(Set(try store.ids(IndexFixture.query("label:work/big")).compactMap { names[$0] }) == labelled)
    }

    /// With the first two seeds, a message's id is given again between two steps of one who follows.
    @Test("whoever follows changes knows what is there", arguments: [13, 43, nil] as [UInt64?])
    func changes(seed: UInt64?) async throws {
        var random = seed.map { SeededRandom(seed: $0) } ?? SeededRandom.announced("changes of the index")
        let fixture = try IndexFixture()
        let mailboxes = [fixture.inbox, fixture.archive]
        var model = IndexModel(mailboxes: 2, stock: IndexModel.stock(30, using: &random))
        var known: Set<EmailID> = []
        var state = try fixture.store.state()
        for _ in 0..<40 {
            let batch = Self.batch(&model, mailboxes, now: IndexFixture.now, fixture, &random)
            try await fixture.store.apply(batch)
            guard random.chance(percent: 40) else { continue }
            var hasMore = true
            while hasMore {
                let changes = try fixture.store.changes(since: state, limit: random.chance(percent: 50) ? 2 : nil)
                #expect(Set(changes.created).isDisjoint(with: known))
                known.formUnion(changes.created)
                known.subtract(changes.destroyed)
                state = changes.newState
                hasMore = changes.hasMoreChanges
            }
            #expect(known == Set(try fixture.store.ids(.everything)))
        }
    }
}
