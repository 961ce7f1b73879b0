import GRDB
import GRDBSQLite

/// A prepared statement that is bound and stepped through SQLite's own calls.
///
/// GRDB prepares it and owns it; what is spared is a boxed value for each argument and column, which at some twenty
/// small statements a message is a tenth of the cost of indexing. Not safe to use outside its connection's queue.
struct SQLStatement {
    private let statement: Statement
    private let handle: OpaquePointer

    /// Prepared anew, to be kept by the caller.
    init(_ database: Database, _ sql: String) throws {
        self.init(try database.makeStatement(sql: sql))
    }

    /// From the connection's own cache: for statements that are used now and again.
    static func cached(_ database: Database, _ sql: String) throws -> SQLStatement {
        SQLStatement(try database.cachedStatement(sql: sql))
    }

    /// Prepared anew and bound: for statements that differ from query to query, of which no cache may grow.
    init(_ database: Database, _ sql: String, _ arguments: StatementArguments) throws {
        self.init(try database.makeStatement(sql: sql))
        statement.setUncheckedArguments(arguments)
    }

    private init(_ statement: Statement) {
        self.statement = statement
        handle = statement.sqliteStatement
        sqlite3_reset(handle)
        sqlite3_clear_bindings(handle)
    }

    // MARK: Arguments, counted from 1

    func bind(_ index: Int32, _ value: Int64) {
        sqlite3_bind_int64(handle, index, value)
    }

    func bind(_ index: Int32, _ value: Int64?) {
        if let value { sqlite3_bind_int64(handle, index, value) } else { sqlite3_bind_null(handle, index) }
    }

    func bind(_ index: Int32, _ value: Int) {
        sqlite3_bind_int64(handle, index, Int64(value))
    }

    func bind(_ index: Int32, _ value: String) {
        var value = value
        value.withUTF8 { bytes in
            _ = bytes.withMemoryRebound(to: CChar.self) { characters in
                // An empty string's buffer may have no address, which SQLite would take for NULL.
                guard let start = characters.baseAddress else {
                    return sqlite3_bind_text(handle, index, "", 0, SQLStatement.transient)
                }
                return sqlite3_bind_text64(
                    handle, index, start, UInt64(characters.count), SQLStatement.transient, UInt8(SQLITE_UTF8))
            }
        }
    }

    func bind(_ index: Int32, _ value: String?) {
        if let value { bind(index, value) } else { sqlite3_bind_null(handle, index) }
    }

    func bind(_ index: Int32, _ value: [UInt8]?) {
        guard let value else {
            sqlite3_bind_null(handle, index)
            return
        }
        value.withUnsafeBytes { bytes in
            guard let start = bytes.baseAddress else {
                sqlite3_bind_zeroblob(handle, index, 0)
                return
            }
            sqlite3_bind_blob64(handle, index, start, UInt64(bytes.count), SQLStatement.transient)
        }
    }

    func bind(_ index: Int32, _ value: SQLValue) {
        switch value {
        case .integer(let value): bind(index, value)
        case .text(let value): bind(index, value)
        case .blob(let value): bind(index, value)
        }
    }

    // MARK: Running

    /// True for a row, false at the end.
    func step() throws -> Bool {
        let code = sqlite3_step(handle)
        if code == SQLITE_ROW { return true }
        if code == SQLITE_DONE { return false }
        let database = sqlite3_db_handle(handle)
        let message = sqlite3_errmsg(database).map { String(cString: $0) }
        let extended = sqlite3_extended_errcode(database)
        sqlite3_reset(handle)
        throw DatabaseError(resultCode: ResultCode(rawValue: extended), message: message)
    }

    /// Ends the run, so that the statement can be bound again. A statement left unreset keeps its transaction's
    /// snapshot open.
    func reset() {
        sqlite3_reset(handle)
    }

    /// One run of a statement that gives no rows.
    func run() throws {
        _ = try step()
        sqlite3_reset(handle)
    }

    /// One run for the first column of the first row.
    func runForInteger() throws -> Int64? {
        defer { sqlite3_reset(handle) }
        guard try step(), !isNull(0) else { return nil }
        return integer(0)
    }

    func forEachRow(_ body: (SQLStatement) throws -> Void) throws {
        defer { sqlite3_reset(handle) }
        while try step() { try body(self) }
    }

    // MARK: Columns, counted from 0

    func isNull(_ column: Int32) -> Bool { sqlite3_column_type(handle, column) == SQLITE_NULL }

    func integer(_ column: Int32) -> Int64 { sqlite3_column_int64(handle, column) }

    func optionalInteger(_ column: Int32) -> Int64? { isNull(column) ? nil : integer(column) }

    func double(_ column: Int32) -> Double { sqlite3_column_double(handle, column) }

    func text(_ column: Int32) -> String {
        guard let start = sqlite3_column_text(handle, column) else { return "" }
        let count = Int(sqlite3_column_bytes(handle, column))
        return String(decoding: UnsafeBufferPointer(start: start, count: count), as: UTF8.self)
    }

    func optionalText(_ column: Int32) -> String? { isNull(column) ? nil : text(column) }

    /// The column's bytes, valid until the next step.
    func withBytes<R>(_ column: Int32, _ body: (UnsafeRawBufferPointer) throws -> R) rethrows -> R {
        let start = sqlite3_column_blob(handle, column)
        let count = Int(sqlite3_column_bytes(handle, column))
        return try body(UnsafeRawBufferPointer(start: start, count: start == nil ? 0 : count))
    }

    func blob(_ column: Int32) -> [UInt8] { withBytes(column) { [UInt8]($0) } }

    func optionalBlob(_ column: Int32) -> [UInt8]? { isNull(column) ? nil : blob(column) }

    // SQLITE_TRANSIENT: SQLite copies the value, since Swift promises no address beyond the call.
    private static let transient = unsafeBitCast(-1, to: sqlite3_destructor_type.self)
}
