extension CompiledQuery {
    /// The plain statement: ids of all hits, newest first or last.
    func idStatement(isAscending: Bool = false) -> SQLText {
        let source = idSource
        let column = text != nil ? "message_text.rowid" : "message.id"
        return SQLText(
            sql: source.sql + " ORDER BY \(column) \(isAscending ? "ASC" : "DESC")", arguments: source.arguments)
    }

    /// The statement without an order, to stand within another. Not for a query that is empty.
    var idSource: SQLText {
        var sql = "SELECT \(text != nil && condition == nil ? "message_text.rowid" : "message.id") FROM "
        var conditions: [String] = []
        var bound = [SQLValue]()
        if let text {
            sql += "message_text"
            conditions.append("message_text MATCH ?")
            bound.append(.text(text))
            if condition != nil { sql += " CROSS JOIN message ON message.id = message_text.rowid" }
        } else {
            sql += "message"
        }
        if let idBounds {
            conditions.append("\(text != nil ? "message_text.rowid" : "message.id") BETWEEN ? AND ?")
            bound += [.integer(idBounds.lowerBound), .integer(idBounds.upperBound)]
        }
        if let condition {
            conditions.append(condition)
            bound += arguments
        }
        if !conditions.isEmpty { sql += " WHERE " + conditions.parted(by: " AND ") }
        return SQLText(sql: sql, arguments: bound)
    }
}
