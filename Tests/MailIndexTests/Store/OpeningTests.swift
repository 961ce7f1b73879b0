import Foundation
import CSQLite
import GRDB
import IndexSchema
import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

@Suite("Opening an index")
struct OpeningTests {
    private static func code(_ directory: String, _ access: IndexStore.Access) -> IndexError.Code? {
        do {
            try IndexStore.open(directory, access: access).close()
            return nil
        } catch {
            return (error as? IndexError)?.code ?? .inner
        }
    }

    @Test("a new index is its owner's alone, and empty")
    func new() throws {
        let folder = try TemporaryFolder()
        let store = try IndexStore.open(folder.path("a/b/data"), access: .readWrite)
        for (path, mode) in [
            ("a/b/data", 0o700), ("a/b/data/index.sqlite", 0o600), ("a/b/data/index.sqlite-wal", 0o600),
        ] {
            let attributes = try FileManager.default.attributesOfItem(atPath: folder.path(path))
            #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == mode, "\(path)")
        }
        #expect(try store.search(.everything).total == 0)
        #expect(try store.status().isComplete)
        #expect(try store.check().isSound)
        try store.close()
    }

    /// SQLite keeps the number of pages that it counted before it knew the page size.
    @Test("a new index's cache takes up no more than was asked for")
    func cache() async throws {
        let fixture = try IndexFixture(options: IndexStoreOptions(writerCacheBytes: 2 << 20))
        let body = (0..<2_000).map { "word\($0)" }.joined(separator: " ")
        let additions = (1...600).map { uid in
            PlacedDocument(document: .sample("s\(uid)", body: "\(body) \(uid)"), place: fixture.place(UInt32(uid)))
        }
        try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
        let used = try fixture.store.requireWriter().maintain { database in
            var used: Int32 = 0
            var highest: Int32 = 0
            sqlite3_db_status(database.handle, SQLITE_DBSTATUS_CACHE_USED, &used, &highest, 0)
            return used
        }
        #expect(used > 1 << 20)
        #expect(used < 3 << 20)
    }

    @Test("reading makes nothing")
    func missing() throws {
        let folder = try TemporaryFolder()
        #expect(Self.code(folder.path("none"), .readOnly) == .notFound)
        #expect(!FileManager.default.fileExists(atPath: folder.path("none")))
    }

    @Test("what is no index, another program's, damaged or from the future is refused and not touched")
    func refused() async throws {
        let folder = try TemporaryFolder()
        func make(_ name: String, _ fill: (String) throws -> Void) throws -> String {
            let directory = folder.path(name)
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try fill(directory + "/index.sqlite")
            return directory
        }
        let text = try make("text") { path in
            try Data(String(repeating: "no index at all\n", count: 500).utf8).write(to: URL(fileURLWithPath: path))
        }
        let foreign = try make("foreign") { path in
            let queue = try DatabaseQueue(path: path)
            try queue.write { try $0.execute(sql: "CREATE TABLE precious (a); INSERT INTO precious VALUES (1)") }
            try queue.close()
        }
        let future = folder.path("future")
        try IndexStore.open(future, access: .readWrite).close()
        let queue = try DatabaseQueue(path: future + "/index.sqlite")
        try await queue.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES ('v999-telepathy')") }
        try queue.close()
        let damaged = folder.path("damaged")
        try IndexStore.open(damaged, access: .readWrite).close()
        let file = FileHandle(forUpdatingAtPath: damaged + "/index.sqlite")
        try file?.seek(toOffset: 100)
        try file?.write(contentsOf: Data(repeating: 0x5A, count: 3_000))
        try file?.close()
        for (directory, expected) in [
            (text, [IndexError.Code.notAnIndex]), (foreign, [.notAnIndex]), (future, [.fromTheFuture]),
            (damaged, [.damaged]),
        ] {
            let path = directory + "/index.sqlite"
            let before = try Data(contentsOf: URL(fileURLWithPath: path))
            for access in [IndexStore.Access.readWrite, .readOnly] {
                #expect(expected.contains(Self.code(directory, access) ?? .inner), "\(directory) \(access)")
            }
            #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before, "\(directory)")
        }
        do {
            _ = try IndexStore.open(future, access: .readWrite)
        } catch {
            #expect("\(error)".contains("v999-telepathy"))
        }
    }

