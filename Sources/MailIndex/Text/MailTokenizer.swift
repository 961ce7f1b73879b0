import GRDB
import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The index's FTS5 tokenizer, `trawl`: ``TextScanner`` behind SQLite's interface.
///
/// Register it on each connection (`db.add(tokenizer: MailTokenizer.self)`) and name it in the table:
/// `tokenize='trawl'`. Queries are read by the same code. Languages of stemming come from the table `setting`, so that
/// all connections to an index agree.
///
/// Unchecked because `stemmers` can change: SQLite calls a tokenizer on its connection's queue alone, and
/// `forEach(on:)` is called there too.
public final class MailTokenizer: FTS5CustomTokenizer, @unchecked Sendable {
    public static let name = "trawl"

    var stemmers: [Stemmer]
    private let connection: ObjectIdentifier

    /// Takes no arguments.
    public init(db: Database, arguments: [String]) throws {
        guard arguments.isEmpty else {
            throw DatabaseError(resultCode: .SQLITE_ERROR, message: "tokenizer trawl takes no arguments")
        }
        connection = ObjectIdentifier(db)
        // A table of another schema may use the tokenizer too.
        stemmers = try Self.hasSettings(db) ? Stemming.stemmers(in: db) : []
        let entry = Entry(tokenizer: self)
        Self.living.withLock { [connection] in $0[connection, default: []].append(entry) }
    }

    deinit {
        Self.living.withLock { [connection] living in
            living[connection]?.removeAll { $0.tokenizer == nil || $0.tokenizer === self }
            if living[connection]?.isEmpty == true { living[connection] = nil }
        }
    }

    /// Asked in SQL: `tableExists` reads the whole schema, which each `trawl search` would wait for.
    private static func hasSettings(_ db: Database) throws -> Bool {
        try Int.fetchOne(db, sql: "SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = 'setting'") != nil
    }

    private struct Entry: Sendable {
        weak var tokenizer: MailTokenizer?
    }

    /// The tokenizers of each connection: SQLite gives no way to ask it for them.
    private static let living = Mutex<[ObjectIdentifier: [Entry]]>([:])

    static func forEach(on db: Database, _ body: (MailTokenizer) -> Void) {
        let connection = ObjectIdentifier(db)
        let found = living.withLock { $0[connection] ?? [] }.compactMap(\.tokenizer)
        found.forEach(body)
    }

    public func tokenize(
        context: UnsafeMutableRawPointer?, tokenization: FTS5Tokenization, pText: UnsafePointer<CChar>?, nText: CInt,
        tokenCallback: @escaping FTS5TokenCallback
    ) -> CInt {
        guard let pText, nText > 0 else { return 0 }
        var sink = CallbackSink(context: context, callback: tokenCallback)
        let isQuery = tokenization.contains(.query)
        pText.withMemoryRebound(to: UInt8.self, capacity: Int(nText)) { bytes in
            TextScanner.scan(
                bytes, count: Int(nText), for: isQuery ? .query : .document, stemmers: isQuery ? [] : stemmers,
                into: &sink)
        }
        return sink.result
    }
}

/// Hands tokens to FTS5.
private struct CallbackSink: TokenSink {
    /// SQLite's FTS5_TOKEN_COLOCATED.
    static let colocated: CInt = 1

    let context: UnsafeMutableRawPointer?
    let callback: FTS5TokenCallback
    var result: CInt = 0

    @inline(__always)
    mutating func take(
        _ token: UnsafePointer<UInt8>, _ count: Int, from start: Int, to end: Int, isColocated: Bool
    ) -> Bool {
        // A text is at most SQLite's length limit, which fits in 32 bits.
        result = UnsafeRawPointer(token).withMemoryRebound(to: CChar.self, capacity: count) {
            callback(
                context, isColocated ? Self.colocated : 0, $0, CInt(truncatingIfNeeded: count),
                CInt(truncatingIfNeeded: start), CInt(truncatingIfNeeded: end))
        }
        return result == 0
    }
}
