/// The index's schema: SQL scripts in the order in which they are applied, embedded in the binary.
///
/// A script that has shipped is never edited; a change is a new script. The scripts need the SQL function `trawl_text`
/// and the FTS5 tokenizer `trawl`, which `MailSearch` registers on every connection, and `trawl_document`, which `MailIndex`
/// registers while it migrates.
public enum IndexSchema {
    /// One step from a schema to the next.
    public struct Migration: Sendable {
        /// The script's file name without its ending: `v001-messages`. What stands in the database.
        public let name: String
        /// SQL, more than one statement.
        public var sql: String { String(decoding: script(), as: UTF8.self) }

        fileprivate let script: @Sendable () -> [UInt8]
    }

    /// The names of all migrations, oldest first.
    public static let names = [
        "v001-messages", "v002-smaller-texts", "v003-documents-by-arrival", "v004-order-and-pages", "v005-identities",
        "v006-counts", "v007-merges",
    ]

    private static let scripts: [@Sendable () -> [UInt8]] = [
        { PackageResources.v001_messages_sql }, { PackageResources.v002_smaller_texts_sql },
        { PackageResources.v003_documents_by_arrival_sql }, { PackageResources.v004_order_and_pages_sql },
        { PackageResources.v005_identities_sql }, { PackageResources.v006_counts_sql },
        { PackageResources.v007_merges_sql },
    ]

    /// All migrations, oldest first.
    public static var migrations: [Migration] { zip(names, scripts).map { Migration(name: $0, script: $1) } }

    /// SQLite's `application_id` of an index ("Trwl"), by which another program's database is told apart.
    public static let applicationID: Int32 = 0x5472_776C
}
