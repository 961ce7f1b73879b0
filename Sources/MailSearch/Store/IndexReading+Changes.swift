extension IndexReading {
    /// The state that changes are counted from now on.
    public func state() throws -> String {
        try read { ChangeState.text(try IndexReader.change($0)) }
    }

    /// What changed since a state (RFC 8620 §5.2): at most `limit` ids in all, the oldest changes first.
    ///
    /// Asked in steps, a message can be told as created that is gone by then; a later step tells that it went.
    ///
    /// - Throws: `IndexError` with code `unknownState` for a state that is of no use: from another index, or older than
    ///   what is remembered of destroyed messages.
    public func changes(since text: String, limit: Int? = nil) throws -> EmailChanges {
        try read { database in
            guard let (floor, now) = try MessageChange.range(database) else {
                throw IndexError(code: .damaged, message: "the counters are missing")
            }
            guard let since = ChangeState.change(text), since >= floor, since <= now else {
                throw IndexError(
                    code: .unknownState,
                    message: "changes since \"\(text)\" can't be told: start from the present state")
            }
            let most = limit.map { max($0, 1) } ?? Int.max - 1
            var entries = try MessageChange.after(since, limit: most + 1, database)
            let hasMore = entries.count > most
            if hasMore { entries.removeLast(entries.count - most) }
            let reached = hasMore ? entries.last?.change ?? now : now
            var changes = EmailChanges(
                oldState: text, newState: ChangeState.text(reached), hasMoreChanges: hasMore, created: [], updated: [],
                destroyed: [])
            // Each message once, by whether it was there at the beginning and is at the end: what came and went in between is
            // told by nothing, what went and came again as one update.
            var first: [Int64: MessageChange.Kind] = [:]
            var last: [Int64: Int] = [:]
            for (index, entry) in entries.enumerated() {
                if first[entry.id] == nil { first[entry.id] = entry.kind }
                last[entry.id] = index
            }
            for (index, entry) in entries.enumerated() where last[entry.id] == index {
                let id = EmailID(rawValue: entry.id)
                let wasThere = first[entry.id] != .created
                let kind: EmailChanges.Step.Kind
                switch entry.kind {
                case .created, .updated: kind = wasThere ? .updated : .created
                case .destroyed:
                    if !wasThere { continue }
                    kind = .destroyed
                }
                switch kind {
                case .created: changes.created.append(id)
                case .updated: changes.updated.append(id)
                case .destroyed: changes.destroyed.append(id)
                }
                changes.steps.append(EmailChanges.Step(kind: kind, id: id, state: ChangeState.text(entry.change)))
            }
            return changes
        }
    }
}
