/// The newest hits, or the oldest, without a look at all of them where that is possible.
extension SearchRun {
    /// Hits by date, within limit and offset; of threads the first of each.
    func ids() throws -> [Int64] { try rows(listedDocuments()).map(\.id) }

    func rows(_ listed: MessageSet?, total: Int? = nil) throws -> [MessageRow] {
        if compiled.isEmpty || options.limit == 0 { return [] }
        let isAscending = options.sort == .oldest
        switch listed {
        case .ids(let documents):
            return try page { try DateOrderedHits(database, documents, isAscending: isAscending) }
        case .others(let documents):
            return try page {
                try DateOrderedHits(database, CompiledQuery(), isAscending: isAscending)
            } accepts: {
                !documents.contains($0)
            }
        case nil: break
        }
        if let few = try fewHits() {
            return try page { try DateOrderedHits(database, newestFirst: few, isAscending: isAscending) }
        }
        if var begun = try begunWords(total) {
            if begun.rest.isEmpty { return [] }
            let hits = try DateOrderedHits(database, begun.rest, isAscending: isAscending)
            let found = try rows(hits) { id in
                let stand = try begun.stand(in: id)
                return begun.isSpent ? nil : stand
            }
            if let found { return found }
            if total == nil, let listed = try listedDocuments(isBegunTried: true) { return try rows(listed) }
        }
        if let total, let found = try newestRows(total) { return found }
        return try soonAskedRows(total) ?? askedRows()
    }

    /// All hits of a word that few messages have, where nobody waits for a total.
    private func fewHits() throws -> [Int64]? {
        guard !options.countsTotal, case .phrase(.all, let terms, false) = plan, terms.count == 1 else { return nil }
        return try ShortList.documents(terms[0], database)
    }

    /// Hits that FTS5 and SQLite find, message by message.
    private func askedRows(_ note: () -> Void = {}) throws -> [MessageRow] {
        try page {
            try DateOrderedHits(database, compiled, isAscending: options.sort == .oldest)
        } accepts: { _ in
            note()
            return true
        }
    }

    /// Seconds after which a page of words and facts may be found sooner by sets.
    static let patience = 0.005

    /// The same, or, where few of the messages that have the words have what else is asked for, by sets; nil where these would
    /// take longer still. Without a total it isn't known beforehand.
    private func soonAskedRows(_ total: Int?) throws -> [MessageRow]? {
        // A total that must be counted yet takes longer than the page.
        guard compiled.condition != nil, options.limit != nil, !options.countsTotal || total != nil else { return nil }
        var found = 0.0
        if let rows = try database.patiently(seconds: patience, { try askedRows { found += 1 } }) { return rows }
        let spent = Self.patience * 1e6
        let listed = try HitSets.hits(
            query, compiled, asked: spent...spent * max(wanted / max(found, 0.5), 1), messageCount: messageCount(),
            facts: facts, in: database)
        return try listed.map { try rows($0) }
    }

    /// A message is read in the time in which the ends of lists are found on so many leaves.
    private static let leavesOfMessage = 8

    /// Words of which the beginning is known, where messages are to be read for them.
    private func begunWords(_ total: Int?) throws -> BegunWords? {
        guard options.limit != nil else { return nil }
        guard let total else {
            // A total must be joined from the words' lists in any case.
            return options.countsTotal ? nil : try BegunWords(query, database, dictionaries)
        }
        guard let plan, plan.beginning != nil else { return nil }
        let messages = try messagesToWalk(total)
        let leaves = try TextFinder.ask(database) { try $0.pageCount(plan) } ?? 0
        return messages < leaves / Self.leavesOfMessage
            ? try BegunWords(query, messages: messages, database, dictionaries) : nil
    }

    /// The newest of so many hits, where the ends of words' lists tell them.
    private func newestRows(_ total: Int) throws -> [MessageRow]? {
        guard options.limit != nil, options.sort != .oldest, let plan, plan.phrase != nil || plan.beginning != nil
        else { return nil }
        return try TextFinder.ask(database) { finder in
            let newest: NewestHits
            if let phrase = plan.phrase {
                let share = wanted / Double(max(total, 1))
                newest = try finder.newest(ofPhrase: phrase.terms, phrase.columns, share: share)
            } else if let beginning = plan.beginning {
                let statement = try SQLStatement.cached(
                    database, "SELECT id FROM message ORDER BY id DESC LIMIT 1 OFFSET ?")
                newest = finder.newest(ofBeginning: beginning, messages: try messagesToWalk(total)) { place in
                    statement.bind(1, place)
                    return try statement.runForInteger()
                }
            } else {
                return nil
            }
            return try rows(DateOrderedHits(database, newest)) { _ in true }
        }
    }

    /// How many hits the page ends with.
    var wanted: Double { Double(max(options.offset, 0)) + Double(options.limit ?? .max) }

    /// Messages among which the hits that are wanted would be, if they were spread evenly.
    private func messagesToWalk(_ total: Int) throws -> Int {
        let messages = (wanted * Double(try messageCount()) / Double(max(total, 1))).rounded()
        return Int64(exactly: messages).map { Int(clamping: $0) } ?? .max
    }

    /// The page of hits of which ids tell whether they are. Before a page far down most are passed over without a look.
    private func page(
        _ hits: () throws -> DateOrderedHits, accepts: (Int64) -> Bool = { _ in true }
    ) throws -> [MessageRow] {
        if !options.threads, options.offset > DateOrderedHits.readBefore {
            var found = try hits()
            if try found.pass(options.offset, accepts) { return try rows(found, skip: 0, accepts) ?? [] }
            found.end()
        }
        return try rows(hits(), accepts) ?? []
    }

    /// Those of a query's hits that are accepted; nil once that tells nothing.
    private func rows(
        _ hits: DateOrderedHits, skip: Int? = nil, _ accepts: (Int64) throws -> Bool?
    ) throws -> [MessageRow]? {
        var hits = hits
        defer { hits.end() }
        var threads: Set<Int64> = []
        var skip = skip ?? max(options.offset, 0)
        var rows: [MessageRow] = []
        while let row = try hits.next() {
            guard let isAccepted = try accepts(row.id) else { return nil }
            guard isAccepted else { continue }
            if options.threads, !threads.insert(row.thread).inserted { continue }
            if skip > 0 {
                skip -= 1
                continue
            }
            rows.append(row)
            if rows.count == options.limit { break }
        }
        return rows
    }
}
