/// One piece of a query's text.
struct QueryToken: Hashable {
    enum Kind: Hashable {
        case word(String)
        /// Text between quotes; a star right after them lets the last word go on.
        case quoted(String, hasStar: Bool)
        /// A known field's or another name, with the colon.
        case field(String)
        case open
        case close
        case openBrace
        case closeBrace
        case minus
        case end
    }
    var kind: Kind
    var range: Range<Int>
}

/// Parts a query's text into pieces; reading a piece takes time in proportion to its length.
struct QueryLexer {
    let bytes: [UInt8]
    private(set) var position = 0
    private var braceDepth = 0

    init(_ text: String) {
        bytes = Array(text.utf8)
    }

    /// The next piece. After a field (`isValue`) a word may hold colons and begin with a minus.
    mutating func next(isValue: Bool = false) throws(QueryError) -> QueryToken {
        if !isValue { skipSpace() }
        let start = position
        guard start < bytes.count else { return QueryToken(kind: .end, range: start..<start) }
        switch bytes[start] {
        case UInt8(ascii: "("): return single(.open)
        case UInt8(ascii: ")"): return single(.close)
        case UInt8(ascii: "{"):
            braceDepth += 1
            return single(.openBrace)
        case UInt8(ascii: "}") where braceDepth > 0:
            braceDepth -= 1
            return single(.closeBrace)
        case UInt8(ascii: "-") where !isValue && beginsTerm(start + 1): return single(.minus)
        default: break
        }
        if quoteLength(start) > 0 { return try quoted() }
        if !isValue, let field = fieldName() { return field }
        return word()
    }

    /// Whether a value follows right here.
    var isAtValue: Bool {
        position < bytes.count && spaceLength(position) == 0 && bytes[position] != UInt8(ascii: ")")
            && !(bytes[position] == UInt8(ascii: "}") && braceDepth > 0)
    }

    /// The next word if a space and nothing else parts it from here: for a hint about `field: value`.
    var wordAfterSpace: String? {
        var ahead = self
        ahead.skipSpace()
        guard let token = try? ahead.next(), case .word(let word) = token.kind else { return nil }
        return word
    }

    private mutating func single(_ kind: QueryToken.Kind) -> QueryToken {
        position += 1
        return QueryToken(kind: kind, range: (position - 1)..<position)
    }

    private mutating func skipSpace() {
        while position < bytes.count {
            let length = spaceLength(position)
            if length == 0 { return }
            position += length
        }
    }

    /// The length of a space at `index`, 0 if there is none. Keyboards for Chinese and Japanese type U+3000.
    private func spaceLength(_ index: Int) -> Int {
        switch bytes[index] {
        case 0x20, 0x09...0x0D: 1
        case 0xC2 where index + 1 < bytes.count && bytes[index + 1] == 0xA0: 2
        case 0xE2
        where index + 2 < bytes.count && bytes[index + 1] == 0x80
            && ((0x80...0x8A).contains(bytes[index + 2]) || bytes[index + 2] == 0xAF):
            3
        case 0xE3 where index + 2 < bytes.count && bytes[index + 1] == 0x80 && bytes[index + 2] == 0x80: 3
        default: 0
        }
    }

    /// The length of a double quote at `index`, straight or as word processors write it.
    private func quoteLength(_ index: Int) -> Int {
        guard index < bytes.count else { return 0 }
        if bytes[index] == UInt8(ascii: "\"") { return 1 }
        guard bytes[index] == 0xE2, index + 2 < bytes.count, bytes[index + 1] == 0x80 else { return 0 }
        return (0x9C...0x9F).contains(bytes[index + 2]) ? 3 : 0
    }

    /// Whether a minus before `index` negates what stands there: `-word`, but not `--option` or a lone dash.
    private func beginsTerm(_ index: Int) -> Bool {
        guard index < bytes.count, spaceLength(index) == 0 else { return false }
        return bytes[index] != UInt8(ascii: "-") && bytes[index] != UInt8(ascii: ")")
    }

    private mutating func quoted() throws(QueryError) -> QueryToken {
        let start = position
        position += quoteLength(start)
        let first = position
        while position < bytes.count {
            let length = quoteLength(position)
            if length > 0 {
                let text = String(decoding: bytes[first..<position], as: UTF8.self)
                position += length
                let hasStar = position < bytes.count && bytes[position] == UInt8(ascii: "*")
                if hasStar { position += 1 }
                return QueryToken(kind: .quoted(text, hasStar: hasStar), range: start..<position)
            }
            position += 1
        }
        throw QueryError(
            .unbalanced, "This quote is never closed", at: start..<bytes.count, hint: "add \" where the phrase ends")
    }

    /// A letter, then letters, digits, `-` and `_` up to a colon; but a URL is text.
    private mutating func fieldName() -> QueryToken? {
        let start = position
        var index = start
        while index < bytes.count, Self.isNameByte(bytes[index]) { index += 1 }
        guard index > start, index < bytes.count, bytes[index] == UInt8(ascii: ":"),
            (0x41...0x5A).contains(bytes[start]) || (0x61...0x7A).contains(bytes[start])
        else { return nil }
        if index + 2 < bytes.count, bytes[index + 1] == UInt8(ascii: "/"), bytes[index + 2] == UInt8(ascii: "/") {
            return nil
        }
        position = index + 1
        let name = String(decoding: bytes[start..<index], as: UTF8.self).lowercased()
        return QueryToken(kind: .field(name), range: start..<position)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
        default: false
        }
    }

    private mutating func word() -> QueryToken {
        let start = position
        scan: while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "\""): break scan
            case UInt8(ascii: "}") where braceDepth > 0: break scan
            default:
                if spaceLength(position) > 0 || quoteLength(position) > 0 { break scan }
                position += 1
            }
        }
        return QueryToken(
            kind: .word(String(decoding: bytes[start..<position], as: UTF8.self)), range: start..<position)
    }
}
