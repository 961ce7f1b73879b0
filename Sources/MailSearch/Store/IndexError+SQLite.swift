import CSQLite

extension IndexError {
    /// Runs `body` and gives SQLite's errors the index's name for them.
    package static func translating<R>(_ path: String, _ body: () throws -> R) throws -> R {
        do {
            return try body()
        } catch {
            throw translated(path, error)
        }
    }

    package static func translated(_ path: String, _ error: any Error) -> IndexError {
        error as? IndexError ?? IndexError(path, error)
    }

    init(_ path: String, _ error: any Error) {
        if let error = error as? SQLiteError {
            self.init(path, error, code: error.code, told: error.message)
        } else {
            self.init(code: .inner, message: "the index failed: \(error)", underlying: error)
        }
    }

    /// For SQLite's result code, plain or extended, and what it said.
    package init(_ path: String, _ error: any Error, code: Int32, told: String) {
        let primary = code & 0xFF
        switch primary {
        case SQLITE_FULL:
            self.init(
                code: .diskFull, message: "no room left on the disk of \(path): nothing was written; make room",
                underlying: error)
        case SQLITE_READONLY:
            self.init(code: .readOnly, message: "\(path) can't be written: \(told)", underlying: error)
        case SQLITE_CORRUPT:
            self.init(
                code: .damaged,
                message:
                    "the index at \(path) is damaged (\(told)): run \"trawl check\", or move it away and sync anew",
                underlying: error)
        case SQLITE_NOTADB:
            self.init(
                code: .notAnIndex, message: "\(path) is no index: move it away, or use another --data",
                underlying: error)
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(
                code: .busy, message: "another process is writing to \(path): wait, or stop it", underlying: error)
        case SQLITE_INTERRUPT, SQLITE_ABORT:
            self.init(code: .interrupted, message: "the search was given up", underlying: error)
        case SQLITE_CANTOPEN, SQLITE_IOERR, SQLITE_PERM, SQLITE_AUTH, SQLITE_NOLFS, SQLITE_PROTOCOL:
            self.init(code: .inputOutput, message: "\(path) can't be read or written: \(told)", underlying: error)
        case SQLITE_TOOBIG, SQLITE_NOMEM:
            self.init(code: .limit, message: "too much at once for the index: \(told)", underlying: error)
        default:
            self.init(code: .inner, message: "the index failed: \(told)", underlying: error)
        }
    }
}
