/// How many threads a query finds.
extension SearchRun {
    /// Of so many messages one hit at least, and it is faster to go through all messages, thread by thread.
    private static let messagesOfHit = 8
    /// Hits that are looked up before it is asked whether the search is given up.
    private static let hitsBetweenLooks = 2_000

    /// The threads of all hits, where sets tell them; nil where not.
    func threadTotal() throws -> Int? {
        do {
            return try countedThreads()
        } catch is UnreadableTextIndex {
            return nil
        }
    }

    private func countedThreads() throws -> Int? {
        let messages = try messageCount()
        guard let hits = try allHits(messages) else { return nil }
        let count = hits.count(of: messages)
        if case .ids(let ids) = hits, count < messages / Self.messagesOfHit { return try threads(of: ids) }
        var (threads, last) = (0, Int64?.none)
        // The index on threads has all of it, in order.
        try SQLStatement.cached(database, "SELECT thread_id, id FROM message ORDER BY thread_id").forEachRow { row in
            let thread = row.integer(0)
            guard thread != last, hits.contains(row.integer(1)) else { return }
            last = thread
            threads += 1
        }
        return threads
    }

    private func allHits(_ messages: Int) throws -> MessageSet? {
        if asksForAll { return .all }
        if asksForWords { return try walkedDocuments() }
        return try HitSets.hits(query, compiled, share: 1, messageCount: messages, facts: facts, in: database)
    }

    /// Looked up one by one. Threads are numbered from one on, as documents are.
    private func threads(of ids: DocumentSet) throws -> Int? {
        let threads = DocumentSet()
        let rows = try MessageRow.Reader(database)
        var cursor = ids.cursor(isAscending: true)
        var index = 0
        while let id = cursor.next() {
            index += 1
            if index % Self.hitsBetweenLooks == 0 { try database.limit?.check() }
            if let row = try rows.row(id) { try threads.insert(row.thread) }
        }
        return threads.count
    }
}
