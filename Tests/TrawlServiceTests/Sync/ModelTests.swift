import Foundation
import IMAPClient
import IMAPCore
import MailIndex
import MailSearch
import TestSupport
import Testing

@testable import TrawlService

/// Random operations of a second client while the account is served; after each round index and server are compared,
/// message by message. TRAWL_SOAK_ROUNDS makes it long, TRAWL_TEST_SEED repeats a run.
@Suite(.serialized)
struct ModelTests {
    static var rounds: Int {
        ProcessInfo.processInfo.environment["TRAWL_SOAK_ROUNDS"].flatMap(Int.init) ?? 4
    }
    static let operationsPerRound = 12

    private static let names = ["INBOX", "Archive", "Lists/Swift", "Größe & Co", "Work"]
    private static let flags: [Flag] = [.seen, .flagged, .answered, .draft, "$Forwarded", "Later"]

    /// A second client that does anything.
    private struct Stranger {
        var random: SeededRandom
        var count = 0
        var log: [String] = []

        mutating func act(_ client: IMAPConnection) async throws {
            let existing = try await client.list(["*"]).filter(\.isSelectable).map(\.name.name).sorted()
            guard let mailbox = existing.randomElement(using: &random) else { return }
            // Cyrus makes those above a mailbox too, and lets none go that has others below.
            let isParent = existing.contains { $0.hasPrefix(mailbox + "/") }
            switch Int.random(in: 0..<100, using: &random) {
            case 0..<35:
                count += 1
                let flags = Array(
                    ModelTests.flags.shuffled(using: &random).prefix(Int.random(in: 0...2, using: &random)))
                let size = random.chance(percent: 10) ? 60_000 : 0
                note("append \(count) to \(mailbox)")
                try await client.append(sampleMessage("model \(count)", size: size), to: mailbox, flags: flags)
            case 35..<55:
                let uids = try await someUIDs(client, mailbox)
                let flag = ModelTests.flags.randomElement(using: &random) ?? .seen
                let action: StoreAction = random.chance(percent: 60) ? .add : .remove
                note("store \(action) \(flag) on \(uids) of \(mailbox)")
                try await client.store(uids, action, [flag])
            case 55..<67:
                let uids = try await someUIDs(client, mailbox)
                note("expunge \(uids) of \(mailbox)")
                try await client.store(uids, .add, [.deleted])
                try await client.expunge()
            case 67..<79:
                guard let other = existing.filter({ $0 != mailbox }).randomElement(using: &random) else { return }
                let uids = try await someUIDs(client, mailbox)
                note("move \(uids) of \(mailbox) to \(other)")
                try await client.move(uids, to: MailboxName(other))
            case 79..<86:
                guard let other = existing.filter({ $0 != mailbox }).randomElement(using: &random) else { return }
                let uids = try await someUIDs(client, mailbox)
                note("copy \(uids) of \(mailbox) to \(other)")
                try await client.copy(uids, to: MailboxName(other))
            case 86..<91:
                let free = ModelTests.names.filter { !existing.contains($0) }
                guard let name = free.randomElement(using: &random) else { return }
                note("create \(name)")
                try await client.create(MailboxName(name))
            case 91..<95:
                let free = ModelTests.names.filter { !existing.contains($0) }
                guard mailbox != "INBOX", !isParent, let name = free.randomElement(using: &random) else { return }
                note("rename \(mailbox) to \(name)")
                try await leave(client)
                try await client.rename(MailboxName(mailbox), to: MailboxName(name))
            case 95..<98:
                guard mailbox != "INBOX", !isParent else { return }
                note("delete \(mailbox)")
                try await leave(client)
                try await client.delete(MailboxName(mailbox))
            default:
                guard mailbox != "INBOX", !isParent else { return }
                note("delete and create \(mailbox)")
                try await leave(client)
                try await client.delete(MailboxName(mailbox))
                try await createAnew(mailbox, client)
                count += 1
                try await client.append(sampleMessage("model \(count)"), to: mailbox)
            }
        }

        private mutating func note(_ text: String) { log.append(text) }

        /// Dovecot may know a mailbox for a moment longer than it took to remove it.
        private func createAnew(_ mailbox: String, _ client: IMAPConnection) async throws {
            for _ in 0..<Self.mostCreations {
                do {
                    return try await client.create(MailboxName(mailbox))
                } catch let error as IMAPError where error.code == .no {
                    try await Task.sleep(for: .milliseconds(50))
                }
            }
            try await client.create(MailboxName(mailbox))
        }

