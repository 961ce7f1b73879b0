import GRDB
import GRDBSQLite
import MailSearch
import Synchronization

/// The one writer of an index: batches in, one transaction each.
///
/// Unchecked because `session` is not Sendable: it is touched inside the pool's write closures alone, which run one
/// after the other on the writer's queue.
final class IndexWriter: @unchecked Sendable {
    private let pool: DatabasePool
    private let options: IndexStoreOptions
    private let dictionaries: TextDictionaries
    private var session: BatchWriter?
    private var isResting = false
    /// Since it was asked to rest last.
    private var changes = 0
    /// Set when a transaction failed: what the session remembers may not be in the file.
    private let isStale = Mutex(false)

    init(pool: DatabasePool, options: IndexStoreOptions, dictionaries: TextDictionaries) {
        self.pool = pool
        self.options = options
        self.dictionaries = dictionaries
    }

    /// Runs `body`, which ends with `settle` where it changes places, in a transaction. All or nothing; after an error the next call begins with what the file holds.
    func write<R: Sendable>(
        changes: Int = 0, _ body: @escaping @Sendable (BatchWriter) throws -> R
    ) async throws -> R {
        do {
            let (result, dictionary) = try await pool.write { database in
                try self.count(changes, database)
                let session = try self.session(database)
                return (try body(session), session.dictionary)
            }
            if let dictionary { dictionaries.adopt(dictionary) }
            return result
        } catch {
            isStale.withLock { $0 = true }
            throw IndexError.translatedAny(pool.path, error)
        }
    }

    /// As above, on the calling thread, which waits.
    func writeNow<R>(_ body: (BatchWriter) throws -> R) throws -> R {
        do {
            let (result, dictionary) = try pool.write { database in
                let session = try self.session(database)
                return (try body(session), session.dictionary)
            }
            if let dictionary { dictionaries.adopt(dictionary) }
            return result
        } catch {
            isStale.withLock { $0 = true }
            throw IndexError.translatedAny(pool.path, error)
        }
    }

    /// Outside any transaction: for checkpoints and FTS5's own upkeep.
    func maintain<R>(_ body: (SQLiteDatabase) throws -> R) throws -> R {
        try IndexError.translatingAll(pool.path) {
            try pool.writeWithoutTransaction { try body(SQLiteDatabase(of: $0.open)) }
        }
    }

    // MARK: The cache

    private func count(_ changes: Int, _ database: Database) throws {
        self.changes += changes
        guard isResting, self.changes > IndexStore.bulkChanges else { return }
        isResting = false
        try setCache(options.writerCacheBytes, SQLiteDatabase(of: database.open))
    }

    /// Makes the cache small where little was written since this was called last.
    func rest() throws {
        try maintain { database in
            defer { changes = 0 }
            guard changes <= IndexStore.bulkChanges, !isResting else { return }
            isResting = true
            // What is above it, SQLite lets go of at once.
            try setCache(options.restingCacheBytes, database)
        }
    }

    private func setCache(_ bytes: Int, _ database: SQLiteDatabase) throws {
        try database.execute("PRAGMA cache_size = -\(bytes / 1024)")
    }

    // MARK: The end

    /// Lets go of all statements, so that the pool can be closed, and writes the log back into the file: the pool's last
    /// connection to close is a reader's, which cannot. Where another process reads, the log stays, and does no harm.
    func close() throws {
        pool.writeWithoutTransaction { database in
            session = nil
            sqlite3_busy_timeout(database.sqliteConnection, 0)
            _ = try? database.checkpoint(.truncate)
        }
        try pool.close()
    }

    private func session(_ database: Database) throws -> BatchWriter {
        let wasStale = isStale.withLock { stale in
            defer { stale = false }
            return stale
        }
        if wasStale { session = nil }
        let session = try self.session ?? BatchWriter(SQLiteDatabase(of: database.open), options, dictionaries)
        self.session = session
        try Stemming.refresh(session.database)
        try session.begin()
        return session
    }
}
