import GRDB

extension IndexStore {
    /// The state that changes are counted from now on.
    public func state() throws -> String {
        try read { ChangeState.text(try IndexStore.change($0)) }
    }

    /// What changed since a state (RFC 8620 §5.2): at most `limit` ids in all, the oldest changes first.
    ///
    /// - Throws: `IndexError` with code `unknownState` for a state that is of no use: from another index, or older than
    ///   what is remembered of destroyed messages.
    public func changes(since text: String, limit: Int? = nil) throws -> EmailChanges {
        try read { database in
            let counter = try SQLStatement.cached(database, "SELECT change, changes_floor FROM counter")
            guard try counter.step() else { throw IndexError(code: .damaged, message: "the counters are missing") }
            let (now, floor) = (counter.integer(0), counter.integer(1))
            counter.reset()
            guard let since = ChangeState.change(text), since >= floor, since <= now else {
                throw IndexError(
                    code: .unknownState,
                    message: "changes since \"\(text)\" can't be told: start from the present state")
            }
            let most = limit.map { max($0, 1) } ?? Int.max - 1
            var entries = try changed(since, most + 1, database)
            let hasMore = entries.count > most
            if hasMore { entries.removeLast(entries.count - most) }
            let reached = hasMore ? entries.last?.change ?? now : now
            var changes = EmailChanges(
                oldState: text, newState: ChangeState.text(reached), hasMoreChanges: hasMore, created: [], updated: [],
                destroyed: [])
            for entry in entries {
                let id = EmailID(rawValue: entry.id)
                switch entry.kind {
                case .created: changes.created.append(id)
                case .updated: changes.updated.append(id)
                case .destroyed: changes.destroyed.append(id)
                case .none: break
                }
            }
            return changes
        }
    }

    private struct Change {
        enum Kind { case created, updated, destroyed, none }
        var change: Int64
        var id: Int64
        var kind: Kind
    }

    /// The next changes of messages and of what was destroyed, in their order. A message that came and went since is
    /// told as nothing; one that went and came again as updated.
    private func changed(_ since: Int64, _ limit: Int, _ database: Database) throws -> [Change] {
        let statement = try SQLStatement.cached(
            database,
            """
            SELECT * FROM (
                SELECT changed, id, created, EXISTS (
                    SELECT 1 FROM destroyed WHERE message_id = message.id AND change > ?1 AND destroyed.created <= ?1
                ) AS isOld, 0 AS isGone
                FROM message WHERE changed > ?1 ORDER BY changed LIMIT ?2)
            UNION ALL
            SELECT * FROM (
                SELECT change, message_id, created, EXISTS (SELECT 1 FROM message WHERE id = message_id), 1
                FROM destroyed WHERE change > ?1 ORDER BY change LIMIT ?2)
            ORDER BY 1 LIMIT ?2
            """)
        statement.bind(1, since)
        statement.bind(2, limit)
        var changes: [Change] = []
        var gone: Set<Int64> = []
        try statement.forEachRow { row in
            let isGone = row.integer(4) != 0
            let (id, created) = (row.integer(1), row.integer(2))
            let kind: Change.Kind
            if isGone {
                // Told once, even if it went more than once.
                let isTold = row.integer(3) != 0 || created > since || !gone.insert(id).inserted
                kind = isTold ? .none : .destroyed
            } else {
                kind = created > since && row.integer(3) == 0 ? .created : .updated
            }
            changes.append(Change(change: row.integer(0), id: id, kind: kind))
        }
        return changes
    }
}
