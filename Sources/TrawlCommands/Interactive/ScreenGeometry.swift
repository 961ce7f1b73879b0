/// How the screen is parted: the query above, results and preview, the status below.
struct ScreenGeometry: Hashable, Sendable {
    struct Area: Hashable, Sendable {
        var row: Int
        var column: Int
        var rows: Int
        var columns: Int
    }

    var columns: Int
    var rows: Int
    var list: Area
    /// Nil where there is no room for one.
    var preview: Area?
    /// The rule between the two: a column, or a row.
    var ruleColumn: Int?
    var ruleRow: Int?
    var statusRow: Int?

    /// From so many columns on the preview stands beside the results.
    static let wideColumns = 110
    /// From so many rows on it stands below them, where it isn't beside.
    static let tallRows = 14
    static let narrowestPreview = 24

    init(columns: Int, rows: Int) {
        self.columns = max(1, columns)
        self.rows = max(1, rows)
        let hasStatus = self.rows >= 3
        statusRow = hasStatus ? self.rows - 1 : nil
        let body = max(0, self.rows - 1 - (hasStatus ? 1 : 0))
        list = Area(row: 1, column: 0, rows: body, columns: self.columns)
        if self.columns >= Self.wideColumns, body >= 3 {
            let width = self.columns / 2
            list.columns = width
            ruleColumn = width
            preview = Area(row: 1, column: width + 2, rows: body, columns: self.columns - width - 2)
        } else if self.rows >= Self.tallRows, self.columns >= Self.narrowestPreview {
            let height = max(4, body * 2 / 5)
            list.rows = height
            ruleRow = 1 + height
            preview = Area(row: 2 + height, column: 0, rows: body - height - 1, columns: self.columns)
        }
    }

    /// Of the reader, which has all but the status row.
    var reader: Area { Area(row: 0, column: 0, rows: max(1, rows - (rows >= 2 ? 1 : 0)), columns: columns) }
}
