import Foundation
import GRDB
import IndexSchema
import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// Indexes of every older schema, with mail in them, become indexes of today.
@Suite("Migrations")
struct MigrationTests {
    /// A text as `v001-messages` kept it: raw deflate.
    private static let deflated = """
        0122467d85cab10d80201404d09e296e00c30e56ce81f104e20f183803e3dbd8dbbebcb5a0da01a3c486b0d74750222c
        c7a4549fcef5772cb8780ba1439cea186cfc483873ebf2ce6af49a725b306284567289ee05
        """

    /// One message as the schema with so many migrations held it.
    private static func message(_ count: Int) -> String {
        accounts + (count < 3 ? messageByDate : messageByArrival) + index + (count < 4 ? "" : order)
            + (count < 5 ? "" : identities)
    }

    private static let order = "UPDATE counter SET newest_date = 1700000000;"

    private static let identities = """
        UPDATE identity SET message_id = -message_id WHERE key <> x'6300112233445566778899aabbccddeeff';
        """

    private static let accounts = """
        INSERT INTO account (id, name) VALUES (1, 'home');
        INSERT INTO mailbox (id, account_id, name, delimiter, uid_validity, uid_next, backfilled_down_to, message_count,
            unseen_count) VALUES (1, 1, 'INBOX', '/', 7, 6, 1, 1, 1);
        INSERT INTO flagset (id, flags, keywords, labels) VALUES (1, 0, '', '');

        """

    private static let messageByDate = """
        INSERT INTO message (id, date, thread_id, flags, size, attachment_count, created, changed)
            VALUES (106250000, 1700000000, 1, 0, 900, 0, 1, 1);
        INSERT INTO document (id, digest, date, sent_at, received_at, size, message_ids, in_reply_to, references_, subject,
            from_, to_, cc, bcc, reply_to, sender, list, attachments, is_truncated, text)
            VALUES (106250000, x'00112233445566778899aabbccddeeff', 1700000000, 1700000000, 1700000000, 900,
            'old@example.org', '', '', 'An old letter', 'Ana' || char(9) || 'ana@example.org', '', '', '', '', '', '', '',
            0, unhex_text());

        """

    private static let messageByArrival = """
        INSERT INTO message (id, date, thread_id, flags, size, attachment_count, created, changed, document)
            VALUES (106250000, 1700000000, 1, 0, 900, 0, 1, 1, 1);
        INSERT INTO document (number, digest, date, sent_at, received_at, size, is_truncated, text)
            VALUES (1, x'00112233445566778899aabbccddeeff', 1700000000, 1700000000, 1700000000, 900, 0,
            trawl_document(unhex_text(), 'An old letter', 'Ana' || char(9) || 'ana@example.org', '', '', '', '', '', '', '',
            'old@example.org', '', ''));

        """

    private static let index = """
        INSERT INTO place (mailbox_id, uid, message_id, flagset_id) VALUES (1, 5, 106250000, 1);
        INSERT INTO identity (key, message_id) VALUES (x'6300112233445566778899aabbccddeeff', 106250000),
            (x'63ff112233445566778899aabbccddeeff', 106250000), (x'6700112233445566', 106250000);
        INSERT INTO message_text (rowid, subject, "from", "to", cc, bcc, body, attachment)
            SELECT id, subject, "from", "to", cc, bcc, body, attachment FROM message_content;
        UPDATE counter SET change = 1, next_thread_id = 2, message_count = 1;
        """

    /// An index as the build that ended with migration number `count` left it.
    private func oldIndex(_ directory: String, migrations count: Int) throws {
        try IndexFiles.makeDirectory(directory)
        let dictionaries = TextDictionaries(isForWriting: true)
        var configuration = WriterConnection.configuration(IndexStoreOptions(), dictionaries)
        configuration.prepareDatabase { database in
            let text = stride(from: 0, to: Self.octets.count, by: 2).map { index in
                UInt8(String(Self.octets[index...(index + 1)]), radix: 16) ?? 0
            }
            database.add(function: IndexMigrator.documentFunction(database, dictionaries))
            database.add(function: DatabaseFunction("unhex_text", argumentCount: 0) { _ in Data(text) })
        }
        let pool = try DatabasePool(path: IndexFiles.path(in: directory), configuration: configuration)
        var migrator = DatabaseMigrator()
        for migration in IndexSchema.migrations.prefix(count) {
            migrator.registerMigration(migration.name) { database in
                try database.execute(sql: "PRAGMA application_id = \(IndexSchema.applicationID)")
                try database.execute(sql: migration.sql)
            }
        }
        try migrator.migrate(pool)
        try pool.write { try $0.execute(sql: Self.message(count)) }
        try pool.close()
    }

    private func identities(_ store: IndexStore) throws -> Int64? {
        try store.read { try $0.integer("SELECT count(*) FROM identity") }
    }

    private static let octets = Array(deflated.filter { !$0.isWhitespace })

    @Test("every older schema is brought up to date with its mail", arguments: 1..<IndexSchema.migrations.count)
    func upgrade(from count: Int) async throws {
        let folder = try TemporaryFolder("trawl-migration")
        let directory = folder.path("data")
        try oldIndex(directory, migrations: count)
        do {
            _ = try IndexStore.open(directory, access: .readOnly)
            Issue.record("an older index was opened for reading")
        } catch let error as IndexError {
            #expect(error.code == .needsMigration)
        }
        let store = try IndexStore.open(directory, access: .readWrite)
        defer { try? store.close() }
        let hits = try store.search(IndexFixture.query("lighthouse gale")).hits
        #expect(hits.map(\.email.subject) == ["An old letter"])
        let email = try #require(hits.first?.email)
        #expect(email.preview == "An old letter about the lighthouse")
        #expect(hits.first?.snippet?.body?.contains("<mark>lighthouse</mark>") == true)
        #expect(try store.text(of: email.id)?.hasSuffix("kept at first.\n") == true)
        #expect(try store.attachmentText(of: email.id) == "log.txt\nGale warning\n")
        #expect(try store.check().problems.isEmpty)
        // It lives on: the old message goes, and leaves nothing behind.
        let inbox = try #require(try store.mailboxes().first?.id)
        _ = try await store.apply(
            IndexBatch(now: IndexFixture.now, removals: [Removal(mailbox: inbox, uids: [5...5])]))
        #expect(try store.search(IndexFixture.query("lighthouse")).hits.isEmpty)
        #expect(try store.check().problems.isEmpty)
        #expect(try identities(store) == 3)
        _ = try await store.apply(IndexBatch(now: IndexFixture.now + 400 * 86_400))
        #expect(try identities(store) == 0)
        #expect(try store.check().problems.isEmpty)
    }
}
