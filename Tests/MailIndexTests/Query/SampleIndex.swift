import Foundation
import GRDB
import IndexSchema

@testable import MailIndex
@testable import MailSearch

/// A message of a sample index, told in the fewest words.
struct SampleMessage {
    var name: String
    /// Seconds since 1970.
    var date: Int64 = 1_700_000_000
    var from = ""
    var to = ""
    var cc = ""
    var bcc = ""
    var subject = ""
    var body = ""
    /// What the text column of attachments holds.
    var attachmentText = ""
    /// Name and media type.
    var attachments: [(String, String)] = []
    var list = ""
    var flags = 0
    var size = 1_000
    /// `account/mailbox`.
    var places = ["home/INBOX"]
    var keywords: [String] = []
    var labels: [String] = []
    var messageID = ""
    var thread: Int64 = 0
}

/// An index in memory with the schema's tables, filled row by row: what the compiler's SQL runs on, without the writer.
struct SampleIndex {
    let queue: DatabaseQueue
    private(set) var names: [Int64: String] = [:]
    private(set) var messages: [SampleMessage] = []

    /// LIST attributes of the mailboxes that have some.
    static let attributes = ["home/Gesendet": "\\HasNoChildren\n\\Sent", "work/INBOX/Trash": "\\Trash"]

    init(_ messages: [SampleMessage]) throws {
        var configuration = Configuration()
        configuration.prepareDatabase { db in
            try MailTokenizer.register(on: SQLiteDatabase(of: db.open))
            db.add(
                function: DatabaseFunction("trawl_text", argumentCount: 2, pure: true) { values in
                    guard let text = Data.fromDatabaseValue(values[0]), let number = Int64.fromDatabaseValue(values[1]),
                        let section = TextCodec.Section(number: number)
                    else { return nil }
                    return text.withUnsafeBytes { bytes in
                        TextCodec.withDecoded(bytes, nil) { String(decoding: $0[section], as: UTF8.self) }
                    }
                })
            db.add(function: IndexMigrator.documentFunction(db, TextDictionaries(isForWriting: false)))
        }
        queue = try DatabaseQueue(configuration: configuration)
        let sorted = messages.sorted { $0.date < $1.date }
        self.messages = sorted
        var names: [Int64: String] = [:]
        try queue.write { db in
            for migration in IndexSchema.migrations { try db.execute(sql: migration.sql) }
            var last: Int64 = 0
            var drift: Int64 = 0
            for message in sorted {
                let first = message.date / EmailID.secondsPerID
                last = max(last + 1, first)
                drift = max(drift, last - first)
                names[last] = message.name
                try Self.insert(message, id: last, into: db)
            }
            try db.execute(sql: "UPDATE counter SET id_drift = ?", arguments: [drift])
        }
        self.names = names
    }

