import Foundation
import GRDB
import IndexSchema
import MailSearch

/// Brings an index to the schema of this build.
enum IndexMigrator {
    static func migrate(_ pool: DatabasePool, _ dictionaries: TextDictionaries) throws {
        let found = try pool.read { try IndexState(SQLiteDatabase(of: $0.open)) }
        guard found == .empty || found == .older else { return }
        try pool.writeWithoutTransaction { database in
            // Before anything else is in the file, so that no half-made index can look like another program's.
            try database.execute(sql: "PRAGMA application_id = \(IndexSchema.applicationID)")
            database.add(function: documentFunction(database, dictionaries))
        }
        var migrator = DatabaseMigrator()
        for migration in IndexSchema.migrations {
            migrator.registerMigration(migration.name) { database in
                try database.execute(sql: migration.sql)
            }
        }
        try migrator.migrate(pool)
    }

    /// `trawl_document(text, subject, …)`: a text as an older schema kept it, with the columns that stood beside it (in the
    /// order of ``DocumentFields/Field``) put before it.
    static func documentFunction(_ database: Database, _ dictionaries: TextDictionaries) -> DatabaseFunction {
        // SQLite calls it within the connection alone.
        nonisolated(unsafe) weak let database = database
        let count = DocumentFields.Field.allCases.count
        return DatabaseFunction("trawl_document", argumentCount: count + 1, pure: true) { values in
            guard values.count == count + 1, let database else { return nil }
            let fields = DocumentFields.encode(values.dropFirst().map { String.fromDatabaseValue($0) ?? "" })
            guard let data = Data.fromDatabaseValue(values[0]) else {
                return Data(TextCodec.encode(fields: fields, preview: "", body: "", attachments: ""))
            }
            return try data.withUnsafeBytes { bytes in
                let connection = SQLiteDatabase(of: try database.open)
                let dictionary = try dictionaries.dictionary(for: bytes, connection)
                return try dictionaries.withTexts(bytes, connection) { texts in
                    Data(
                        TextCodec.encode(
                            fields: fields, preview: String(decoding: texts.preview, as: UTF8.self),
                            body: String(decoding: texts.body, as: UTF8.self),
                            attachments: String(decoding: texts.attachments, as: UTF8.self), dictionary: dictionary))
                }
            }
        }
    }
}
