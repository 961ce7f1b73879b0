/// What the terminal shows, cell by cell; a frame is drawn into a new one and told by what it changes.
struct Screen: Hashable, Sendable {
    struct Cell: Hashable, Sendable {
        /// Empty for the second column of a wide character.
        var glyph = " "
        var look = Look()
        static let blank = Cell()
    }

    let columns: Int
    let rows: Int
    private(set) var cells: [Cell]
    /// Rows in which some character's width is uncertain: drawn as a whole, so that nothing is left over.
    private(set) var uncertainRows: Set<Int> = []
    /// Where the cursor stands; nil: hidden.
    var cursor: (column: Int, row: Int)? {
        get { cursorPlace.map { ($0 % max(columns, 1), $0 / max(columns, 1)) } }
        set { cursorPlace = newValue.map { min($0.row, rows - 1) * columns + min($0.column, columns - 1) } }
    }
    private var cursorPlace: Int?

    init(columns: Int, rows: Int) {
        self.columns = max(1, columns)
        self.rows = max(1, rows)
        cells = Array(repeating: .blank, count: self.columns * self.rows)
    }

    /// Writes text from a column on, up to and without `end`; what doesn't fit is left out.
    ///
    /// - Returns: the column after it.
    @discardableResult
    mutating func put(_ text: String, row: Int, column: Int, end: Int? = nil, _ look: Look = Look()) -> Int {
        let end = min(end ?? columns, columns)
        guard row >= 0, row < rows, column >= 0, column < end else { return column }
        var at = column
        let base = row * columns
        for character in text {
            let glyph = Glyph.shown(character)
            let width = Glyph.width(character)
            if width == 0 {
                // Combines with the character before it, if there is one.
                if at > column, var last = (column..<at).last(where: { !cells[base + $0].glyph.isEmpty }) {
                    last += base
                    cells[last].glyph += glyph
                    uncertainRows.insert(row)
                }
                continue
            }
            guard at + width <= end else { break }
            cells[base + at] = Cell(glyph: glyph, look: look)
            for offset in 1..<max(width, 1) { cells[base + at + offset] = Cell(glyph: "", look: look) }
            if Glyph.isUncertain(glyph) { uncertainRows.insert(row) }
            at += width
        }
        return at
    }

    /// Writes pieces one after the other, and blanks up to `end`.
    @discardableResult
    mutating func put(_ line: StyledLine, row: Int, column: Int, end: Int, isSelected: Bool = false) -> Int {
        var at = column
        for piece in line.pieces {
            let next = put(piece.text, row: row, column: at, end: end, Look(role: piece.role, isSelected: isSelected))
            at = next
        }
        return at
    }

    mutating func fill(row: Int, from column: Int, to end: Int, glyph: String = " ", _ look: Look = Look()) {
        guard row >= 0, row < rows else { return }
        for at in max(0, column)..<max(max(0, column), min(end, columns)) {
            cells[row * columns + at] = Cell(glyph: glyph, look: look)
        }
    }

    /// A row's text, without blanks at its end.
    func text(row: Int) -> String {
        var text = cells[(row * columns)..<((row + 1) * columns)].map(\.glyph).joined()
        while text.last == " " { text.removeLast() }
        return text
    }
}
