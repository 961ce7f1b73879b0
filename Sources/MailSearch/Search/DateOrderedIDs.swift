/// Ids of a query's hits in the exact order of their dates, read as far as they are asked for.
///
/// Ids stand in the order of dates but for neighbours, so each is held back until no later one can have a date that
/// goes before its own.
struct DateOrderedIDs {
    private let hits: SQLStatement
    private let dates: SQLStatement
    private let isAscending: Bool
    private let drift: Int64
    /// Read, but not yet in the query's order; the next one last.
    private var held: [(date: Int64, id: Int64)] = []
    private var pending: Int64?
    private var isAtEnd = false

    init(_ database: SQLiteDatabase, _ query: CompiledQuery, isAscending: Bool) throws {
        let source = query.idSource
        let column = query.text != nil ? "message_text.rowid" : "message.id"
        hits = try SQLStatement(
            database, source.sql + " ORDER BY \(column) \(isAscending ? "ASC" : "DESC")", source.arguments)
        dates = try SQLStatement.cached(database, "SELECT date FROM message WHERE id = ?")
        drift = try SQLStatement.cached(database, "SELECT id_drift FROM counter").runForInteger() ?? 0
        self.isAscending = isAscending
    }

    mutating func next() throws -> Int64? {
        while true {
            if pending == nil, !isAtEnd {
                if try hits.step() { pending = hits.integer(0) } else { isAtEnd = true }
            }
            guard let id = pending else { return held.popLast()?.id }
            if let first = held.last, goes(first.date, before: id) {
                held.removeLast()
                return first.id
            }
            pending = nil
            dates.bind(1, id)
            hold(try dates.runForInteger() ?? 0, id)
        }
    }

    /// Ends the reading; not needed after the last.
    func end() { hits.reset() }

    /// Whether no message with this id or one after it in the reading can go before a date.
    private func goes(_ date: Int64, before id: Int64) -> Bool {
        isAscending
            ? date <= (id - drift) * EmailID.secondsPerID
            : date >= id * EmailID.secondsPerID + EmailID.secondsPerID - 1
    }

    private mutating func hold(_ date: Int64, _ id: Int64) {
        var index = held.count
        while index > 0,
            isAscending
                ? (held[index - 1].date, held[index - 1].id) < (date, id)
                : (held[index - 1].date, held[index - 1].id) > (date, id)
        {
            index -= 1
        }
        held.insert((date, id), at: index)
    }
}
