/// A name to look for, folded: with `*` and `?` it is a pattern for the whole name.
public struct NamePattern: Hashable, Sendable, CustomStringConvertible {
    /// Folded (``TextFolding``), never empty.
    public let text: String
    /// It holds `*` or `?`, and was not quoted.
    public let hasWildcards: Bool

    public init(_ typed: String, isQuoted: Bool = false) {
        text = TextFolding.folded(typed)
        hasWildcards = !isQuoted && text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }

    public var description: String { hasWildcards ? "\(text)~" : "\"\(text)\"" }

    /// Whether a folded name is this one, or fits the pattern.
    public func matches(_ folded: String) -> Bool {
        hasWildcards ? Self.glob(Array(text.utf8), Array(folded.utf8)) : folded == text
    }

    /// Whether a folded name fits, or holds this name somewhere within it.
    public func isPart(of folded: String) -> Bool {
        hasWildcards ? matches(folded) : Self.contains(Array(folded.utf8), Array(text.utf8))
    }

    /// As a pattern for SQLite's GLOB: a name that has no wildcards is looked for anywhere.
    var globText: String {
        var out = hasWildcards ? "" : "*"
        for character in text.unicodeScalars {
            switch character {
            case "[": out += "[[]"
            case "*", "?": out += hasWildcards ? String(character) : "[\(character)]"
            default: out.unicodeScalars.append(character)
            }
        }
        return hasWildcards ? out : out + "*"
    }

    private static func contains(_ bytes: [UInt8], _ part: [UInt8]) -> Bool {
        guard part.count <= bytes.count else { return false }
        return (0...(bytes.count - part.count)).contains { bytes[$0..<($0 + part.count)].elementsEqual(part) }
    }

    /// Glob without backtracking further than the last star: linear in practice, quadratic at worst.
    private static func glob(_ pattern: [UInt8], _ name: [UInt8]) -> Bool {
        var p = 0
        var n = 0
        var star: (pattern: Int, name: Int)?
        while n < name.count {
            if p < pattern.count, pattern[p] == UInt8(ascii: "*") {
                star = (p, n)
                p += 1
            } else if p < pattern.count, pattern[p] == UInt8(ascii: "?") {
                // One character, whatever its length in UTF-8.
                p += 1
                n += 1
                while n < name.count, name[n] & 0xC0 == 0x80 { n += 1 }
            } else if p < pattern.count, pattern[p] == name[n] {
                p += 1
                n += 1
            } else if let last = star {
                star = (last.pattern, last.name + 1)
                p = last.pattern + 1
                n = last.name + 1
            } else {
                return false
            }
        }
        return pattern[p...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
