/// That a message came, changed or went.
struct MessageChange {
    enum Kind: Int64 { case created, updated, destroyed }

    /// Its place among all changes.
    var change: Int64
    var id: Int64
    var kind: Kind

    /// The last change, and the one after which all are still told apart; nil where the counters are missing.
    static func range(_ database: SQLiteDatabase) throws -> (floor: Int64, now: Int64)? {
        let counter = try SQLStatement.cached(database, "SELECT changes_floor, change FROM counter")
        defer { counter.reset() }
        return try counter.step() ? (counter.integer(0), counter.integer(1)) : nil
    }

    /// The next changes in their order; of what went, both its coming and its going. A message stands where it came, and if
    /// that was before `since`, where it last changed; so whoever asks in steps learns of each message's coming before its
    /// changing.
    static func after(_ since: Int64, limit: Int, _ database: SQLiteDatabase) throws -> [MessageChange] {
        let statement = try SQLStatement.cached(
            database,
            """
            SELECT * FROM (SELECT created, id, 0 FROM message WHERE created > ?1 ORDER BY created LIMIT ?2)
            UNION ALL
            SELECT * FROM (
                SELECT changed, id, 1 FROM message WHERE changed > ?1 AND created <= ?1 AND changed > created
                ORDER BY changed LIMIT ?2)
            UNION ALL
            SELECT * FROM (
                SELECT created, message_id, 0 FROM destroyed WHERE change > ?1 AND created > ?1 ORDER BY created LIMIT ?2)
            UNION ALL
            SELECT * FROM (SELECT change, message_id, 2 FROM destroyed WHERE change > ?1 ORDER BY change LIMIT ?2)
            ORDER BY 1 LIMIT ?2
            """)
        statement.bind(1, since)
        statement.bind(2, limit)
        var changes: [MessageChange] = []
        try statement.forEachRow { row in
            guard let kind = Kind(rawValue: row.integer(2)) else { return }
            changes.append(MessageChange(change: row.integer(0), id: row.integer(1), kind: kind))
        }
        return changes
    }
}
