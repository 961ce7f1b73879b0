import GRDB
import IndexSchema
import MailSearch

/// Brings an index to the schema of this build.
enum IndexMigrator {
    static func migrate(_ pool: DatabasePool) throws {
        let found = try pool.read { try IndexState(SQLiteDatabase(of: $0.open)) }
        guard found == .empty || found == .older else { return }
        var migrator = DatabaseMigrator()
        for migration in IndexSchema.migrations {
            migrator.registerMigration(migration.name) { database in
                // In the first migration's transaction, so that no half-made index can look like another's file.
                try database.execute(sql: "PRAGMA application_id = \(IndexSchema.applicationID)")
                try database.execute(sql: migration.sql)
            }
        }
        try migrator.migrate(pool)
    }
}
