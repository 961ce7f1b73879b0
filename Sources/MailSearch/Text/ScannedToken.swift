/// A token found in a text.
public struct ScannedToken: Hashable, Sendable {
    /// The folded word, as the index holds it.
    public var text: String
    /// The UTF-8 bytes of the text that it stands for.
    public var range: Range<Int>
    /// It stands at the position of the token before it.
    public var isColocated: Bool

    /// The tokens of a text, as the index or a query sees them.
    public static func tokens(of text: String, for purpose: ScanPurpose = .document) -> [ScannedToken] {
        var text = text
        return text.withUTF8 { tokens(of: $0, for: purpose) }
    }

    /// How many tokens a text has, and their bytes: a scan that keeps nothing, for measuring.
    public static func count(of text: UnsafeBufferPointer<UInt8>, for purpose: ScanPurpose = .document) -> (
        tokens: Int, bytes: Int
    ) {
        guard let base = text.baseAddress else { return (0, 0) }
        var sink = Counter()
        TextScanner.scan(base, count: text.count, for: purpose, into: &sink)
        return (sink.tokens, sink.bytes)
    }

    static func tokens(of text: UnsafeBufferPointer<UInt8>, for purpose: ScanPurpose) -> [ScannedToken] {
        guard let base = text.baseAddress else { return [] }
        var sink = Collector()
        TextScanner.scan(base, count: text.count, for: purpose, into: &sink)
        return sink.tokens
    }

    private struct Collector: TokenSink {
        var tokens: [ScannedToken] = []

        mutating func take(
            _ token: UnsafePointer<UInt8>, _ count: Int, from start: Int, to end: Int, isColocated: Bool
        ) -> Bool {
            let text = String(decoding: UnsafeBufferPointer(start: token, count: count), as: UTF8.self)
            tokens.append(ScannedToken(text: text, range: start..<end, isColocated: isColocated))
            return true
        }
    }

    private struct Counter: TokenSink {
        var tokens = 0
        var bytes = 0

        @inline(never)
        mutating func take(
            _ token: UnsafePointer<UInt8>, _ count: Int, from start: Int, to end: Int, isColocated: Bool
        ) -> Bool {
            tokens += 1
            bytes += count
            return true
        }
    }
}
