import IndexSchema

/// What a database file is, to this build.
package enum IndexState: Equatable {
    /// No tables: a new file, or one whose making was cut off.
    case empty
    case current
    case older
    /// Holds a migration that this build doesn't know; its name.
    case newer(String)
    case foreign

    package init(_ database: SQLiteDatabase) throws {
        let identifier = try database.integer("PRAGMA application_id") ?? 0
        guard identifier == Int64(IndexSchema.applicationID) else {
            self = try identifier == 0 && Self.isBare(database) ? .empty : .foreign
            return
        }
        let applied: [String]
        do {
            applied = try database.texts("SELECT identifier FROM grdb_migrations")
        } catch {
            guard try Self.isBare(database) else { throw error }
            self = .empty
            return
        }
        let names = IndexSchema.names
        if applied.isEmpty {
            self = .empty
        } else if let unknown = applied.filter({ !names.contains($0) }).max() {
            self = .newer(unknown)
        } else {
            self = applied.count == names.count ? .current : .older
        }
    }

    private static func isBare(_ database: SQLiteDatabase) throws -> Bool {
        try database.integer("SELECT count(*) FROM (SELECT 1 FROM sqlite_schema LIMIT 1)") == 0
    }

    /// - Throws: `IndexError` for what must not be touched.
    package func refuse(at path: String, isForWriting: Bool) throws {
        switch self {
        case .current:
            return
        case .empty:
            if isForWriting { return }
            throw IndexError(
                code: .notFound,
                message: "the index at \(path) is empty: run \"trawl sync\" or \"trawl import\" first")
        case .older:
            if isForWriting { return }
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
}
