import CSQLite

/// One connection to a database, by SQLite's own calls.
///
/// What only reads goes this way, since a process that answers one search starts in a third of the time without a
/// library that needs Foundation. Not safe to use from two threads at once.
package final class SQLiteDatabase {
    package let handle: OpaquePointer
    private let isOwner: Bool
    /// Of the search that uses the connection.
    var limit: SearchLimit?
    /// In the order in which they were first asked for. So few are compared sooner than a text is hashed. (Of classes, Swift's
    /// runtime has one type of array, and need not make one.)
    private var statements: [SQLStatement.Owner] = []

    /// Prepared statements that are kept; past it, all are forgotten.
    private static let keptStatements = 100

    /// To be asked for before the first connection is made. Nobody asks SQLite how much memory it has in all, and to keep
    /// that count takes a lock at each of its many small allocations. And the pages that it makes ahead for each cache,
    /// twenty at a time, are more than a process needs that maps its file.
    package static let leavesMemoryUncounted: Bool =
        trawl_sqlite_leave_memory_uncounted() == SQLITE_OK && trawl_sqlite_make_no_pages_ahead() == SQLITE_OK

    /// Opens a file for reading; `name` may be a URI. Ends with the instance.
    ///
    /// - Parameter isForWordsAlone: only the tables of ``SchemaExcerpt`` are seen.
    /// - Throws: `SQLiteError`. That the file is no database or damaged shows only when it is read.
    package init(reading name: String, isForWordsAlone: Bool = false) throws {
        _ = SQLiteDatabase.leavesMemoryUncounted
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_URI
        let code = sqlite3_open_v2(name, &handle, flags, isForWordsAlone ? SchemaExcerpt.name : nil)
        guard code == SQLITE_OK, let handle else {
            let error = handle.map { SQLiteError($0) } ?? SQLiteError(code: code, message: "out of memory")
            sqlite3_close_v2(handle)
            throw error
        }
        sqlite3_extended_result_codes(handle, 1)
        self.handle = handle
        isOwner = true
    }

    /// For another's connection, which must stay open as long as the instance, with its statements, is there.
    package init(of handle: OpaquePointer) {
        self.handle = handle
        isOwner = false
    }

    deinit {
        statements.removeAll()
        if isOwner { sqlite3_close_v2(handle) }
    }

    // MARK: Statements

    /// A statement that is kept, for what is asked now and again. Not to be used within a loop over its own rows.
    func cached(_ sql: String) throws -> SQLStatement {
        let length = sql.utf8.count
        for known in statements where known.sql.utf8.count == length && known.sql == sql {
            let statement = SQLStatement(known)
            statement.clear()
            return statement
        }
        if statements.count >= Self.keptStatements { statements.removeAll() }
        let statement = try SQLStatement(self, sql, isKept: true)
        statements.append(statement.owner)
        return statement
    }

    /// Lets go of all pages of the file that are kept in memory and not in use.
    func releaseMemory() { sqlite3_db_release_memory(handle) }

    /// Runs statements without arguments and results.
    package func execute(_ sql: String) throws {
        guard sqlite3_exec(handle, sql, nil, nil, nil) == SQLITE_OK else { throw SQLiteError(handle) }
    }

    /// The first column of the first row; nil for none or NULL.
    package func integer(_ sql: String, _ arguments: SQLValue...) throws -> Int64? {
        try SQLStatement(self, sql, arguments).runForInteger()
    }

    /// The first column of all rows.
    package func integers(_ sql: String, _ arguments: SQLValue...) throws -> [Int64] {
        var values: [Int64] = []
        try SQLStatement(self, sql, arguments).forEachRow { values.append($0.integer(0)) }
        return values
    }

    package func texts(_ sql: String, _ arguments: SQLValue...) throws -> [String] {
        var values: [String] = []
        try SQLStatement(self, sql, arguments).forEachRow { values.append($0.text(0)) }
        return values
    }

    /// Calls `body` with the size of one blob and what reads it into as much room; nil for no such row. A statement would
    /// copy it once more on the way.
    func withBlob<R>(
        _ table: String, _ column: String, _ row: Int64,
        _ body: (_ count: Int, _ read: (UnsafeMutableRawBufferPointer) throws -> Void) throws -> R
    ) throws -> R? {
        var blob: OpaquePointer?
        let code = sqlite3_blob_open(handle, "main", table, column, row, 0, &blob)
        defer { sqlite3_blob_close(blob) }
        // What SQLite says of a row that is not there.
        if code & 0xFF == SQLITE_ERROR { return nil }
        guard code == SQLITE_OK else { throw SQLiteError(handle) }
        return try body(Int(sqlite3_blob_bytes(blob))) { room in
            guard sqlite3_blob_read(blob, room.baseAddress, Int32(clamping: room.count), 0) == SQLITE_OK else {
                throw SQLiteError(handle)
            }
        }
    }

    /// Rows changed since the connection was opened.
    package var totalChanges: Int { Int(sqlite3_total_changes(handle)) }

    /// How long a statement waits for a lock before it fails with `SQLITE_BUSY`.
    func setBusyTimeout(seconds: Double) { sqlite3_busy_timeout(handle, Int32(seconds * 1_000)) }

    // MARK: Transactions

    /// Runs `body` in a transaction that may write: all of it is kept, or none.
    package func inWriting<R>(_ body: (SQLiteDatabase) throws -> R) throws -> R {
        try execute("BEGIN IMMEDIATE")
        do {
            let result = try body(self)
            try execute("COMMIT")
            return result
        } catch {
            if sqlite3_get_autocommit(handle) == 0 { _ = try? execute("ROLLBACK") }
            throw error
        }
    }

    /// Begins a transaction that only reads, for all that the connection is asked from now on.
    func stayInSnapshot() throws { try cached("BEGIN").run() }

    /// Runs `body` in a transaction that only reads, so that all of it sees one state; in the one there is, if any.
    package func inSnapshot<R>(_ body: (SQLiteDatabase) throws -> R) throws -> R {
        guard sqlite3_get_autocommit(handle) != 0 else { return try body(self) }
        try cached("BEGIN").run()
        defer {
            // An error may have ended it already.
            if sqlite3_get_autocommit(handle) == 0 { _ = try? cached("ROLLBACK").run() }
        }
        return try body(self)
    }
}
