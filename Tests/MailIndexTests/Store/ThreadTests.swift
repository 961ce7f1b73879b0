import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

@Suite("Threads")
struct ThreadTests {
    /// Each message with what it bears and names.
    private static let discussion: [(String, references: [String], inReplyTo: [String])] = [
        ("root", [], []), ("reply", ["root"], ["root"]), ("other", ["root"], []),
        ("deep", ["root", "reply"], ["reply"]),
        ("late", ["lost", "deep"], []), ("stranger", [], []), ("kin", ["lost"], ["lost"]), ("loner", ["absent"], []),
        ("answer", [], ["stranger"]),
    ]

    private static func document(_ index: Int) -> MessageDocument {
        let entry = discussion[index]
        func ids(_ names: [String]) -> [String] { names.map { "\($0)@example.org" } }
        return .sample(
            entry.0, id: "\(entry.0)@example.org", references: ids(entry.references), inReplyTo: ids(entry.inReplyTo),
            date: -10_000 + Int64(index) * 100)
    }

    private static func threads(_ fixture: IndexFixture) throws -> Set<Set<String>> {
        let all = try fixture.store.emails(try fixture.store.ids(.everything))
        return Set(Dictionary(grouping: all, by: \.threadID).values.map { Set($0.map(\.subject)) })
    }

    @Test("are the same in whatever order messages come")
    func order() async throws {
        var random = SeededRandom.announced("threads")
        let expected: Set<Set<String>> = [
            ["root", "reply", "other", "deep", "late", "kin"], ["stranger", "answer"], ["loner"],
        ]
        for _ in 0..<8 {
            let fixture = try IndexFixture()
            let order = Array(Self.discussion.indices).shuffled(using: &random)
            for index in order { try await fixture.add(Self.document(index), fixture.place(UInt32(index) + 1)) }
            #expect(try Self.threads(fixture) == expected, "\(order)")
            let root = try fixture.id("root")
            #expect(
                try fixture.store.thread(of: fixture.id("late")).map(\.threadID) == Array(repeating: root, count: 6))
        }
    }

    @Test("come apart when what joined them goes, and join again when it is back")
    func apart() async throws {
        let fixture = try IndexFixture()
        for index in Self.discussion.indices {
            try await fixture.add(Self.document(index), fixture.place(UInt32(index) + 1))
        }
        let late = UInt32(5)
        try await fixture.remove(late...late)
        #expect(
            try Self.threads(fixture) == [
                ["root", "reply", "other", "deep"], ["kin"], ["stranger", "answer"], ["loner"],
            ])
        try await fixture.add(Self.document(4), fixture.place(50))
        #expect(try Self.threads(fixture).contains(["root", "reply", "other", "deep", "late", "kin"]))
        // Without its root a thread holds together by what all name.
        try await fixture.remove(1...1)
        #expect(try Self.threads(fixture).contains(["reply", "other", "deep", "late", "kin"]))
        try await fixture.remove(1...100)
        #expect(try Self.threads(fixture) == [])
        #expect(try fixture.problems() == [])
    }

    @Test("a search by threads gives each once, and counts threads")
    func search() async throws {
        let fixture = try IndexFixture()
        for index in Self.discussion.indices {
            try await fixture.add(Self.document(index), fixture.place(UInt32(index) + 1))
        }
        let options = SearchOptions(limit: 2, threads: true)
        let results = try fixture.store.search(.everything, options: options)
        #expect(results.total == 3)
        #expect(results.hits.map(\.email.subject) == ["answer", "loner"])
        #expect(try fixture.subjects("*", threads: true) == ["answer", "loner", "kin"])
        #expect(try fixture.subjects("*", sort: .oldest, threads: true) == ["root", "stranger", "loner"])
        // However their messages are found: by FTS5's rows, by the words' lists, or by what they have not.
        for text in ["from:ana", "from:\"ana example\"", "from:exampl*", "from:\"ana exampl\"*", "-zephyr"] {
            #expect(try fixture.store.search(IndexFixture.query(text), options: options).total == 3, "\(text)")
        }
    }

    @Test("a chain of a thousand answers that loses two of three comes apart into singles")
    func chain() async throws {
        let fixture = try IndexFixture()
        let documents = (0..<1_000).map { index in
            MessageDocument.sample(
                "c\(index)", inReplyTo: index == 0 ? [] : ["c\(index - 1)@example.org"], date: -100_000 + Int64(index))
        }
        try await fixture.store.apply(
            IndexBatch(
                now: IndexFixture.now,
                additions: documents.enumerated().map {
                    PlacedDocument(document: $1, place: fixture.place(UInt32($0) + 1))
                }))
        #expect(try fixture.store.search(.everything, options: SearchOptions(threads: true)).total == 1)
        // Two answers lose touch only when both the message between them and its name are gone, so every third stays.
        let uids = (1...1_000).filter { $0 % 3 != 1 }.map { UInt32($0)...UInt32($0) }
        try await fixture.store.apply(
            IndexBatch(now: IndexFixture.now, removals: [Removal(mailbox: fixture.inbox, uids: uids)]))
        #expect(try fixture.store.search(.everything, options: SearchOptions(threads: true)).total == 334)
        #expect(try fixture.problems() == [])
    }
}
