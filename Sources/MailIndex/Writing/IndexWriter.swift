import GRDB
import GRDBSQLite
import MailSearch
import Synchronization

/// The one writer of an index: batches in, one transaction each, or one for several that follow one another.
///
/// Unchecked because `session` is not Sendable: it is touched inside the pool's write closures alone, which run one
/// after the other on the writer's queue.
final class IndexWriter: @unchecked Sendable {
    private let pool: DatabasePool
    private let options: IndexStoreOptions
    private let dictionaries: TextDictionaries
    private var session: BatchWriter?
    private var open: OpenTransaction?
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

    /// A transaction that was left open.
    private struct OpenTransaction {
        var since: ContinuousClock.Instant
        var changes = 0
    }

    /// Runs `body`, which ends with `settle` where it changes places, in a transaction. All or nothing; after an error the
    /// next call begins with what the file holds.
    ///
    /// - Parameter isFollowed: whether the transaction may stay open for what follows.
    /// - Returns: what `body` gave, and whether it is committed.
    func write<R: Sendable>(
        changes: Int = 0, isFollowed: Bool = false, _ body: @escaping @Sendable (BatchWriter) throws -> R
    ) async throws -> (result: R, isCommitted: Bool) {
        do {
            let (result, isCommitted, dictionary) = try await pool.writeWithoutTransaction { database in
                try self.run(database, changes: changes, isFollowed: isFollowed, body)
            }
            if let dictionary { dictionaries.adopt(dictionary) }
            return (result, isCommitted)
        } catch {
            throw IndexError.translatedAny(pool.path, error)
        }
    }

    /// As above, on the calling thread, which waits.
    func writeNow<R>(_ body: (BatchWriter) throws -> R) throws -> R {
        do {
            let (result, _, dictionary) = try pool.writeWithoutTransaction { database in
                try self.run(database, changes: 0, isFollowed: open != nil, body)
            }
            if let dictionary { dictionaries.adopt(dictionary) }
            return result
        } catch {
            throw IndexError.translatedAny(pool.path, error)
        }
    }

    private func run<R>(
        _ database: Database, changes: Int, isFollowed: Bool, _ body: (BatchWriter) throws -> R
    ) throws -> (R, isCommitted: Bool, TextDictionary?) {
        if open == nil { try database.beginTransaction(.immediate) }
        do {
            try count(changes, database)
            let session = try self.session(database)
            let result = try body(session)
            var transaction = open ?? OpenTransaction(since: .now)
            transaction.changes += changes
            if isFollowed, transaction.changes < IndexStore.openMessages,
                transaction.since.duration(to: .now) < options.openDuration
            {
                open = transaction
            } else {
                try commit(database)
            }
            return (result, open == nil, session.dictionary)
        } catch {
            rollBack(database)
            throw error
        }
    }

    private func commit(_ database: Database) throws {
        try session?.texts.write()
        try database.commit()
        open = nil
    }

    private func rollBack(_ database: Database) {
        open = nil
        isStale.withLock { $0 = true }
        // One that was made in it is no more, and another may get its number.
        dictionaries.forgetAll()
        // An error may have ended it already.
        if database.isInsideTransaction { try? database.rollback() }
    }

    /// Commits a transaction that was left open.
    func commitOpen() throws {
        try IndexError.translatingAll(pool.path) { try pool.writeWithoutTransaction { try commitOpen($0) } }
    }

    private func commitOpen(_ database: Database) throws {
        guard open != nil else { return }
        do {
            try commit(database)
        } catch {
            rollBack(database)
            throw error
        }
    }

    /// Outside any transaction: for checkpoints and FTS5's own upkeep.
    func maintain<R>(_ body: (SQLiteDatabase) throws -> R) throws -> R {
        try IndexError.translatingAll(pool.path) {
            try pool.writeWithoutTransaction { database in
                try commitOpen(database)
                return try body(SQLiteDatabase(of: database.open))
            }
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
            rollBack(database)
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
        try session.begin(isContinued: open != nil)
        return session
    }
}
