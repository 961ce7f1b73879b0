extension Screen {
    /// What a terminal that shows `old` must be sent to show this; nothing where nothing differs. Nil: the terminal's
    /// contents are unknown.
    func changes(from old: Screen?, theme: Theme) -> [UInt8] {
        var out = ScreenWriter(theme: theme, columns: columns)
        let isWhole = old.map { $0.columns != columns || $0.rows != rows } ?? true
        if isWhole { out.write("\u{1B}[0m\u{1B}[2J") }
        for row in 0..<rows {
            let range = (row * columns)..<((row + 1) * columns)
            let before = isWhole ? nil : old?.cells[range]
            if let before, before.elementsEqual(cells[range]) { continue }
            let isUncertain = uncertainRows.contains(row) || (old?.uncertainRows.contains(row) ?? false)
            if isUncertain, before != nil { out.eraseRow(row) }
            write(row, before: isUncertain ? nil : before, to: &out)
        }
        let isCursorSame = !isWhole && old?.cursorPlaceForComparison == cursorPlaceForComparison
        guard !out.bytes.isEmpty || !isCursorSame else { return [] }
        return out.finished(cursor: cursor)
    }

    private var cursorPlaceForComparison: Int? { cursor.map { $0.row * columns + $0.column } }

    /// `before` nil: the row is blank.
    private func write(_ row: Int, before: ArraySlice<Cell>?, to out: inout ScreenWriter) {
        let base = row * columns
        // Behind the last cell that isn't blank, one sequence clears all.
        var end = columns
        while end > 0, cells[base + end - 1] == .blank { end -= 1 }
        var at = 0
        while at < end {
            let cell = cells[base + at]
            var width = 1
            while at + width < end, cells[base + at + width].glyph.isEmpty { width += 1 }
            let isSame =
                before.map { old in
                    (at..<(at + width)).allSatisfy { old[old.startIndex + $0] == cells[base + $0] }
                        // A wide character that stood half in here is broken by what is drawn over it.
                        && (at + width >= columns || !old[old.startIndex + at + width].glyph.isEmpty)
                } ?? (cell == .blank)
            if !isSame { out.put(cell, width: width, row: row, column: at) }
            at += width
        }
        guard end < columns, let before else { return }
        let hasMore = before[(before.startIndex + end)...].contains { $0 != .blank }
        if hasMore { out.clearRest(row: row, column: end) }
    }
}

/// Puts a frame's bytes together, moving the cursor and changing the look only where needed.
private struct ScreenWriter {
    let theme: Theme
    let columns: Int
    private(set) var bytes: [UInt8] = []
    private var position: (row: Int, column: Int)?
    private var look: Look?

    init(theme: Theme, columns: Int) {
        self.theme = theme
        self.columns = columns
    }

    mutating func write(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func move(row: Int, column: Int) {
        if let position, position == (row, column) { return }
        write("\u{1B}[\(row + 1);\(column + 1)H")
        position = (row, column)
    }

    private mutating func set(_ wanted: Look) {
        guard wanted != look else { return }
        let parameters = theme.parameters(wanted)
        write(parameters.isEmpty ? "\u{1B}[0m" : "\u{1B}[0;\(parameters)m")
        look = wanted
    }

    mutating func put(_ cell: Screen.Cell, width: Int, row: Int, column: Int) {
        move(row: row, column: column)
        set(cell.look)
        bytes.append(contentsOf: cell.glyph.utf8)
        // Where the terminal may count otherwise, or waits at the margin, the place is told anew.
        let isKnown = column + width < columns && !Glyph.isUncertain(cell.glyph)
        position = isKnown ? (row, column + width) : nil
    }

    mutating func eraseRow(_ row: Int) {
        move(row: row, column: 0)
        set(Look())
        write("\u{1B}[2K")
    }

    mutating func clearRest(row: Int, column: Int) {
        move(row: row, column: column)
        set(Look())
        write("\u{1B}[K")
    }

    /// Between the marks of a synchronised update, which terminals that don't know them ignore.
    func finished(cursor: (column: Int, row: Int)?) -> [UInt8] {
        var all = Array("\u{1B}[?2026h\u{1B}[?25l".utf8)
        all += bytes
        all += Array("\u{1B}[0m".utf8)
        if let cursor { all += Array("\u{1B}[\(cursor.row + 1);\(cursor.column + 1)H\u{1B}[?25h".utf8) }
        all += Array("\u{1B}[?2026l".utf8)
        return all
    }
}
