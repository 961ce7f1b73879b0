/// Snippets as the index gives them (HTML-escaped, matches in `<mark>`) made into terminal text.
package enum MarkedText {
    package struct Piece: Equatable {
        package var text: String
        package var isMatch: Bool
    }

    package static func pieces(_ snippet: String) -> [Piece] {
        var pieces: [Piece] = []
        var rest = snippet[...]
        var isMatch = false
        while !rest.isEmpty {
            let tag = isMatch ? "</mark>" : "<mark>"
            let end = find(tag, in: rest)
            let text = unescape(rest[..<(end ?? rest.endIndex)])
            if !text.isEmpty { pieces.append(Piece(text: text, isMatch: isMatch)) }
            guard let end else { break }
            rest = rest[rest.index(end, offsetBy: tag.count)...]
            isMatch.toggle()
        }
        return pieces
    }

    /// The text alone.
    package static func plain(_ snippet: String) -> String { pieces(snippet).map(\.text).joined() }

    /// One harmless line of at most `width` columns (nil: as long as it is), matches marked.
    package static func line(_ snippet: String, width: Int?, style: Style) -> String {
        var room = width ?? Int.max
        var result = ""
        for piece in pieces(snippet) {
            let clean = TerminalText.line(piece.text)
            // Folding takes the blanks at a piece's ends, which part it from its neighbours.
            let before = piece.text.first?.isWhitespace == true && !result.isEmpty ? " " : ""
            let after = piece.text.last?.isWhitespace == true && !clean.isEmpty ? " " : ""
            let text = before + clean + after
            let cut = width == nil ? text : DisplayWidth.truncate(text, to: room)
            result += piece.isMatch ? style.match(cut) : cut
            room -= DisplayWidth.of(cut)
            if cut != text || room <= 0 { break }
        }
        return result
    }

    private static func find(_ needle: String, in text: Substring) -> Substring.Index? {
        var start = text.startIndex
        while let place = text[start...].firstIndex(of: "<") {
            if text[place...].hasPrefix(needle) { return place }
            start = text.index(after: place)
        }
        return nil
    }

    private static let entities: [(name: String, character: Character)] = [
        ("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&#x27;", "'"),
        ("&apos;", "'"),
    ]

    private static func unescape(_ text: Substring) -> String {
        guard text.utf8.contains(UInt8(ascii: "&")) else { return String(text) }
        var result = ""
        var rest = text
        while let place = rest.firstIndex(of: "&") {
            result += rest[..<place]
            rest = rest[place...]
            if let entity = entities.first(where: { rest.hasPrefix($0.name) }) {
                result.append(entity.character)
                rest.removeFirst(entity.name.count)
            } else {
                result.append(rest.removeFirst())
            }
        }
        return result + rest
    }
}
