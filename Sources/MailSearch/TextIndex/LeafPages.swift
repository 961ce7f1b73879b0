/// Where one connection reads leaves from.
struct LeafPages {
    /// Leaves between two rows, with their rows, in order.
    let rows: SQLStatement
    /// When the search is given up: to walk a long list takes seconds.
    let limit: SearchLimit?

    init(_ database: SQLiteDatabase) throws {
        rows = try SQLStatement.cached(
            database, "SELECT id, block FROM message_text_data WHERE id BETWEEN ? AND ? ORDER BY id")
        limit = database.limit
    }
}
