/// The index's schema: SQL scripts in the order in which they are applied, embedded in the binary.
///
/// A script that has shipped is never edited; a change is a new script. The scripts need the SQL function `trawl_text`
/// and the FTS5 tokenizer `trawl`, which `MailIndex` registers on every connection.
public enum IndexSchema {
    /// One step from a schema to the next.
    public struct Migration: Sendable {
        /// The script's file name without its ending: `v001-messages`. What stands in the database.
        public let name: String
        /// SQL, more than one statement.
        public let sql: String
    }

    /// All migrations, oldest first.
    public static let migrations: [Migration] = [
        Migration(name: "v001-messages", bytes: PackageResources.v001_messages_sql),
        Migration(name: "v002-smaller-texts", bytes: PackageResources.v002_smaller_texts_sql),
    ]

    /// SQLite's `application_id` of an index ("Trwl"), by which another program's database is told apart.
    public static let applicationID: Int32 = 0x5472_776C
}

extension IndexSchema.Migration {
    fileprivate init(name: String, bytes: [UInt8]) {
        self.init(name: name, sql: String(decoding: bytes, as: UTF8.self))
    }
}
