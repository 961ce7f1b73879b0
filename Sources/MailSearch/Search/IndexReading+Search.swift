extension IndexReading {
    /// Finds messages.
    ///
    /// - Parameter isCancelled: asked now and again, on the calling thread.
    /// - Throws: `IndexError` with code `interrupted` when the deadline passes or the search is cancelled.
    public func search(
        _ query: SearchQuery, options: SearchOptions = SearchOptions(), isCancelled: (@Sendable () -> Bool)? = nil
    ) throws -> SearchResults {
        try run(query, options, isCancelled) { try $0.results() }
    }

    /// Finds messages and shows each as soon as it is read, some of them on another thread.
    ///
    /// - Parameters:
    ///   - helper: lends that thread.
    ///   - present: makes of a hit what is shown of it; called once for each, in any order.
    /// - Throws: as above.
    public func search(
        _ query: SearchQuery, options: SearchOptions, isCancelled: (@Sendable () -> Bool)? = nil,
        helper: any SearchHelper, present: @escaping @Sendable (SearchHit) -> [UInt8]
    ) throws -> SearchPage<[UInt8]> {
        try run(query, options, isCancelled) { try $0.presentedPage(helper, present) }
    }

    private func run<R>(
        _ query: SearchQuery, _ options: SearchOptions, _ isCancelled: (@Sendable () -> Bool)?,
        _ body: (SearchRun) throws -> R
    ) throws -> R {
        try read { database in
            try database.within(SearchLimit(deadline: options.deadline, isCancelled: isCancelled)) {
                try body(SearchRun(database, query, options, reader))
            }
        }
    }

    /// How many messages a search finds.
    public func count(
        _ query: SearchQuery, deadline: Double? = nil, isCancelled: (@Sendable () -> Bool)? = nil
    ) throws -> (total: Int, isComplete: Bool) {
        let options = SearchOptions(limit: 0, snippets: false)
        return try read { database in
            try database.within(SearchLimit(deadline: deadline, isCancelled: isCancelled)) {
                let run = try SearchRun(database, query, options, reader)
                return (try run.total(), try IndexReader.isComplete(database))
            }
        }
    }

    /// Whether to count a query's hits takes far longer than to find the first of them, and may not be broken off: it has
    /// words of which only the first letters are known.
    public func isSlowToCount(_ query: SearchQuery) throws -> Bool {
        try read { try BegunWords.stand(in: query, $0) }
    }

    /// Ids of all hits, newest first, without the messages themselves.
    public func ids(_ query: SearchQuery, limit: Int? = nil) throws -> [EmailID] {
        try read { database in
            let options = SearchOptions(limit: limit, snippets: false, countsTotal: false)
            return try SearchRun(database, query, options, reader).ids()
                .map(EmailID.init)
        }
    }

    /// Which of some messages a query finds: for watching a query as mail comes and changes.
    public func matching(_ query: SearchQuery, among ids: [EmailID]) throws -> Set<EmailID> {
        try read { database in
            let compiled = try QueryCompiler.compile(query, in: database)
            guard !compiled.isEmpty else { return [] }
            var found: Set<EmailID> = []
            for id in ids where compiled.idBounds?.contains(id.rawValue) ?? true {
                var single = compiled
                single.idBounds = id.rawValue...id.rawValue
                let source = single.idSource
                let statement = try SQLStatement(database, source.sql + " LIMIT 1", source.arguments)
                if try statement.runForInteger() != nil { found.insert(id) }
            }
            return found
        }
    }

    /// How a query is read and run.
    public func explain(_ query: SearchQuery) throws -> QueryExplanation {
        try read { try QueryExplanation(query, in: $0) }
    }

    /// Counts of the hits by sender, mailbox, year, list and type. Takes time in proportion to the hits.
    public func facets(
        _ query: SearchQuery, context: QueryContext, mostValues: Int = Facets.mostValues, deadline: Double? = nil,
        isCancelled: (@Sendable () -> Bool)? = nil
    ) throws -> Facets {
        try read { database in
            try database.within(SearchLimit(deadline: deadline, isCancelled: isCancelled)) {
                try Facets(query, context: context, in: database, mostValues: mostValues)
            }
        }
    }

    /// What to try instead of words that the index does not hold.
    public func suggestions(for query: SearchQuery) throws -> [Suggestion] {
        try read { try Suggestion.make(for: query, in: $0) }
    }

    static func isComplete(_ database: SQLiteDatabase) throws -> Bool {
        try SQLStatement.cached(database, "SELECT 1 FROM mailbox WHERE backfilled_down_to IS NOT 1 LIMIT 1")
            .runForInteger() == nil
    }

    static func messageCount(_ database: SQLiteDatabase) throws -> Int {
        Int(try SQLStatement.cached(database, "SELECT message_count FROM counter").runForInteger() ?? 0)
    }

    static func change(_ database: SQLiteDatabase) throws -> Int64 {
        try SQLStatement.cached(database, "SELECT change FROM counter").runForInteger() ?? 0
    }
}
