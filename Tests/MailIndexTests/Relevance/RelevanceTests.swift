import Foundation
import MIME
import Testing

@testable import MailIndex
@testable import MailSearch

/// Whether `--sort relevance` shows first what is looked for.
@Suite struct RelevanceTests {
    /// Later than all of them: summer 2026.
    private static let now: Int64 = 1_785_000_000

    @Test func wantedMessageIsAmongTheFirstThree() async throws {
        guard let folder = MailingLists.folder() else { return }
        #expect(RelevanceQuery.all.count == 40)
        let index = try IndexFixture()
        var count = 0
        for name in MailingLists.names {
            let messages = try MailingLists.messages(of: name, in: folder)
            count += messages.count
            try await Self.add(messages, as: name, to: index)
        }
        var ranks: [Int] = []
        for query in RelevanceQuery.all {
            let options = SearchOptions(limit: 200, sort: .relevance, snippets: false)
            let parsed = try QueryParser.parse(query.text, context: QueryContext(now: Self.now, zoneOffset: { _ in 0 }))
            let hits = try index.store.search(parsed, options: options).hits
            let rank = hits.firstIndex { $0.email.messageIDs.contains(query.wanted) }.map { $0 + 1 }
            #expect(rank ?? .max <= 3, "\(query.text): rank \(rank ?? 0) of \(hits.count)")
            ranks.append(rank ?? 0)
        }
        let first = ranks.count { $0 == 1 }
        let reciprocal = ranks.reduce(0) { $0 + ($1 > 0 ? 1 / Double($1) : 0) } / Double(ranks.count)
        print("relevance over \(count) messages: ranks \(ranks), \(first) first, mean reciprocal rank \(reciprocal)")
    }

    private static func add(_ messages: [Data], as name: String, to index: IndexFixture) async throws {
        let mailbox = try index.store.registerMailbox(
            MailboxDescription(name: name, delimiter: "/"), of: index.account)
        let half = (messages.count + 1) / 2
        let documents = await withTaskGroup(of: [MessageDocument].self) { group in
            for part in [messages.prefix(half), messages.dropFirst(half)] {
                group.addTask {
                    let parser = MessageParser()
                    return part.map { message in
                        let octets = MailingLists.octets(of: message)
                        return MessageDocument(parser.parse(octets), receivedAt: nil, size: octets.count, now: now)
                    }
                }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        let additions = documents.enumerated().map { number, document in
            PlacedDocument(document: document, place: Place(mailbox: mailbox, uid: UInt32(number + 1), uidValidity: 1))
        }
        try await index.store.apply(IndexBatch(now: now, additions: additions))
    }
}
