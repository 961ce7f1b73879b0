import GRDB
import IndexSchema

/// Brings an index to the schema of this build, and tells what it must not touch.
enum IndexMigrator {
    /// What a database file is, to this build.
    enum State: Equatable {
        /// No tables: a new file, or one whose making was cut off.
        case empty
        case current
        case older
        /// Holds a migration that this build doesn't know; its name.
        case newer(String)
        case foreign
    }

    static func state(of database: Database) throws -> State {
        let names = IndexSchema.migrations.map(\.name)
        let identifier = try Int32.fetchOne(database, sql: "PRAGMA application_id") ?? 0
        let isBare = try Int.fetchOne(database, sql: "SELECT COUNT(*) FROM sqlite_schema") == 0
        if isBare, identifier == 0 || identifier == IndexSchema.applicationID { return .empty }
        guard identifier == IndexSchema.applicationID else { return .foreign }
        let applied = try String.fetchSet(database, sql: "SELECT identifier FROM grdb_migrations")
        if let unknown = applied.subtracting(names).max() { return .newer(unknown) }
        return applied.count == names.count ? .current : .older
    }

    static func refuse(_ state: State, at path: String, access: IndexStore.Access) throws {
        switch state {
        case .current:
            return
        case .empty:
            if access == .readWrite { return }
            throw IndexError(
                code: .notFound,
                message: "the index at \(path) is empty: run \"trawl sync\" or \"trawl import\" first")
        case .older:
            if access == .readWrite { return }
            throw IndexError(
                code: .needsMigration,
                message: "the index at \(path) is of an older trawl: run \"trawl sync\" once to bring it up to date")
        case .newer(let name):
            throw IndexError(
                code: .fromTheFuture,
                message: "the index at \(path) is of a newer trawl (it has \(name)): use that trawl, or another --data")
        case .foreign:
            throw IndexError(
                code: .notAnIndex,
                message: "\(path) is another program's database: move it away, or use another --data")
        }
    }

    static func migrate(_ pool: DatabasePool) throws {
        let found = try pool.read { try IndexMigrator.state(of: $0) }
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
