import MailSearch

/// Snippets as the index gives them (fragments, or HTML-escaped with matches in `<mark>`) made into terminal text.
package enum MarkedText {
    package struct Piece: Equatable {
        package var text: String
        package var isMatch: Bool
    }

    package static func pieces(_ snippet: String) -> [Piece] {
        var pieces: [Piece] = []
        forEachPiece(of: snippet) { pieces.append(Piece(text: String(decoding: $0, as: UTF8.self), isMatch: $1)) }
        return pieces
    }

    /// Calls `body` with the UTF-8 of each piece, which is never empty, and whether it is a match.
    private static func forEachPiece(of snippet: String, _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void) {
        var snippet = snippet
        snippet.withUTF8 { bytes in
            var text: [UInt8] = []
            text.reserveCapacity(bytes.count)
            var isMatch = false
            func end() {
                if !text.isEmpty { text.withUnsafeBufferPointer { body($0, isMatch) } }
                text.removeAll(keepingCapacity: true)
            }
            var index = 0
            while index < bytes.count {
                var plain = index
                while plain < bytes.count, bytes[plain] != UInt8(ascii: "<"), bytes[plain] != UInt8(ascii: "&") {
                    plain += 1
                }
                text.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[index..<plain]))
                index = plain
                guard index < bytes.count else { break }
                let rest = UnsafeBufferPointer(rebasing: bytes[index...])
                if begins(rest, isMatch ? closing : opening) {
                    end()
                    index += (isMatch ? closing : opening).utf8CodeUnitCount
                    isMatch.toggle()
                } else if let entity = entities.first(where: { begins(rest, $0.name) }) {
                    text.append(entity.character)
                    index += entity.name.utf8CodeUnitCount
                } else {
                    text.append(rest[0])
                    index += 1
                }
            }
            end()
        }
    }

    private static let opening: StaticString = "<mark>"
    private static let closing: StaticString = "</mark>"

    private static func begins(_ bytes: UnsafeBufferPointer<UInt8>, _ name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        return (0..<count).allSatisfy { bytes[$0] == name.utf8Start[$0] }
    }

    /// The same of a fragment.
    private static func forEachPiece(of fragment: TextFragment, _ body: (UnsafeBufferPointer<UInt8>, Bool) -> Void) {
        var text = fragment.text
        text.withUTF8 { bytes in
            var index = 0
            func piece(upTo end: Int, isMatch: Bool) {
                if end > index { body(UnsafeBufferPointer(rebasing: bytes[index..<end]), isMatch) }
                index = end
            }
            for match in fragment.matches where match.lowerBound >= index && match.upperBound <= bytes.count {
                piece(upTo: match.lowerBound, isMatch: false)
                piece(upTo: match.upperBound, isMatch: true)
            }
            piece(upTo: bytes.count, isMatch: false)
        }
    }

    /// Appends one harmless line of at most `width` columns (nil: as long as it is), matches marked.
    package static func append(_ fragment: TextFragment, width: Int?, style: Style, to result: inout [UInt8]) {
        if let width {
            result.append(contentsOf: line(fragment, width: width, style: style).utf8)
        } else {
            append(fragment, style: style, to: &result)
        }
    }

    private static func line(_ fragment: TextFragment, width: Int, style: Style) -> String {
        var pieces: [Piece] = []
        forEachPiece(of: fragment) { pieces.append(Piece(text: String(decoding: $0, as: UTF8.self), isMatch: $1)) }
        var room = width
        var result = ""
        for piece in pieces {
            let clean = TerminalText.line(piece.text)
            // Folding takes the blanks at a piece's ends, which part it from its neighbours.
            let before = piece.text.first?.isWhitespace == true && !result.isEmpty ? " " : ""
            let after = piece.text.last?.isWhitespace == true && !clean.isEmpty ? " " : ""
            let text = before + clean + after
            let cut = DisplayWidth.truncate(text, to: room)
            result += piece.isMatch ? style.match(cut) : cut
            room -= DisplayWidth.of(cut)
            if cut != text || room <= 0 { break }
        }
        return result
    }

    /// As above, however long. Most output is no terminal's, and widths take longer to tell than all else here.
    private static func append(_ fragment: TextFragment, style: Style, to result: inout [UInt8]) {
        let marks = style.matchMarks
        let begin = result.count
        forEachPiece(of: fragment) { piece, isMatch in
            let start = result.count
            if isMatch { result.append(contentsOf: marks.before.utf8) }
            let marked = result.count
            if start > begin, PieceEnds.beginsWithWhiteSpace(piece) { result.append(0x20) }
            let unfolded = result.count
            TerminalText.appendLine(piece, to: &result)
            if result.count > unfolded, PieceEnds.endsWithWhiteSpace(piece) { result.append(0x20) }
            if result.count == marked {
                result.removeLast(marked - start)
            } else if isMatch {
                result.append(contentsOf: marks.after.utf8)
            }
        }
    }

    private static let entities: [(name: StaticString, character: UInt8)] = [
        ("&amp;", UInt8(ascii: "&")), ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")),
        ("&quot;", UInt8(ascii: "\"")), ("&#39;", UInt8(ascii: "'")), ("&#x27;", UInt8(ascii: "'")),
        ("&apos;", UInt8(ascii: "'")),
    ]
}