        private static let mostCreations = 40

        /// Servers end a session whose selected mailbox is removed.
        private func leave(_ client: IMAPConnection) async throws {
            _ = try await client.examine("INBOX")
        }

        private mutating func someUIDs(_ client: IMAPConnection, _ mailbox: String) async throws -> UIDSet {
            _ = try await client.select(MailboxName(mailbox))
            let all = Array(try await client.search([.all]))
            return UIDSet(all.shuffled(using: &random).prefix(Int.random(in: 1...4, using: &random)))
        }
    }

    @Test(
        .enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"),
        arguments: ChangeTests.Server.allCases)
    func indexAndDovecotAgreeAfterEveryRound(_ server: ChangeTests.Server) async throws {
        try await compareAfterEveryRound(
            SyncHarness(server.options), .announced("indexAndDovecotAgreeAfterEveryRound(\(server))"))
    }

    /// What the client makes no use of is as if the server had it not: Cyrus has no switch for its capabilities.
    @Test(
        .enabled(if: UnpackedServer.reasonToSkip == nil, "Cyrus needs root to run in a folder of its own"),
        arguments: [ChangeTests.Server.qResync, .condStore])
    func indexAndCyrusAgreeAfterEveryRound(_ use: ChangeTests.Server) async throws {
        var harness = try ServerHarness(server: UnpackedServer(.cyrus))
        if use == .condStore { harness.environment.connection.enables = [.condStore] }
        try await compareAfterEveryRound(harness, .announced("indexAndCyrusAgreeAfterEveryRound(\(use))"))
    }

    /// What a failure is to be explained by.
    private static func cursors(_ store: IndexStore) throws -> String {
        try store.mailboxes().map { mailbox in
            let uids = try store.uids(in: mailbox.id).map { "\($0.lowerBound)-\($0.upperBound)" }
            return "\n  \(mailbox.id.rawValue) \(mailbox.name) \(mailbox.objectID ?? "") \(uids) "
                + (mailbox.cursor.map { "\($0)" } ?? "")
        }.joined()
    }

    private static func statuses(_ harness: ServerHarness<some IMAPTestServer>) async throws -> String {
        try await harness.client { client in
            try await client.list(["*"], returning: AccountSession.statusItems).map { info in
                "\n  \(info.name.name) \(info.objectID ?? "") " + (info.status.map { "\($0)" } ?? "")
            }.joined()
        }
    }

    private func compareAfterEveryRound(
        _ fresh: ServerHarness<some IMAPTestServer>, _ random: SeededRandom
    ) async throws {
        var harness = fresh
        harness.account.pollInterval = 3_600
        harness.environment.sleep = { try await Task.sleep(for: .seconds(min($0, 0.05))) }
        let served = harness
        var stranger = Stranger(random: random)
        for name in Self.names.dropFirst(2) {
            try await served.client { try await $0.create(MailboxName(name)) }
        }
        try await served.serving { synchronizer in
            for round in 1...Self.rounds {
                stranger.log = []
                let before = try Self.cursors(served.store)
                try await served.client { client in
                    for _ in 0..<Self.operationsPerRound { try await stranger.act(client) }
                }
                var differences: [String] = []
                for _ in 0..<20 {
                    // A session may be beginning anew just now, because a watched mailbox has gone.
                    try? await synchronizer.refresh()
                    differences = try await served.differences()
                    if differences.isEmpty { break }
                    try await Task.sleep(for: .milliseconds(100))
                }
                let notes =
                    try served.store.mailboxes().compactMap { mailbox in
                        mailbox.lastError.map { "\(mailbox.name): \($0)" }
                    } + served.store.status().accounts.map { "\($0.state): \($0.lastError ?? "well")" }
                if !differences.isEmpty {
                    print("before", before)
                    print("after", try Self.cursors(served.store))
                    print("on the server", try await Self.statuses(served))
                }
                #expect(differences == [], "round \(round), seed \(stranger.random.seed): \(stranger.log) \(notes)")
                let problems = try served.store.check().problems
                #expect(problems.isEmpty, "round \(round), seed \(stranger.random.seed)")
                if !differences.isEmpty { return }
            }
        }
        let verifier = Verifier(served.synchronizer(), sample: 1_000)
        #expect(try await verifier.differences() == [])
    }
}
