/// A short piece of a text on one line, and where a query's words stand in it.
public struct TextFragment: Hashable, Sendable {
    /// White space is folded, control characters are gone; an ellipsis tells that the text goes on.
    public var text: String
    /// UTF-8 bytes of `text`, in order, not overlapping.
    public var matches: [Range<Int>]

    public init(text: String, matches: [Range<Int>]) {
        self.text = text
        self.matches = matches
    }

    /// HTML-escaped, with matches between `<mark>` and `</mark>` (RFC 8621 §5).
    public var html: String {
        var text = text
        return text.withUTF8 { Self.html($0, matches) }
    }

    static func html(_ text: UnsafeBufferPointer<UInt8>, _ matches: [Range<Int>]) -> String {
        marked(text, matches, open: "<mark>", close: "</mark>") { byte in
            switch byte {
            case UInt8(ascii: "&"): "&amp;"
            case UInt8(ascii: "<"): "&lt;"
            case UInt8(ascii: ">"): "&gt;"
            case UInt8(ascii: "\""): "&quot;"
            case UInt8(ascii: "'"): "&#39;"
            default: nil
            }
        }
    }

    /// The text with matches between two marks; `escape` replaces single ASCII bytes.
    public func marked(open: String, close: String, escape: (UInt8) -> StaticString? = { _ in nil }) -> String {
        var text = text
        return text.withUTF8 { Self.marked($0, matches, open: open, close: close, escape: escape) }
    }

    @inline(__always)
    private static func marked(
        _ text: UnsafeBufferPointer<UInt8>, _ matches: [Range<Int>], open: String, close: String,
        escape: (UInt8) -> StaticString?
    ) -> String {
        var out: [UInt8] = []
        out.reserveCapacity(text.count + matches.count * (open.utf8.count + close.utf8.count) + 16)
        func append(_ range: Range<Int>) {
            var copied = range.lowerBound
            for index in range where text[index] < 0x80 {
                guard let escaped = escape(text[index]) else { continue }
                out.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<index]))
                out.append(contentsOf: UnsafeBufferPointer(start: escaped.utf8Start, count: escaped.utf8CodeUnitCount))
                copied = index + 1
            }
            out.append(contentsOf: UnsafeBufferPointer(rebasing: text[copied..<range.upperBound]))
        }
        var index = 0
        for match in matches where match.lowerBound >= index && match.upperBound <= text.count {
            append(index..<match.lowerBound)
            out.append(contentsOf: open.utf8)
            append(match)
            out.append(contentsOf: close.utf8)
            index = match.upperBound
        }
        append(index..<text.count)
        return String(decoding: out, as: UTF8.self)
    }
}
