/// One search in one snapshot.
struct SearchRun {
    let database: SQLiteDatabase
    private let query: SearchQuery
    let options: SearchOptions
    let compiled: CompiledQuery
    /// The same for the text index's lists; nil where it asks for more than words.
    private let plan: TextPlan?
    /// Words that no hit may have, where nothing else is asked.
    private let absent: TextPlan?
    private let totals: TotalCache
    private let dictionaries: TextDictionaries
    private let kept: KeptMessages?
    private let facts: FactSets?
    private let patience: Double

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

    func results() throws -> SearchResults {
        let isComplete = try IndexReader.isComplete(database)
        if compiled.isEmpty { return SearchResults(total: 0, isComplete: isComplete, hits: []) }
        var total: Int?
        let candidates: [Candidate]
        if options.sort == .relevance, compiled.text != nil {
            (candidates, total) = try mostRelevant()
        } else {
            let known = options.countsTotal ? try knownTotal() : nil
            let listed = known == 0 ? nil : try listedDocuments(total: known)
            let rows = known == 0 ? [] : try rows(listed, total: known)
            candidates = rows.map { Candidate(id: $0.id, score: 0, row: $0) }
            if options.countsTotal {
                let isLast = candidates.count < options.limit ?? .max && (!candidates.isEmpty || options.offset == 0)
                total = isLast ? options.offset + candidates.count : try known ?? countedTotal { try listed.map(count) }
            }
        }
        return SearchResults(
            total: options.countsTotal ? total : nil, isComplete: isComplete, hits: try hits(candidates))
    }

    // MARK: By date

    /// Hits by date, within limit and offset; of threads the first of each.
    func ids() throws -> [Int64] { try rows(listedDocuments()).map(\.id) }

