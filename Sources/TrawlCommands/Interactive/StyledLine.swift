import Presentation

/// One line of text in pieces, each with what it is.
struct StyledLine: Hashable, Sendable {
    struct Piece: Hashable, Sendable {
        var text: String
        var role: Role
    }

    var pieces: [Piece] = []

    init(_ pieces: [Piece] = []) { self.pieces = pieces }

    init(_ text: String, _ role: Role = .plain) {
        pieces = text.isEmpty ? [] : [Piece(text: text, role: role)]
    }

    var text: String { pieces.map(\.text).joined() }
    var hasMatch: Bool { pieces.contains { $0.role == .match } }

    mutating func append(_ text: String, _ role: Role = .plain) {
        guard !text.isEmpty else { return }
        if let last = pieces.indices.last, pieces[last].role == role {
            pieces[last].text += text
        } else {
            pieces.append(Piece(text: text, role: role))
        }
    }

    /// Columns between two tab stops.
    static let tabWidth = 8

    /// Parted into lines of at most `width` columns, at blanks where there are some; tabs become blanks.
    ///
    /// - Parameter indent: columns before each line but the first.
    func wrapped(_ width: Int, indent: Int = 0) -> [StyledLine] {
        let width = max(1, width)
        if pieces.isEmpty { return [self] }
        // Nearly all lines fit, and few have tabs or more than ASCII.
        if pieces.reduce(0, { $0 + $1.text.utf8.count }) <= width, !pieces.contains(where: { $0.text.contains("\t") }) {
            return [self]
        }
        var lines: [StyledLine] = []
        var line: [(character: Character, role: Role)] = []
        var used = 0
        var lastBlank: Int?
        var isFirst = true
        func close(_ part: ArraySlice<(character: Character, role: Role)>) {
            var made = StyledLine()
            if !isFirst { made.append(String(repeating: " ", count: min(indent, width - 1))) }
            var run = ""
            var role: Role?
            for (character, next) in part {
                if next != role {
                    if let role { made.append(run, role) }
                    run = ""
                    role = next
                }
                run.append(character)
            }
            if let role { made.append(run, role) }
            lines.append(made)
            isFirst = false
        }
        func room() -> Int { isFirst ? width : max(1, width - indent) }
        for piece in pieces {
            for character in piece.text {
                var shown: [Character] = [character]
                if character == "\t" {
                    shown = Array(repeating: " ", count: Self.tabWidth - used % Self.tabWidth)
                }
                for character in shown {
                    let next = Glyph.width(character)
                    if used + next > room(), !line.isEmpty {
                        if character == " " {
                            // A blank at the margin parts the lines and is not drawn.
                            close(line[...])
                            line.removeAll(keepingCapacity: true)
                            (used, lastBlank) = (0, nil)
                            continue
                        }
                        if let blank = lastBlank, blank > 0 {
                            close(line[..<blank])
                            line.removeSubrange(...blank)
                        } else {
                            close(line[...])
                            line.removeAll(keepingCapacity: true)
                        }
                        used = line.reduce(0) { $0 + Glyph.width($1.character) }
                        lastBlank = nil
                    }
                    // Blanks at a line's beginning indent it; none that part words.
                    if character == " ", line.contains(where: { $0.character != " " }) || lastBlank != nil {
                        lastBlank = line.count
                    }
                    line.append((character, piece.role))
                    used += next
                }
            }
        }
        close(line[...])
        return lines
    }
}

extension StyledLine {
    /// A snippet of the index's, made harmless, with its matches.
    mutating func append(marked snippet: String, role: Role) {
        for piece in MarkedText.pieces(snippet) {
            let clean = TerminalText.line(piece.text)
            // Folding takes the blanks at a piece's ends, which part it from its neighbours.
            let before = piece.text.first?.isWhitespace == true && !clean.isEmpty ? " " : ""
            let after = piece.text.last?.isWhitespace == true ? " " : ""
            append(before + clean + after, piece.isMatch ? .match : role)
        }
    }

    /// Cut to `width` columns, with `…` where something was cut.
    func truncated(to width: Int) -> StyledLine {
        guard DisplayWidth.of(text) > width else { return self }
        var result = StyledLine()
        var room = width - 1
        for piece in pieces {
            var part = ""
            for character in piece.text {
                let next = Glyph.width(character)
                if next > room {
                    result.append(part, piece.role)
                    result.append("…", piece.role)
                    return result
                }
                room -= next
                part.append(character)
            }
            result.append(part, piece.role)
        }
        return result
    }
}
