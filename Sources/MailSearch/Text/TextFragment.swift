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
        marked(open: "<mark>", close: "</mark>") { byte in
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
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count + matches.count * 16)
        var next = 0
        for (offset, byte) in text.utf8.enumerated() {
            if next < matches.count, offset == matches[next].upperBound {
                out += Array(close.utf8)
                next += 1
            }
            if next < matches.count, offset == matches[next].lowerBound { out += Array(open.utf8) }
            if byte < 0x80, let escaped = escape(byte) {
                out.append(contentsOf: UnsafeBufferPointer(start: escaped.utf8Start, count: escaped.utf8CodeUnitCount))
            } else {
                out.append(byte)
            }
        }
        if next < matches.count, matches[next].upperBound == text.utf8.count { out += Array(close.utf8) }
        return String(decoding: out, as: UTF8.self)
    }
}
