import Foundation
import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// A search by a process of its own, beside others that write, and where it finds what they left.
@Suite struct OneAnswerTests {
    private func imported(_ count: Int = 3) throws -> TrawlProcess {
        let trawl = try TrawlProcess()
        try add(1...count, to: trawl)
        return trawl
    }

    private func add(_ days: ClosedRange<Int>, to trawl: TrawlProcess) throws {
        for day in days {
            try trawl.write(TrawlProcess.message("Letter \(day)", day: day, body: "harbour"), to: "letters/\(day).eml")
        }
        let result = try trawl.run("import", "--quiet", "letters")
        #expect(result.status == 0, "\(result.error)")
    }

    private func reader(_ trawl: TrawlProcess) throws -> IndexReader {
        try IndexReader.open(
            trawl.folder.path("data"), options: IndexStoreOptions(readerCount: 1, isForOneAnswer: true))
    }

    private func found(_ trawl: TrawlProcess) throws -> Int {
        let result = try trawl.run("search", "harbour", "--format", "ids")
        #expect(result.error == "")
        return result.lines.count
    }

    @Test func whatAnotherProcessLeftOfTheLogsMemoryIsNeitherReadNorWritten() throws {
        let trawl = try imported()
        let shared = trawl.folder.path("data/index.sqlite-shm")
        let log = trawl.folder.path("data/index.sqlite-wal")
        for size in [0, 3, 32_768] {
            let left = Data(repeating: 0x5A, count: size)
            try left.write(to: URL(fileURLWithPath: shared))
            try Data().write(to: URL(fileURLWithPath: log))
            #expect(try found(trawl) == 3, "\(size)")
            #expect(try Data(contentsOf: URL(fileURLWithPath: shared)) == left, "\(size)")
        }
        // Without either, the first search makes them, and the next one finds them.
        for path in [shared, log] { try FileManager.default.removeItem(atPath: path) }
        for _ in 1...2 { #expect(try found(trawl) == 3) }
        try add(4...5, to: trawl)
        #expect(try found(trawl) == 5)
        #expect(try trawl.run("check").status == 0)
    }

    @Test func aLogThatAProcessLeftWhenItWasKilledIsRead() async throws {
        let trawl = try imported()
        let data = trawl.folder.path("data")
        let store = try IndexStore.open(data, access: .readWrite)
        let mailbox = try #require(try store.mailboxes().first)
        try await store.apply(
            IndexBatch(
                now: 1_700_000_000, removals: [Removal(mailbox: mailbox.id, uids: [1...1])]))
        // A copy of the files, as they stand on the disk.
        let copy = trawl.folder.path("copy")
        try FileManager.default.copyItem(atPath: data, toPath: copy)
        try store.close()
        #expect(IndexFiles.size(of: copy + "/index.sqlite-wal") > 0)
        #expect(try trawl.run("count", "harbour", "--data", copy).text == "2\n")
    }

    @Test func aSearchKeepsItsSnapshotWhileAnotherProcessWrites() throws {
        let trawl = try imported()
        #expect(try found(trawl) == 3)
        let reader = try reader(trawl)
        let query = try QueryParser.parse("harbour", context: .local())
        #expect(try reader.count(query).total == 3)
        try add(4...6, to: trawl)
        #expect(try reader.search(query, options: SearchOptions(limit: nil)).hits.count == 3)
        #expect(try found(trawl) == 6)
        try add(7...9, to: trawl)
        #expect(try reader.search(query, options: SearchOptions(limit: nil)).hits.count == 3)
        reader.close()
        #expect(try found(trawl) == 9)
        #expect(try trawl.run("check").status == 0)
    }

    @Test func aSearchBesideAProcessThatHasTheIndexOpenSeesEachOfItsBatches() async throws {
        let trawl = try imported()
        let store = try IndexStore.open(trawl.folder.path("data"), access: .readWrite)
        func emptyLog() throws {
            try store.requireWriter().maintain { try $0.execute("PRAGMA wal_checkpoint(TRUNCATE)") }
            #expect(IndexFiles.size(of: trawl.folder.path("data/index.sqlite-wal")) == 0)
        }
        try emptyLog()
        #expect(try found(trawl) == 3)
        let mailbox = try #require(try store.mailboxes().first)
        for left in [2, 1, 0] {
            let uid = UInt32(3 - left)
            try await store.apply(
                IndexBatch(now: 1_700_000_000, removals: [Removal(mailbox: mailbox.id, uids: [uid...uid])]))
            #expect(try found(trawl) == left)
            try emptyLog()
            #expect(try found(trawl) == left)
        }
        try store.close()
        #expect(try found(trawl) == 0)
    }
}
