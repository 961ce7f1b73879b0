import Foundation
import MailIndex
import MailSearch
import TestSupport
import Testing

@testable import TrawlService

/// Sources whose messages are parsed ahead of what is written.
@Suite struct ImportPipelineTests {
    private let folder: TemporaryFolder
    /// Of each source by its place: how many messages it has.
    private let counts: [Int]

    init() throws {
        folder = try TemporaryFolder("trawl-import")
        var random = SeededRandom.announced("sources of an import")
        // Most are smaller than what is read as one piece, some have several pieces, some nothing.
        counts = (0..<40).map { _ in
            Int.random(in: 0..<10, using: &random) == 0
                ? Int.random(in: 100..<300, using: &random) : Int.random(in: 0..<5, using: &random)
        }
        try Self.makeFolder(folder.path("mail"))
        for (source, count) in counts.enumerated() {
            let messages = (0..<count).map { Self.message(source, $0) }
            if source % 3 == 0 {
                let lines = messages.map { "From ana@example.org Tue Mar  5 12:34:56 2024\n\($0)\n" }
                _ = try folder.write(lines.joined(), to: "mail/\(Self.name(source)).mbox")
            } else {
                for name in ["new", "tmp", "cur"] {
                    try Self.makeFolder(folder.path("mail/\(Self.name(source))/\(name)"))
                }
                for (number, message) in messages.enumerated() {
                    _ = try folder.write(message, to: "mail/\(Self.name(source))/cur/\(1000 + number):2,S")
                }
            }
        }
    }

    private static func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    }

    private static func name(_ source: Int) -> String { "source\(100 + source)" }

    private static func message(_ source: Int, _ number: Int) -> String {
        RPCFixture.message("subject\(source)x\(number)", "\(1 + number % 28)")
            .replacing("Message-ID: <", with: "Message-ID: <\(source).\(number).")
    }

    private func open(_ name: String) throws -> IndexStore {
        try IndexStore.open(folder.path(name), access: .readWrite)
    }

    /// The subjects of each mailbox's messages, in the order of their UIDs.
    private func subjects(_ store: IndexStore) throws -> [String: [String]] {
        var found: [String: [String]] = [:]
        for mailbox in try store.mailboxes() where mailbox.messageCount > 0 {
            let places = try store.places(in: mailbox.id).sorted { $0.uid < $1.uid }
            #expect(places.map(\.uid) == (1...UInt32(places.count)).map { $0 })
            let emails = try store.emails(places.map(\.message))
            found[mailbox.name] = places.map { place in emails.first { $0.id == place.message }?.subject ?? "" }
        }
        return found
    }

    @Test("each source's messages are numbered in its order, by however many workers", arguments: [1, 2, 5])
    func numbers(_ workers: Int) async throws {
        let store = try open("data")
        let work = MailImport(store: store, data: folder.path("data"), now: 1_800_000_000, workers: workers)
        var last = MailImport.Progress()
        let summary = try await work.run([folder.path("mail")]) {
            #expect($0.messages >= last.messages && $0.octets >= last.octets)
            last = $0
        }
        #expect(summary.added == counts.reduce(0, +))
        #expect(summary.problems.isEmpty)
        #expect(last.messages == summary.added)
        let found = try subjects(store)
        for (source, count) in counts.enumerated() where count > 0 {
            let name = try #require(found.keys.first { $0.contains(Self.name(source)) })
            #expect(found[name] == (0..<count).map { "subject\(source)x\($0)" })
        }
        let again = try await work.run([folder.path("mail")])
        #expect(again.added == 0 && again.unchanged == summary.added && again.removed == 0)
    }

    @Test("what stands before a source that can't be read is imported, and the fault told")
    func fault() async throws {
        let store = try open("data")
        let work = MailImport(store: store, data: folder.path("data"), now: 1_800_000_000)
        let scanner = try ImportScanner.scan([folder.path("mail")])
        let sources = try scanner.sources.map { source in
            let cache = ImportCache(source: source.path, mailbox: source.mailbox, data: folder.path("data"))
            return PlannedImport(source: source, cache: cache, plan: try ImportPlan(source, cache, folders: nil))
        }
        let place = try #require(sources.indices.dropFirst(5).first { sources[$0].plan.readsMbox })
        ImportCache.delete(sources[place].source.path)
        var progress = MailImport.Progress()
        var summary = MailImport.Summary()
        var open = OpenImports()
        await #expect(throws: ServiceError.self) {
            try await ImportPipeline(context: work, sources: sources).run(&progress, &summary, &open) { _ in }
        }
        try store.commit()
        let names = try store.mailboxes().filter { $0.messageCount > 0 }.map(\.name)
        for (source, count) in counts.enumerated() where count > 0 {
            let number = try #require(sources.firstIndex { $0.source.mailbox.contains(Self.name(source)) })
            #expect(names.contains(sources[number].source.mailbox) == (number < place), "\(source)")
        }
    }
}
