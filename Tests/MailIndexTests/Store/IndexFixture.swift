import MIME
import TestSupport

@testable import MailIndex
@testable import MailSearch

/// An index in a folder of its own, with short ways to fill and ask it.
final class IndexFixture {
    let folder: TemporaryFolder
    private(set) var store: IndexStore
    let account: AccountID
    let inbox: MailboxID
    let archive: MailboxID

    /// A day of 2023, at which all tests take place.
    static let now: Int64 = 1_700_000_000

    init(options: IndexStoreOptions = IndexStoreOptions()) throws {
        folder = try TemporaryFolder("trawl-index")
        store = try IndexStore.open(folder.path("data"), access: .readWrite, options: options)
        account = try store.registerAccount("home")
        inbox = try store.registerMailbox(MailboxDescription(name: "INBOX", delimiter: "/"), of: account)
        archive = try store.registerMailbox(
            MailboxDescription(name: "Archive", delimiter: "/", attributes: ["\\Archive"]), of: account)
    }

    /// Closes the index and opens it again.
    func reopen(options: IndexStoreOptions = IndexStoreOptions()) throws {
        try store.close()
        store = try IndexStore.open(folder.path("data"), access: .readWrite, options: options)
    }

    func reader() throws -> IndexStore {
        try IndexStore.open(folder.path("data"), access: .readOnly)
    }

    static func query(_ text: String) throws -> SearchQuery {
        try QueryParser.parse(text, context: QueryContext(now: now, zoneOffset: { _ in 0 }))
    }

    /// Subjects of what is found, newest first.
    func subjects(_ text: String, sort: SearchOptions.Sort = .newest, threads: Bool = false) throws -> [String] {
        let options = SearchOptions(limit: nil, sort: sort, threads: threads)
        return try store.search(Self.query(text), options: options).hits.map(\.email.subject)
    }

    func id(_ subject: String) throws -> EmailID {
        let found = try store.search(Self.query("subject:\"\(subject)\""), options: SearchOptions(limit: nil))
        guard let hit = found.hits.first(where: { $0.email.subject == subject }) else {
            throw TestSupportError("no message \(subject)")
        }
        return hit.email.id
    }

    func place(
        _ uid: UInt32, in mailbox: MailboxID? = nil, flags: [String] = [], labels: [String] = [],
        uidValidity: UInt32 = 1, modSeq: UInt64? = nil
    ) -> Place {
        Place(
            mailbox: mailbox ?? inbox, uid: uid, uidValidity: uidValidity,
            flags: FlagSet(imap: flags, labels: labels), modSeq: modSeq)
    }

    @discardableResult
    func add(_ document: MessageDocument, _ place: Place, now: Int64 = now) async throws -> BatchOutcome {
        try await store.apply(IndexBatch(now: now, additions: [PlacedDocument(document: document, place: place)]))
    }

    @discardableResult
    func remove(
        _ uids: ClosedRange<UInt32>, from mailbox: MailboxID? = nil, now: Int64 = now
    ) async throws -> BatchOutcome {
        try await store.apply(
            IndexBatch(now: now, removals: [Removal(mailbox: mailbox ?? inbox, uids: [uids])]))
    }

    /// Expects nothing from `check`.
    func problems() throws -> [String] {
        try store.check().problems
    }
}

extension MessageDocument {
    /// A message in the fewest words. `date` is an offset to the fixture's now.
    static func sample(
        _ subject: String, body: String = "", id: String? = nil, references: [String] = [], inReplyTo: [String] = [],
        from: String = "ana@example.org", fromName: String? = nil, to: [String] = ["ben@example.com"],
        cc: [String] = [], date: Int64 = -3_600, receivedAt: Int64? = nil, size: Int = 1_000, list: String? = nil,
        attachments: [Attachment] = [], identities: [MessageIdentity] = [], compression: TextCompression = .plain
    ) -> MessageDocument {
        let message = Message(
            subject: subject, from: [EmailAddress(name: fromName, email: from)],
            to: to.map { EmailAddress(email: $0) }, cc: cc.map { EmailAddress(email: $0) },
            messageIDs: [id ?? "\(subject)@example.org"], inReplyTo: inReplyTo, references: references,
            date: InternetDate(secondsSince1970: IndexFixture.now + date, zoneOffsetMinutes: 0), listID: list,
            text: body, newTextPreview: body, attachments: attachments)
        return MessageDocument(
            message, receivedAt: receivedAt ?? IndexFixture.now + date, size: size, identities: identities,
            now: IndexFixture.now, compression: compression)
    }
}

extension IndexFixture {
    /// All rows of all tables but the text index's own, as text.
    func dump() throws -> [String] {
        try store.read { database in
            let tables = try database.texts(
                "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'message_text%' ORDER BY 1")
            return try tables.flatMap { table in
                let columns = try database.texts("SELECT name FROM pragma_table_info(?)", .text(table))
                let row = columns.map { "'\($0)=' || quote(\"\($0)\")" }.joined(separator: " || ' ' || ")
                return try database.texts("SELECT \(row) FROM \"\(table)\"").map { "\(table) \($0)" }
            }
        }
    }
}