    @Test("a making that was cut off is begun again")
    func cutOff() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("data"), withIntermediateDirectories: true)
        _ = FileManager.default.createFile(atPath: folder.path("data/index.sqlite"), contents: nil)
        #expect(Self.code(folder.path("data"), .readOnly) == .notFound)
        #expect(Self.code(folder.path("data"), .readWrite) == nil)
        #expect(Self.code(folder.path("data"), .readOnly) == nil)
    }

    @Test("a making that was cut off before the first migration is begun again")
    func cutOffLater() throws {
        let folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.path("data"), withIntermediateDirectories: true)
        let queue = try DatabaseQueue(path: folder.path("data/index.sqlite"))
        try queue.write { database in
            try database.execute(
                sql: """
                    PRAGMA application_id = \(IndexSchema.applicationID);
                    CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
                    """)
        }
        try queue.close()
        #expect(Self.code(folder.path("data"), .readOnly) == .notFound)
        #expect(Self.code(folder.path("data"), .readWrite) == nil)
        #expect(Self.code(folder.path("data"), .readOnly) == nil)
    }

    @Test("an index is read while it is written to, and without a writer, and in a folder that can't be written")
    func readers() async throws {
        let fixture = try IndexFixture()
        try await fixture.add(.sample("first"), fixture.place(1))
        let during = try fixture.reader()
        #expect(try during.count(IndexFixture.query("first")).total == 1)
        try await fixture.add(.sample("second"), fixture.place(2))
        #expect(try during.count(IndexFixture.query("second")).total == 1, "a reader sees each batch")
        try during.close()
        try fixture.store.close()
        let after = try fixture.reader()
        #expect(try after.search(.everything).hits.map(\.email.subject).sorted() == ["first", "second"])
        await #expect { try await after.apply(IndexBatch(now: 1)) } throws: { ($0 as? IndexError)?.code == .readOnly }
        try after.close()
        #expect(geteuid() == 0 || chmod(fixture.folder.path("data"), 0o500) == 0)
    }

    @Test("an immutable path keeps its odd letters")
    func immutable() async throws {
        let folder = try TemporaryFolder()
        let directory = folder.path("da ta?x=1#%41ü")
        let store = try IndexStore.open(directory, access: .readWrite)
        let account = try store.registerAccount("a")
        let mailbox = try store.registerMailbox(MailboxDescription(name: "m"), of: account)
        try await store.apply(
            IndexBatch(
                now: IndexFixture.now,
                additions: [
                    PlacedDocument(document: .sample("odd"), place: Place(mailbox: mailbox, uid: 1, uidValidity: 1))
                ]))
        try store.close()
        for suffix in ["-wal", "-shm"] { unlink(directory + "/index.sqlite" + suffix) }
        let database = try SQLiteDatabase(reading: IndexFiles.immutableURI(directory + "/index.sqlite"))
        #expect(try database.integer("SELECT count(*) FROM message") == 1)
        #expect(!FileManager.default.fileExists(atPath: directory + "/index.sqlite-shm"))
    }

    @Test("no room left: one clear error, nothing of the batch stays, and the index goes on")
    func diskFull() async throws {
        let fixture = try IndexFixture()
        try await fixture.add(.sample("before"), fixture.place(1))
        // A limit on pages meets SQLite's own handling of a full disk.
        let writer = try fixture.store.requireWriter()
        let pages = try writer.maintain { try $0.integer("PRAGMA page_count") ?? 0 }
        try writer.maintain { try $0.execute("PRAGMA max_page_count = \(pages)") }
        let additions = (2...400).map { index in
            PlacedDocument(
                document: .sample("m\(index)", body: (0..<300).map { "w\(index)x\($0)" }.joined(separator: " ")),
                place: fixture.place(UInt32(index)))
        }
        await #expect {
            try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
        } throws: {
            ($0 as? IndexError)?.code == .diskFull
        }
        #expect(try fixture.subjects("*") == ["before"])
        try writer.maintain { try $0.execute("PRAGMA max_page_count = 1000000") }
        let outcome = try await fixture.store.apply(IndexBatch(now: IndexFixture.now, additions: additions))
        #expect(outcome.created.count == 399)
        #expect(try fixture.problems() == [])
        try fixture.reopen()
        #expect(try fixture.store.count(IndexFixture.query("*")).total == 400)
    }

    @Test("a text index that differs from the texts is found out, and mended from them")
    func check() async throws {
        let fixture = try IndexFixture()
        for uid in UInt32(1)...20 {
            try await fixture.add(.sample("s\(uid)", body: "body of \(uid)"), fixture.place(uid))
        }
        let id = try fixture.id("s7")
        try fixture.store.requireWriter().maintain {
            let forged = TextCodec.encode(
                fields: DocumentFields.encode(["forged"]), preview: "", body: "body of 7", attachments: "")
            let statement = try SQLStatement(
                $0, "UPDATE document SET text = ? WHERE number = (SELECT document FROM message WHERE id = ?)")
            statement.bind(1, forged)
            statement.bind(2, id.rawValue)
            try statement.run()
        }
        #expect(try fixture.problems() == ["the text index differs from the stored texts"])
        #expect(try fixture.store.check().textDiffers)
        try fixture.store.rebuildText()
        #expect(try fixture.problems() == [])
        #expect(try fixture.subjects("forged") == ["forged"])
        try fixture.store.requireWriter().maintain { try $0.execute("UPDATE mailbox SET message_count = 3") }
        #expect(try fixture.problems() == ["mailboxes whose counts are wrong: 2"])
        let reader = try fixture.reader()
        #expect(try reader.check().problems == ["mailboxes whose counts are wrong: 2"])
    }

    @Test("an index that can't be written is not called damaged for it")
    func checkWithoutWriting() async throws {
        let fixture = try IndexFixture()
        try await fixture.add(.sample("one", body: "text"), fixture.place(1))
        try fixture.store.close()
        let folder = fixture.folder.path("data")
        guard geteuid() == 0, (try? run("mount", ["--bind", folder, folder])) != nil else {
            print("skipped: a read-only mount needs root and the right to mount")
            return
        }
        defer { _ = try? run("umount", ["-l", folder]) }
        try run("mount", ["-o", "remount,ro,bind", folder])
        let reader = try fixture.reader()
        let check = try reader.check()
        #expect(check.isSound && check.problems.isEmpty)
        #expect(check.unchecked?.contains("can't be written") == true, "\(check.unchecked ?? "nil")")
        #expect(try reader.count(IndexFixture.query("text")).total == 1)
    }
}
