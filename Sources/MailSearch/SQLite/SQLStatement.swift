import CSQLite

/// A prepared statement that is bound and stepped through SQLite's own calls. Not safe to use from two threads at once.
package struct SQLStatement {
    /// Ends the statement when nobody has it any more.
    final class Owner {
        let sql: String
        fileprivate let handle: OpaquePointer

        fileprivate init(_ sql: String, _ handle: OpaquePointer) {
            self.sql = sql
            self.handle = handle
        }

        deinit { sqlite3_finalize(handle) }
    }

    let owner: Owner
    private let handle: OpaquePointer

    /// Prepared anew, to be kept by the caller.
    package init(_ database: SQLiteDatabase, _ sql: String, isKept: Bool = true) throws {
        var handle: OpaquePointer?
        let flags = isKept ? UInt32(SQLITE_PREPARE_PERSISTENT) : 0
        let code = sqlite3_prepare_v3(database.handle, sql, -1, flags, &handle, nil)
        guard code == SQLITE_OK else { throw SQLiteError(database.handle) }
        guard let handle else { throw SQLiteError(code: SQLITE_MISUSE, message: "no statement in: \(sql)") }
        self.init(Owner(sql, handle))
    }

    /// One that is kept.
    init(_ owner: Owner) {
        self.owner = owner
        handle = owner.handle
    }

    /// From the connection's own cache: for statements that are used now and again.
    package static func cached(_ database: SQLiteDatabase, _ sql: String) throws -> SQLStatement {
        try database.cached(sql)
    }

    /// Prepared anew and bound: for statements that differ from query to query, of which no cache may grow.
    package init(_ database: SQLiteDatabase, _ sql: String, _ arguments: [SQLValue]) throws {
        try self.init(database, sql, isKept: false)
        bind(arguments)
    }

    /// As if it had just been prepared.
    func clear() {
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    // MARK: Arguments, counted from 1

    package func bind(_ index: Int32, _ value: Int64) {
        sqlite3_bind_int64(handle, index, value)
    }

    package func bind(_ index: Int32, _ value: Int64?) {
        if let value { sqlite3_bind_int64(handle, index, value) } else { sqlite3_bind_null(handle, index) }
    }

    package func bind(_ index: Int32, _ value: Int) {
        sqlite3_bind_int64(handle, index, Int64(value))
    }

    package func bind(_ index: Int32, _ value: String) {
        var value = value
        value.withUTF8 { bytes in
            _ = bytes.withMemoryRebound(to: CChar.self) { characters in
                // An empty string's buffer may have no address, which SQLite would take for NULL.
                guard let start = characters.baseAddress else {
                    return sqlite3_bind_text(handle, index, "", 0, trawl_sqlite_transient())
                }
                return sqlite3_bind_text64(
                    handle, index, start, UInt64(characters.count), trawl_sqlite_transient(), UInt8(SQLITE_UTF8))
            }
        }
    }

    package func bind(_ index: Int32, _ value: String?) {
        if let value { bind(index, value) } else { sqlite3_bind_null(handle, index) }
    }

    package func bind(_ index: Int32, _ value: [UInt8]?) {
        guard let value else {
            sqlite3_bind_null(handle, index)
            return
        }
        value.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else {
                sqlite3_bind_zeroblob(handle, index, 0)
                return
            }
            sqlite3_bind_blob64(handle, index, start, UInt64(bytes.count), trawl_sqlite_transient())
        }
    }

    /// The bytes must stay until the statement is run or bound again.
    package func bind(_ index: Int32, borrowing bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress, !bytes.isEmpty else {
            sqlite3_bind_zeroblob(handle, index, 0)
            return
        }
        sqlite3_bind_blob64(handle, index, start, UInt64(bytes.count), nil)
    }

    package func bind(_ index: Int32, _ value: SQLValue) {
        switch value {
        case .integer(let value): bind(index, value)
        case .text(let value): bind(index, value)
        case .blob(let value): bind(index, value)
        }
    }

    /// All of them, in order.
    func bind(_ values: [SQLValue]) {
        for (index, value) in values.enumerated() { bind(Int32(index + 1), value) }
    }

    // MARK: Running

    /// True for a row, false at the end.
    package func step() throws -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        let error = SQLiteError(sqlite3_db_handle(handle))
        sqlite3_reset(handle)
        throw error
    }

    /// Ends the run, so that the statement can be bound again. A statement left unreset keeps its transaction's
    /// snapshot open.
    package func reset() {
        sqlite3_reset(handle)
    }

    /// One run of a statement that gives no rows.
    package func run() throws {
        _ = try step()
        sqlite3_reset(handle)
    }

    /// One run for the first column of the first row.
    package func runForInteger() throws -> Int64? {
        try withExtendedLifetime(owner) {
            defer { sqlite3_reset(handle) }
            guard try step(), !isNull(0) else { return nil }
            return integer(0)
        }
    }

    /// One run of an INSERT of one row into a table of numbered rows: the row's number.
    package func runForInsertedID() throws -> Int64 {
        try run()
        return sqlite3_last_insert_rowid(sqlite3_db_handle(handle))
    }

    package func forEachRow(_ body: (SQLStatement) throws -> Void) throws {
        try withExtendedLifetime(owner) {
            defer { sqlite3_reset(handle) }
            while try step() { try body(self) }
        }
    }

    // MARK: Columns, counted from 0

    package func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    package func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    package func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    package func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    package func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    package func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    /// The column's bytes, valid until the next step.
    package func withBytes<R>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let start = sqlite3_column_blob(handle, column)
        let count = Int(sqlite3_column_bytes(handle, column))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    package func blob(_ column: Int32) -> [UInt8] { withBytes(column) { [UInt8]($0) } }

    package func optionalBlob(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : blob(column) }
}
