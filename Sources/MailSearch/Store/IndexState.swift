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
        let isBare = try database.integer("SELECT count(*) FROM (SELECT 1 FROM sqlite_schema LIMIT 1)") == 0
        let isOurs = identifier == Int64(IndexSchema.applicationID)
        if isBare, identifier == 0 || isOurs {
            self = .empty
            return
        }
        guard isOurs else {
            self = .foreign
            return
        }
        let names = IndexSchema.migrations.map(\.name)
        let applied = Set(try database.texts("SELECT identifier FROM grdb_migrations"))
        if applied.isEmpty {
            self = .empty
        } else if let unknown = applied.subtracting(names).max() {
            self = .newer(unknown)
        } else {
            self = applied.count == names.count ? .current : .older
        }
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
