/// Columns aligned by what they hold.
package struct TextTable {
    package enum Alignment { case left, right }

    private var rows: [[String]] = []
    private let alignments: [Alignment]

    package init(_ alignments: [Alignment]) { self.alignments = alignments }

    /// Cells are made harmless here.
    package mutating func add(_ cells: [String]) { rows.append(cells.map(TerminalText.line)) }

    /// Lines without blanks at their ends; `heading` styles the first.
    package func lines(heading: ((String) -> String)? = nil) -> [String] {
        var widths = [Int](repeating: 0, count: alignments.count)
        for row in rows {
            for (index, cell) in row.enumerated() where index < widths.count {
                widths[index] = max(widths[index], DisplayWidth.of(cell))
            }
        }
        return rows.enumerated().map { number, row in
            var line = ""
            for (index, cell) in row.enumerated() where index < widths.count {
                let padding = String(repeating: " ", count: widths[index] - DisplayWidth.of(cell))
                if index > 0 { line += "  " }
                line += alignments[index] == .left ? cell + padding : padding + cell
            }
            while line.last == " " { line.removeLast() }
            return number == 0 ? heading?(line) ?? line : line
        }
    }
}
