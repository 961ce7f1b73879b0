/// One search in one snapshot.
struct SearchRun {
    let database: SQLiteDatabase
    let query: SearchQuery
    let options: SearchOptions
    let compiled: CompiledQuery
    /// The same for the text index's lists; nil where it asks for more than words.
    let plan: TextPlan?
    /// Words that no hit may have, where nothing else is asked.
    private let absent: TextPlan?
    private let totals: TotalCache
    let dictionaries: TextDictionaries
    let kept: KeptMessages?
    let facts: FactSets?
    let patience: Double

    init(
        _ database: SQLiteDatabase, _ query: SearchQuery, _ options: SearchOptions, _ reader: IndexReader,
        patience: Double = patience
    ) throws {
        self.database = database
        self.patience = patience
        self.query = query
        self.options = options
        totals = reader.totals
        dictionaries = reader.dictionaries
        kept = reader.kept
        facts = reader.facts
        compiled = try QueryCompiler.compile(query, in: database)
        plan = try TextPlan(query, compiled, database)
        absent = plan == nil ? try TextPlan(absentIn: query, compiled, database) : nil
    }

    /// A hit before it is read.
    struct Candidate {
        var id: Int64
        var score: Double
        /// Where it was looked at already.
        var row: MessageRow?
    }

    func results() throws -> SearchResults { try page({ _ in }, hits) }

    /// - Parameters:
    ///   - expect: told that hits are to be shown, and about how many, as soon as that is known, and when it is certain.
    ///   - show: makes of hits what is shown of them.
    func page<Hit>(_ expect: (Int) -> Void, _ show: ([Candidate]) throws -> [Hit]) throws -> SearchPage<Hit> {
        let isComplete = try !options.tellsCompleteness || IndexReader.isComplete(database)
        if compiled.isEmpty { return SearchPage(total: 0, isComplete: isComplete, hits: []) }
        var total: Int?
        let candidates: [Candidate]
        if options.sort == .relevance, compiled.text != nil {
            (candidates, total) = try mostRelevant()
        } else {
            let known = options.countsTotal ? try knownTotal() : nil
            let listed = known == 0 ? nil : try listedDocuments(total: known)
            let listedTotal = options.countsTotal ? try listed.map(count) : nil
            if let count = known ?? listedTotal { expect(min(count, options.limit ?? count)) }
            let rows = known == 0 ? [] : try rows(listed, total: known)
            candidates = rows.map { Candidate(id: $0.id, score: 0, row: $0) }
            if candidates.count < options.limit ?? .max, !candidates.isEmpty || options.offset == 0 {
                // The last page tells it. It may be asked for another: kept where anything is.
                let last = options.offset + candidates.count
                total = last
                if kept != nil { totals.keep(last, for: totalKey, state: try IndexReader.change(database)) }
            } else if options.countsTotal {
                total = try known ?? countedTotal { listedTotal }
            }
        }
        expect(candidates.count)
        return SearchPage(
            total: options.countsTotal ? total : nil, isComplete: isComplete,
            hits: candidates.isEmpty ? [] : try show(candidates))
    }

    // MARK: Totals

    /// All hits, or all threads that they are of.
    func total() throws -> Int { try knownTotal() ?? countedTotal(listedTotal) }

    /// - Parameter byLists: how many hits the text index's lists tell; nil where they don't.
    private func countedTotal(_ byLists: () throws -> Int?) throws -> Int {
        if compiled.isEmpty { return 0 }
        if asksForAll, !options.threads { return try messageCount() }
        let total = try (options.threads ? threadTotal() : byLists()) ?? totalOfRows()
        totals.keep(total, for: totalKey, state: try IndexReader.change(database))
        return total
    }

    private func totalOfRows() throws -> Int {
        let source = compiled.idSource
        let sql =
            options.threads
            ? """
            SELECT count(DISTINCT message.thread_id)
            FROM (\(source.sql)) AS hit CROSS JOIN message ON message.id = hit.\(hitColumn)
            """
            : "SELECT count(*) FROM (\(source.sql))"
        return Int(try SQLStatement(database, sql, source.arguments).runForInteger() ?? 0)
    }

