import CSQLite

/// What SQLite said when a call failed.
package struct SQLiteError: Error, Sendable, CustomStringConvertible {
    /// The extended result code.
    package var code: Int32
    package var message: String

    package init(code: Int32, message: String) {
        self.code = code
        self.message = message
    }

    /// Of the last call that failed on a connection.
    init(_ handle: OpaquePointer?) {
        code = sqlite3_extended_errcode(handle)
        message = sqlite3_errmsg(handle).map { String(cString: $0) } ?? "SQLite's error \(code)"
    }

    /// Whether a statement was given up, not failed.
    var isInterruption: Bool { code & 0xFF == SQLITE_INTERRUPT }

    package var description: String { "SQLite error \(code): \(message)" }
}
