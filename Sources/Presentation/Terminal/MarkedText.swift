/// Snippets as the index gives them (HTML-escaped, matches in `<mark>`) made into terminal text.
package enum MarkedText {
    package struct Piece: Equatable {
        package var text: String
        package var isMatch: Bool
    }

    package static func pieces(_ snippet: String) -> [Piece] {
        var snippet = snippet
        return snippet.withUTF8 { bytes in
            var pieces: [Piece] = []
            var text: [UInt8] = []
            var isMatch = false
            func end() {
                if !text.isEmpty { pieces.append(Piece(text: String(decoding: text, as: UTF8.self), isMatch: isMatch)) }
                text.removeAll(keepingCapacity: true)
            }
            var index = 0
            while index < bytes.count {
                let rest = UnsafeBufferPointer(rebasing: bytes[index...])
                switch rest[0] {
                case UInt8(ascii: "<") where begins(rest, isMatch ? closing : opening):
                    end()
                    index += (isMatch ? closing : opening).utf8CodeUnitCount
                    isMatch.toggle()
                case UInt8(ascii: "&"):
                    if let entity = entities.first(where: { begins(rest, $0.name) }) {
                        text.append(entity.character)
                        index += entity.name.utf8CodeUnitCount
                    } else {
                        text.append(rest[0])
                        index += 1
                    }
                default:
                    text.append(rest[0])
                    index += 1
                }
            }
            end()
            return pieces
        }
    }

    private static let opening: StaticString = "<mark>"
    private static let closing: StaticString = "</mark>"

    private static func begins(_ bytes: UnsafeBufferPointer<UInt8>, _ name: StaticString) -> Bool {
        let count = name.utf8CodeUnitCount
        guard bytes.count >= count else { return false }
        return (0..<count).allSatisfy { bytes[$0] == name.utf8Start[$0] }
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
            // Widths take longer to tell than all else here.
            if width == nil {
                result += piece.isMatch ? style.match(text) : text
                continue
            }
            let cut = DisplayWidth.truncate(text, to: room)
            result += piece.isMatch ? style.match(cut) : cut
            room -= DisplayWidth.of(cut)
            if cut != text || room <= 0 { break }
        }
        return result
    }

    private static let entities: [(name: StaticString, character: UInt8)] = [
        ("&amp;", UInt8(ascii: "&")), ("&lt;", UInt8(ascii: "<")), ("&gt;", UInt8(ascii: ">")),
        ("&quot;", UInt8(ascii: "\"")), ("&#39;", UInt8(ascii: "'")), ("&#x27;", UInt8(ascii: "'")),
        ("&apos;", UInt8(ascii: "'")),
    ]
}
