extension FlagSet {
    /// From columns flags, keywords, labels.
    package init(_ row: SQLStatement, from start: Int32) {
        self.init(
            flags: EmailFlags(rawValue: UInt8(truncatingIfNeeded: row.integer(start))),
            keywords: LineColumn.decode(row.text(start + 1)), labels: LineColumn.decode(row.text(start + 2)))
    }
}
