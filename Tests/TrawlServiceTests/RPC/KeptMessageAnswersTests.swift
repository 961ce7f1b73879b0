import MIME
import MailIndex
import Presentation
import TestSupport
import Testing

@testable import MailSearch
@testable import TrawlService

/// Two servers on one index, of which one keeps decoded messages: what they answer is the same, octet for octet, and what
/// one thread without a helper finds.
@Suite struct KeptMessageAnswersTests {
    private static let now: Int64 = 1_700_000_000
    private static let words = ["budget", "lunch", "會議", "会議", "naïve", "l'arbre", "quarterly", "the", "report", "Ünï"]
    private static let queries = [
        "*", "budget", "lunch", "会議", "bud*", "\"the report\"", "subject:quarterly", "is:flagged", "report OR lunch",
        "attachment:the", "naive", "keyword:work", "in:archive budget",
    ]

    private static func text(_ count: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
        let count = Int.random(in: count, using: &random)
        return (0..<count).map { _ in words.randomElement(using: &random) ?? "" }.joined(separator: " ")
    }

    /// Few dates, so that ids of messages that left are given to others.
    private static func document(_ number: Int, _ random: inout SeededRandom) -> MessageDocument {
        let text = text(0...60, &random)
        let attachments =
            random.chance(percent: 20)
            ? [
                Attachment(
                    partID: "2", name: "a.csv", mediaType: "text/csv", size: 9, isInline: false,
                    text: Self.text(1...9, &random))
            ] : []
        let message = Message(
            subject: Self.text(0...5, &random), from: [EmailAddress(name: "Ana", email: "ana@example.org")],
            to: [EmailAddress(email: "\(number)@example.com")], messageIDs: ["\(number)@example.org"],
            references: random.chance(percent: 30) ? ["\(number / 2)@example.org"] : [],
            date: InternetDate(
                secondsSince1970: now - 16 * Int64.random(in: 1...30, using: &random), zoneOffsetMinutes: 0),
            text: text, newTextPreview: String(text.prefix(100)), attachments: attachments)
        return MessageDocument(message, receivedAt: now, size: text.utf8.count, now: now)
    }

    private static func server(_ store: IndexStore, _ path: String) -> RPCServer {
        let operations = RPCOperations(sync: { _ in }, raw: { _ in [] })
        return RPCServer(store: store, socket: path, operations: operations, logger: RPCFixture.logger)
    }

    private static func serving(_ servers: [RPCServer], _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for server in servers {
                let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
                group.addTask { try await server.run { continuation.finish() } }
                for await _ in ready {}
            }
            try await body()
            group.cancelAll()
            try await group.waitForAll()
        }
    }

    @Test(arguments: [20 << 10, 1 << 20])
    func areThoseOfAServerThatKeepsNone(octets: Int) async throws {
        var random = SeededRandom.announced("messages kept decoded, \(octets) octets of them")
        let folder = try TemporaryFolder("trawl-kept")
        let store = try IndexStore.open(
            folder.path("data"), access: .readWrite, options: IndexStoreOptions(keptMessageBytes: octets))
        defer { try? store.close() }
        let account = try store.registerAccount("home")
        let mailboxes = try ["INBOX", "Archive"].map {
            try store.registerMailbox(MailboxDescription(name: $0, delimiter: "/"), of: account)
        }
        let plain = try IndexStore.open(folder.path("data"), access: .readOnly)
        defer { try? plain.close() }
        let paths = [folder.path("kept.sock"), folder.path("plain.sock")]
        try await Self.serving([Self.server(store, paths[0]), Self.server(plain, paths[1])]) {
            let clients = try paths.map { try #require(LineClient($0)) }
            var nextUID: UInt32 = 1
            for round in 0..<40 {
                var batch = IndexBatch(now: Self.now)
                for _ in 0..<Int.random(in: 0...3, using: &random) {
                    let place = Place(
                        mailbox: mailboxes[Int.random(in: 0...1, using: &random)], uid: nextUID, uidValidity: 1)
                    batch.additions.append(
                        PlacedDocument(document: Self.document(Int(nextUID), &random), place: place))
                    nextUID += 1
                }
                for mailbox in mailboxes where nextUID > 1 {
                    let flags = ["\\Seen", "\\Flagged", "Work"].filter { _ in random.chance(percent: 40) }
                    let uid = UInt32.random(in: 1..<nextUID, using: &random)
                    batch.flagChanges.append(FlagChange(mailbox: mailbox, uid: uid, flags: FlagSet(imap: flags)))
                    if random.chance(percent: 40) {
                        let gone = UInt32.random(in: 1..<nextUID, using: &random)
                        batch.removals.append(Removal(mailbox: mailbox, uids: [gone...gone]))
                    }
                }
                let ids = try store.ids(.everything)
                if random.chance(percent: 50), let id = ids.randomElement(using: &random) {
                    // The header stays, so that it is the same message with another text.
                    batch.replacements = [Replacement(message: id, document: Self.document(round, &random))]
                }
                try await store.apply(batch)
                if random.chance(percent: 10) { _ = try store.maintain() }
                if random.chance(percent: 10) { store.reader.releaseMemory() }
                for query in Self.queries where random.chance(percent: 60) {
                    let limit = Int.random(in: 1...40, using: &random)
                    let snippets = random.chance(percent: 80)
                    let request = """
                        {"jsonrpc":"2.0","id":\(round),"method":"search",\
                        "params":{"query":\(Self.quoted(query)),"limit":\(limit),"snippets":\(snippets)}}

                        """
                    for client in clients { client.send(Array(request.utf8)) }
                    let answers = try clients.map { String(decoding: try $0.receiveLine(), as: UTF8.self) }
                    #expect(answers[0] == answers[1], "\(query), round \(round)")
                    // By one thread alone.
                    var expected = JSONWriter()
                    let options = SearchOptions(limit: limit, snippets: snippets)
                    let parsed = try QueryParser.parse(query, context: .local())
                    EmailJSON.write(try plain.search(parsed, options: options), to: &expected)
                    #expect(answers[0].contains("\"result\":\(String(decoding: expected.bytes, as: UTF8.self))"))
                }
            }
            #expect(try store.ids(.everything).count > 10)
            let size = try #require(store.reader.kept?.size)
            #expect(size > 0 && size <= octets)
            #expect(plain.reader.kept == nil)
        }
    }

    private static func quoted(_ text: String) -> String {
        "\"\(text.replacing("\"", with: "\\\""))\""
    }
}