    private func rows(_ listed: MessageSet?, total: Int? = nil) throws -> [MessageRow] {
        if compiled.isEmpty || options.limit == 0 { return [] }
        let isAscending = options.sort == .oldest
        switch listed {
        case .ids(let documents):
            return try rows(DateOrderedHits(database, documents, isAscending: isAscending)) { _ in true } ?? []
        case .others(let documents):
            let all = try DateOrderedHits(database, CompiledQuery(), isAscending: isAscending)
            return try rows(all) { !documents.contains($0) } ?? []
        case nil: break
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
        return try soonAskedRows() ?? askedRows()
    }

    /// Hits that FTS5 and SQLite find, message by message.
    private func askedRows(_ note: () -> Void = {}) throws -> [MessageRow] {
        let hits = try DateOrderedHits(database, compiled, isAscending: options.sort == .oldest)
        return try rows(hits) { _ in
            note()
            return true
        } ?? []
    }

    /// Seconds after which a page of words and facts may be found sooner by sets.
    static let patience = 0.005

    /// The same, or, where few of the messages that have the words have what else is asked for, by sets; nil where these would
    /// take longer still. Without a total it isn't known beforehand.
    private func soonAskedRows() throws -> [MessageRow]? {
        guard compiled.condition != nil, options.limit != nil, !options.countsTotal else { return nil }
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
    private var wanted: Double { Double(max(options.offset, 0)) + Double(options.limit ?? .max) }

    /// Messages among which the hits that are wanted would be, if they were spread evenly.
    private func messagesToWalk(_ total: Int) throws -> Int {
        let messages = (wanted * Double(try messageCount()) / Double(max(total, 1))).rounded()
        return Int64(exactly: messages).map { Int(clamping: $0) } ?? .max
    }

    /// Those of a query's hits that are accepted; nil once that tells nothing.
    private func rows(_ hits: DateOrderedHits, _ accepts: (Int64) throws -> Bool?) throws -> [MessageRow]? {
        var hits = hits
        defer { hits.end() }
        var threads: Set<Int64> = []
        var skip = max(options.offset, 0)
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

    func thread(of id: Int64) throws -> Int64 {
        let statement = try SQLStatement.cached(database, "SELECT thread_id FROM message WHERE id = ?")
        statement.bind(1, id)
        return try statement.runForInteger() ?? 0
    }

    // MARK: Totals

    /// All hits, or all threads that they are of.
    func total() throws -> Int { try knownTotal() ?? countedTotal(listedTotal) }

    /// - Parameter byLists: how many hits the text index's lists tell; nil where they don't.
    private func countedTotal(_ byLists: () throws -> Int?) throws -> Int {
        if compiled.isEmpty { return 0 }
        if compiled.text == nil, compiled.condition == nil, compiled.idBounds == nil, !options.threads {
            return try messageCount()
        }
        let total = try (options.threads ? nil : byLists()) ?? totalOfRows()
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

    private func messageCount() throws -> Int {
        try IndexReader.messageCount(database)
    }

    // MARK: Lists

    private func count(_ listed: MessageSet) throws -> Int { listed.count(of: try messageCount()) }

    /// All hits, where the lists of the text index tell them sooner than FTS5.
    ///
    /// - Parameters:
    ///   - total: how many there are, where that is known: they are asked for the first hits' sake alone.
    ///   - isBegunTried: that ``BegunWords`` have been sought, if there are any.
    private func listedDocuments(total: Int? = nil, isBegunTried: Bool = false) throws -> MessageSet? {
        if let absent, !options.threads || !options.countsTotal {
            return try TextFinder.ask(database) { try $0.isFaster(absent) ? .others($0.documents(absent)) : nil }
        }
        guard let plan else { return try factsAndWords(total) }
        if let total, options.limit != nil, try isSoonFound(plan, total) { return nil }
        let countsTotal = options.countsTotal && !options.threads
        // Without a total, FTS5 finds the first of them soonest, but for words of which only the beginning is known.
        guard countsTotal || plan.hasPrefix else { return nil }
        if !countsTotal, !isBegunTried, options.limit != nil, try BegunWords.stand(in: query, database) { return nil }
        return try TextFinder.ask(database) { try $0.isFaster(plan) ? .ids($0.documents(plan)) : nil }
    }

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

    // MARK: Hits

    private func hits(_ candidates: [Candidate]) throws -> [SearchHit] {
        guard !candidates.isEmpty else { return [] }
        let languages = options.snippets ? try Stemming.languages(in: database) : []
        let terms = options.snippets ? TermMatcher(query, languages: languages) : nil
        // What is kept has the text in any case.
        let needsText = kept != nil || terms?.looksIn([.body, .attachment]) ?? false
        let reader = try EmailReader(database, dictionaries, isBrief: options.isBrief, kept: kept)
        var hits: [SearchHit] = []
        hits.reserveCapacity(candidates.count)
        for candidate in candidates {
            func hit(_ email: consuming Email, _ texts: TextCodec.Texts?, _ kept: KeptMessage?) -> SearchHit {
                var hit = SearchHit(email: email, score: candidate.score, kept: kept)
                guard let terms else { return hit }
                switch options.snippetForm {
                case .html: hit.snippet = snippet(hit.email, texts, terms)
                case .fragments(let ofSubjects):
                    hit.fragments = fragments(ofSubjects ? hit.email.subject : nil, texts, terms)
                }
                return hit
            }
            guard let row = try candidate.row ?? reader.rows.row(candidate.id) else { continue }
            let found =
                needsText
                ? try reader.email(row) { hit($0, $1, $2) }
                : try reader.email(row).map { hit($0, nil, nil) }
            if let found { hits.append(found) }
        }
        return hits
    }

    private func snippet(_ email: Email, _ texts: TextCodec.Texts?, _ terms: TermMatcher) -> SearchSnippet {
        var snippet = SearchSnippet()
        if terms.looksIn(.subject) {
            snippet.subject = Snippet.foldedWhole(email.subject, column: .subject, terms: terms)?.html
        }
        guard let texts else { return snippet }
        if terms.looksIn(.body) {
            let body = texts.body.bindMemory(to: UInt8.self)
            snippet.body = Snippet.cutting(of: body, column: .body, terms: terms)?.html
        }
        if terms.looksIn(.attachment), !texts.attachments.isEmpty {
            let attachments = texts.attachments.bindMemory(to: UInt8.self)
            snippet.attachment = Snippet.cutting(of: attachments, column: .attachment, terms: terms)?.html
        }
        return snippet
    }

    private func fragments(
        _ subject: String?, _ texts: TextCodec.Texts?, _ terms: TermMatcher
    ) -> SnippetFragments {
        var fragments = SnippetFragments()
        if let subject, terms.looksIn(.subject) {
            fragments.subject = Snippet.whole(subject, column: .subject, terms: terms)
        }
        guard let texts else { return fragments }
        if terms.looksIn(.body) {
            let body = texts.body.bindMemory(to: UInt8.self)
            fragments.text = Snippet.cutting(of: body, column: .body, terms: terms)?.fragment
        }
        if fragments.text == nil, terms.looksIn(.attachment), !texts.attachments.isEmpty {
            let attachments = texts.attachments.bindMemory(to: UInt8.self)
            fragments.text = Snippet.cutting(of: attachments, column: .attachment, terms: terms)?.fragment
        }
        return fragments
    }
}
