import GRDB

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
/// `tokenize='trawl'`. An argument is an error. Queries are read by the same code.
public final class MailTokenizer: FTS5CustomTokenizer {
    public static let name = "trawl"

    /// Takes no arguments yet.
    public init(db: Database, arguments: [String]) throws {
        guard arguments.isEmpty else {
            throw DatabaseError(resultCode: .SQLITE_ERROR, message: "tokenizer trawl takes no arguments")
        }
    }

    public func tokenize(
        context: UnsafeMutableRawPointer?, tokenization: FTS5Tokenization, pText: UnsafePointer<CChar>?, nText: CInt,
        tokenCallback: @escaping FTS5TokenCallback
    ) -> CInt {
        guard let pText, nText > 0 else { return 0 }
        var sink = CallbackSink(context: context, callback: tokenCallback)
        pText.withMemoryRebound(to: UInt8.self, capacity: Int(nText)) { bytes in
            TextScanner.scan(
                bytes, count: Int(nText), for: tokenization.contains(.query) ? .query : .document, into: &sink)
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
