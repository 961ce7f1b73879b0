extension CompiledQuery {
    /// The plain statement: ids of all hits, newest first or last.
    func idStatement(isAscending: Bool = false) -> SQLText {
        var source = idSource
        source.sql += " ORDER BY "
        source.sql += text != nil ? "message_text.rowid" : "message.id"
        source.sql += isAscending ? " ASC" : " DESC"
        return source
    }

    /// The statement without an order, to stand within another. Not for a query that is empty.
    var idSource: SQLText {
        var sql = "SELECT "
        sql += text != nil && condition == nil ? "message_text.rowid" : "message.id"
        sql += text == nil ? " FROM message" : " FROM message_text"
        if text != nil, condition != nil { sql += " CROSS JOIN message ON message.id = message_text.rowid" }
        var bound: [SQLValue] = []
        var joint = " WHERE "
        func add(_ condition: String) {
            sql += joint
            sql += condition
            joint = " AND "
        }
        if let text {
            add("message_text MATCH ?")
            bound.append(.text(text))
        }
        if let idBounds {
            add(text != nil ? "message_text.rowid BETWEEN ? AND ?" : "message.id BETWEEN ? AND ?")
            bound.append(.integer(idBounds.lowerBound))
            bound.append(.integer(idBounds.upperBound))
        }
        if let condition {
            add(condition)
            bound.append(contentsOf: arguments)
        }
        return SQLText(sql: sql, arguments: bound)
    }
}