    private static func insert(_ message: SampleMessage, id: Int64, into db: Database) throws {
        let list = message.list.isEmpty ? nil : try key("list", message.list, db)
        try db.execute(
            sql: "INSERT INTO message VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
            arguments: [
                id, message.date, message.thread == 0 ? id : message.thread, message.flags, message.size,
                message.attachments.count, list, id, id, id,
            ])
        let fields = [
            message.subject, message.from, message.to, message.cc, message.bcc, "", "", message.list, "",
            message.messageID,
        ]
        let text = TextCodec.encode(
            fields: DocumentFields.encode(fields), preview: "", body: message.body, attachments: message.attachmentText)
        try db.execute(
            sql: "INSERT INTO document (number, digest, date, size, is_truncated, text) VALUES (?, ?, ?, ?, 0, ?)",
            arguments: [id, "\(id)", message.date, message.size, Data(text)])
        try db.execute(
            sql: """
                INSERT INTO message_text (rowid, subject, "from", "to", cc, bcc, body, attachment)
                SELECT * FROM message_content WHERE id = ?
                """, arguments: [id])
        let sender = message.from.split(separator: "\t", omittingEmptySubsequences: false)
        if let email = sender.last {
            try db.execute(
                sql: "INSERT OR IGNORE INTO address VALUES (NULL, ?, ?, ?, '', 1, 0, ?)",
                arguments: [String(email), String(sender[0]), id, id])
            try db.execute(
                sql: "UPDATE address SET name = ? WHERE email = ? AND name = ''",
                arguments: [sender.count > 1 ? String(sender[0]) : "", String(email)])
            try db.execute(
                sql: "UPDATE message SET sender_id = (SELECT id FROM address WHERE email = ?) WHERE id = ?",
                arguments: [String(email), id])
        }
        for (ordinal, attachment) in message.attachments.enumerated() {
            try db.execute(
                sql: "INSERT INTO attachment VALUES (?, ?, ?, ?)",
                arguments: [id, ordinal, try key("media_type", attachment.1, db), TextFolding.folded(attachment.0)])
        }
        if !message.messageID.isEmpty {
            try db.execute(
                sql: "INSERT INTO reference VALUES (?, ?, 1)",
                arguments: [MessageIDToken.token(of: message.messageID), id])
        }
        for (kind, tags) in [(1, message.keywords), (2, message.labels)] {
            for tag in tags {
                let folded = TextFolding.folded(tag)
                try db.execute(
                    sql: "INSERT OR IGNORE INTO tag (kind, name, folded) VALUES (?, ?, ?)",
                    arguments: [kind, tag, folded])
                try db.execute(
                    sql: "INSERT INTO tagging SELECT id, ? FROM tag WHERE kind = ? AND folded = ?",
                    arguments: [id, kind, folded])
            }
        }
        for (ordinal, place) in message.places.enumerated() {
            try insert(place, ordinal, message: id, into: db)
        }
    }

    private static func insert(_ place: String, _ ordinal: Int, message: Int64, into db: Database) throws {
        let parts = place.split(separator: "/", maxSplits: 1).map(String.init)
        let account = try key("account", parts[0], db)
        try db.execute(
            sql: "INSERT OR IGNORE INTO mailbox (account_id, name, delimiter, attributes) VALUES (?, ?, '/', ?)",
            arguments: [account, parts[1], attributes[place] ?? ""])
        try db.execute(
            sql: "UPDATE mailbox SET message_count = message_count + 1 WHERE account_id = ? AND name = ?",
            arguments: [account, parts[1]])
        try db.execute(
            sql: "INSERT INTO place SELECT id, ?, ?, 1, NULL FROM mailbox WHERE account_id = ? AND name = ?",
            arguments: [message % 1_000_000_007 + Int64(ordinal), message, account, parts[1]])
    }

    private static func key(_ table: String, _ name: String, _ db: Database) throws -> Int64 {
        try db.execute(sql: "INSERT OR IGNORE INTO \(table) (name) VALUES (?)", arguments: [name])
        return try Int64.fetchOne(db, sql: "SELECT id FROM \(table) WHERE name = ?", arguments: [name]) ?? 0
    }

    // MARK: Asking

    func read<R>(_ body: (SQLiteDatabase) throws -> R) throws -> R {
        try queue.read { try body(SQLiteDatabase(of: $0.open)) }
    }

    func write<R>(_ body: (SQLiteDatabase) throws -> R) throws -> R {
        try queue.write { try body(SQLiteDatabase(of: $0.open)) }
    }

    func ids(_ query: SearchQuery) throws -> [Int64] {
        try read { db in
            let compiled = try QueryCompiler.compile(query, in: db)
            if compiled.isEmpty { return [] }
            let statement = compiled.idStatement()
            var ids: [Int64] = []
            try SQLStatement(db, statement.sql, statement.arguments).forEachRow { ids.append($0.integer(0)) }
            return ids
        }
    }

    /// Names of the hits, newest first.
    func hits(_ text: String, _ context: QueryContext) throws -> String {
        try ids(QueryParser.parse(text, context: context)).map { names[$0] ?? "?" }.joined(separator: " ")
    }

    func plan(_ query: SearchQuery) throws -> [String] {
        try read { try QueryExplanation(query, in: $0).plan }
    }
}