    private var totalKey: TotalCache.Key { TotalCache.Key(query: compiled, threads: options.threads) }

    /// The total as it was told before, or as upkeep has counted it.
    private func knownTotal() throws -> Int? {
        if compiled.isEmpty { return nil }
        let state = try IndexReader.change(database)
        if let known = totals.total(totalKey, state: state) { return known }
        guard let plan, !options.threads, let total = try TextCounts.count(plan, in: database) else { return nil }
        totals.keep(total, for: totalKey, state: state)
        return total
    }

    func messageCount() throws -> Int {
        try IndexReader.messageCount(database)
    }

    // MARK: Lists

    private func count(_ listed: MessageSet) throws -> Int { listed.count(of: try messageCount()) }

    /// All hits, where the lists of the text index tell them sooner than FTS5.
    ///
    /// - Parameters:
    ///   - total: how many there are, where that is known: they are asked for the first hits' sake alone.
    ///   - isBegunTried: that ``BegunWords`` have been sought, if there are any.
    func listedDocuments(total: Int? = nil, isBegunTried: Bool = false) throws -> MessageSet? {
        if absent != nil, !options.threads || !options.countsTotal {
            return try walkedDocuments()
        }
        guard let plan else { return try factsAndWords(total) }
        if let total, options.limit != nil, try isSoonFound(plan, total) { return nil }
        let countsTotal = options.countsTotal && !options.threads
        // Without a total, FTS5 finds the first of them soonest, but for words of which only the beginning is known.
        guard countsTotal || plan.hasPrefix else { return nil }
        if !countsTotal, !isBegunTried, options.limit != nil, try BegunWords.stand(in: query, database) { return nil }
        return try walkedDocuments()
    }

    /// All hits of a query of words, where walking the lists is faster than FTS5.
    func walkedDocuments() throws -> MessageSet? {
        try TextFinder.ask(database) { finder in
            if let absent { return try finder.isFaster(absent) ? .others(finder.documents(absent)) : nil }
            guard let plan, try finder.isFaster(plan) else { return nil }
            return .ids(try finder.documents(plan))
        }
    }

    /// Whether words tell all hits: those that have them, or those that have not.
    var asksForWords: Bool { plan != nil || absent != nil }

    var asksForAll: Bool { compiled.text == nil && compiled.condition == nil && compiled.idBounds == nil }

    /// All hits of a query that asks for more than words, where sets tell them sooner than asking each message.
    private func factsAndWords(_ total: Int?) throws -> MessageSet? {
        guard options.countsTotal, !options.threads else { return nil }
        let share = options.limit == nil ? 1 : total.map { wanted / Double(max($0, 1)) } ?? 1
        return try HitSets.hits(
            query, compiled, share: share, messageCount: messageCount(), facts: facts, in: database)
    }

    /// Hits beside each that is wanted, from which on FTS5 looks at fewer documents than there are in the lists.
    private static let soonFound = 20.0
    /// Leaves that are walked before the ends of lists would be found.
    private static let fewLeaves = 64

    /// Whether the first of so many hits are found sooner than all.
    private func isSoonFound(_ plan: TextPlan, _ total: Int) throws -> Bool {
        // Of a word, FTS5 tells the newest documents at once.
        if plan.isWord { return true }
        if plan.phrase != nil { return options.sort != .oldest || Double(total) >= Self.soonFound * wanted }
        guard plan.beginning != nil, options.sort != .oldest else { return false }
        return try TextFinder.ask(database) { try $0.pageCount(plan) > Self.fewLeaves } ?? false
    }

    private func listedTotal() throws -> Int? {
        guard let plan = plan ?? absent else { return try factsAndWords(nil).map(count) }
        let count = try TextFinder.ask(database) { try $0.isFaster(plan) ? $0.count(plan) : nil }
        return absent == nil ? count : try count.map { try messageCount() - $0 }
    }

    private var hitColumn: String { compiled.text != nil && compiled.condition == nil ? "rowid" : "id" }
}
