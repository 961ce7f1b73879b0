import CSQLite
import Synchronization

/// The index's FTS5 tokenizer, `trawl`: ``TextScanner`` behind SQLite's interface.
///
/// Registered on each connection and named in the table: `tokenize='trawl'`. Queries are read by the same code.
/// Languages of stemming come from the table `setting`, so that all connections to an index agree.
///
/// Unchecked because `stemmers` can change: SQLite calls a tokenizer from its connection's one thread, and
/// `forEach(on:)` is called there too.
final class MailTokenizer: @unchecked Sendable {
    static let name = "trawl"

    /// Nil until a document is read: a query needs none, and most connections read nothing else.
    var stemmers: [Stemmer]?
    /// Stays open as long as its tokenizers are there.
    private let connection: OpaquePointer

    private init(_ connection: OpaquePointer) {
        self.connection = connection
        let entry = Entry(connection: Int(bitPattern: connection), tokenizer: self)
        Self.living.withLock { $0.append(entry) }
    }

    deinit {
        Self.living.withLock { $0.removeAll { $0.tokenizer == nil || $0.tokenizer === self } }
    }

    private func documentStemmers() throws -> [Stemmer] {
        if let stemmers { return stemmers }
        // A table of another schema may use the tokenizer too.
        let database = SQLiteDatabase(of: connection)
        let found = try Self.hasSettings(database) ? Stemming.stemmers(in: database) : []
        stemmers = found
        return found
    }

    private static func hasSettings(_ database: SQLiteDatabase) throws -> Bool {
        try database.integer("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'setting'") != nil
    }

    private struct Entry: Sendable {
        var connection: Int
        weak var tokenizer: MailTokenizer?
    }

    /// The tokenizers of all connections: SQLite gives no way to ask it for them.
    private static let living = Mutex<[Entry]>([])

    static func forEach(on database: SQLiteDatabase, _ body: (MailTokenizer) -> Void) {
        let connection = Int(bitPattern: database.handle)
        let found = living.withLock { $0.filter { $0.connection == connection } }.compactMap(\.tokenizer)
        found.forEach(body)
    }

    // MARK: SQLite's interface

    /// Makes the tokenizer known to a connection.
    static func register(on database: SQLiteDatabase) throws {
        var interface = fts5_tokenizer()
        interface.xCreate = { context, _, count, result in
            // Takes no arguments.
            guard count == 0, let context, let result else { return SQLITE_ERROR }
            let tokenizer = MailTokenizer(OpaquePointer(context))
            result.pointee = OpaquePointer(Unmanaged.passRetained(tokenizer).toOpaque())
            return SQLITE_OK
        }
        interface.xDelete = { tokenizer in
            guard let tokenizer else { return }
            Unmanaged<MailTokenizer>.fromOpaque(UnsafeRawPointer(tokenizer)).release()
        }
        interface.xTokenize = { tokenizer, context, flags, text, count, callback in
            guard let tokenizer, let callback, let text, count > 0 else { return SQLITE_OK }
            let isQuery = flags & FTS5_TOKENIZE_QUERY != 0
            let own = Unmanaged<MailTokenizer>.fromOpaque(UnsafeRawPointer(tokenizer)).takeUnretainedValue()
            guard let stemmers = isQuery ? [] : try? own.documentStemmers() else { return SQLITE_ERROR }
            var sink = CallbackSink(context: context, callback: callback)
            UnsafeRawPointer(text).withMemoryRebound(to: UInt8.self, capacity: Int(count)) { bytes in
                TextScanner.scan(
                    bytes, count: Int(count), for: isQuery ? .query : .document, stemmers: stemmers, into: &sink)
            }
            return sink.result
        }
        let api = try api(of: database)
        guard
            api.pointee.xCreateTokenizer(api, name, UnsafeMutableRawPointer(database.handle), &interface, nil)
                == SQLITE_OK
        else { throw SQLiteError(database.handle) }
    }

    /// FTS5's functions, as SQLite hands them out.
    private static func api(of database: SQLiteDatabase) throws -> UnsafeMutablePointer<fts5_api> {
        var statement: OpaquePointer?
        guard sqlite3_prepare_v2(database.handle, "SELECT fts5(?)", -1, &statement, nil) == SQLITE_OK else {
            throw SQLiteError(database.handle)
        }
        defer { sqlite3_finalize(statement) }
        var api: UnsafeMutablePointer<fts5_api>?
        let code = withUnsafeMutablePointer(to: &api) { pointer -> Int32 in
            sqlite3_bind_pointer(statement, 1, pointer, "fts5_api_ptr", nil)
            return sqlite3_step(statement)
        }
        guard code == SQLITE_ROW, let api else { throw SQLiteError(database.handle) }
        return api
    }
}

/// Hands tokens to FTS5.
private struct CallbackSink: TokenSink {
    typealias Callback =
        @convention(c) (UnsafeMutableRawPointer?, Int32, UnsafePointer<CChar>?, Int32, Int32, Int32) ->
        Int32

    let context: UnsafeMutableRawPointer?
    let callback: Callback
    var result: Int32 = SQLITE_OK

    @inline(__always)
    mutating func take(
        _ token: UnsafePointer<UInt8>, _ count: Int, from start: Int, to end: Int, isColocated: Bool
    ) -> Bool {
        // A text is at most SQLite's length limit, which fits in 32 bits.
        result = UnsafeRawPointer(token).withMemoryRebound(to: CChar.self, capacity: count) {
            callback(
                context, isColocated ? FTS5_TOKEN_COLOCATED : 0, $0, Int32(truncatingIfNeeded: count),
                Int32(truncatingIfNeeded: start), Int32(truncatingIfNeeded: end))
        }
        return result == SQLITE_OK
    }
}
