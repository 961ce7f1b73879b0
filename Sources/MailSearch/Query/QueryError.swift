/// Why a query cannot be read: what is wrong, where, and what to write instead.
///
/// It is always the query's fault, never the index's.
public struct QueryError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        /// Nothing was typed.
        case empty
        /// A word with no letter or digit in it.
        case noWord
        /// A quote or parenthesis without its other half.
        case unbalanced
        /// An operator with nothing to work on.
        case operatorMisplaced
        case unknownField
        /// A field with nothing after it, or with a value it doesn't know.
        case badValue
        case badDate
        /// A `*` elsewhere than at a word's end.
        case wildcardMisplaced
        /// A saved query that doesn't exist, uses itself, or cannot be read.
        case savedQuery
        /// A limit of ``QueryLimits`` was passed.
        case tooLarge
    }

    public var code: Code
    /// What is wrong, without a full stop.
    public var message: String
    /// What to write instead.
    public var hint: String?
    /// Where, in UTF-8 bytes of the query.
    public var range: Range<Int>

    public init(_ code: Code, _ message: String, at range: Range<Int>, hint: String? = nil) {
        self.code = code
        self.message = message
        self.range = range
        self.hint = hint
    }

    public var description: String { hint.map { "\(message) (\($0))" } ?? message }

    /// The query on one line with its fault underlined, then what is wrong; control characters are shown as `?`.
    ///
    /// A long query is cut to what stands around the fault.
    public func marked(in source: String) -> String {
        let around = 60
        let bytes = Array(source.utf8)
        let lower = min(range.lowerBound, bytes.count)
        let upper = min(max(range.upperBound, lower), bytes.count)
        var first = max(0, lower - around)
        var last = min(bytes.count, max(upper, lower + 1) + around, lower + 2 * around)
        while first > 0, first < bytes.count, bytes[first] & 0xC0 == 0x80 { first -= 1 }
        while last < bytes.count, bytes[last] & 0xC0 == 0x80 { last += 1 }
        var line = ""
        var marks = ""
        if first > 0 {
            line += "…"
            marks += " "
        }
        var at = first
        for character in String(decoding: bytes[first..<last], as: UTF8.self) {
            let isControl = character.unicodeScalars.contains {
                $0.properties.generalCategory == .control || $0.properties.generalCategory == .format
            }
            line += isControl ? "?" : String(character)
            let isWide = !isControl && (character.unicodeScalars.first?.value ?? 0) >= 0x1100
            let mark = at >= lower && at < upper ? "^" : " "
            marks += isWide ? mark + mark : mark
            at += character.utf8.count
        }
        if last < bytes.count { line += "…" }
        if lower >= bytes.count || lower == upper { marks += "^" }
        while marks.last == " " { marks.removeLast() }
        return "\(line)\n\(marks)\n\(description)"
    }
}
