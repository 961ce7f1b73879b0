/// Finds the hits of a query that asks for more than words by sets: of the messages in words' lists, and of those that a
/// fact's own index names.
///
/// To ask each message that has the words for the facts takes SQLite a microsecond; both sets are read in a fraction of that,
/// where both are of a size.
struct HitSets {
    /// What is spent, and may be, in microseconds, more or less.
    private struct Budget {
        var left: Double

        /// False where that is too much.
        mutating func spend(_ amount: Double) -> Bool {
            left -= amount
            return left >= 0
        }
    }

    /// Microseconds for a message that has the words and is asked for more, and for one that is come to in order, where
    /// its row tells all and where another table does.
    private static let askedMessage = 1.2
    private static let walkedMessage = 0.2
    private static let soughtMessage = 0.9
    /// For a row of an index, and for a leaf of a list.
    private static let row = 0.3
    private static let leaf = 12.0
    /// What is not worth another way.
    private static let fewMicroseconds = 2_000.0
    /// Of what the usual way takes, more or less, so much may be spent: it may be the faster one after all.
    private static let share = 0.8

    private let database: SQLiteDatabase
    private let finder: TextFinder
    private let stemmers: [Stemmer]
    private let messageCount: Int
    private let facts: FactSets?
    private var budget = Budget(left: .infinity)

    /// - Parameter facts: sets that were made before.
    private init(_ finder: TextFinder, messageCount: Int, facts: FactSets?, _ database: SQLiteDatabase) throws {
        self.database = database
        self.finder = finder
        self.messageCount = messageCount
        self.facts = facts
        stemmers = try Stemming.stemmers(in: database)
    }

    /// The hits of a query; nil where asking each message is faster, or where the lists can't be read.
    ///
    /// - Parameters:
    ///   - share: of its hits that are wanted, up to 1.
    ///   - facts: sets that were made before.
    static func hits(
        _ query: SearchQuery, _ compiled: CompiledQuery, share: Double, messageCount: Int, facts: FactSets?,
        in database: SQLiteDatabase
    ) throws -> MessageSet? {
        guard compiled.condition != nil, !compiled.isEmpty else { return nil }
        return try TextFinder.ask(database) { finder in
            var sets = try HitSets(finder, messageCount: messageCount, facts: facts, database)
            let cost = try sets.cost(query, compiled) * min(share, 1)
            guard cost > fewMicroseconds else { return nil }
            sets.budget.left = cost * Self.share
            return try sets.set(query.root)
        }
    }

    /// The same, however long it takes; nil for words near one another.
    static func hits(_ query: SearchQuery, facts: FactSets?, in database: SQLiteDatabase) throws -> MessageSet? {
        try TextFinder.ask(database) { finder in
            var sets = try HitSets(finder, messageCount: 0, facts: facts, database)
            return try sets.set(query.root)
        }
    }

    /// Whether sets may be faster.
    static func mayStand(for query: SearchQuery, _ compiled: CompiledQuery, in database: SQLiteDatabase) throws -> Bool
    {
        guard compiled.condition != nil, !compiled.isEmpty else { return false }
        let messages = try IndexReader.messageCount(database)
        return try TextFinder.ask(database) { finder in
            try HitSets(finder, messageCount: messages, facts: nil, database).cost(query, compiled) > fewMicroseconds
        } ?? false
    }

    /// What the usual way takes for all hits.
    private func cost(_ query: SearchQuery, _ compiled: CompiledQuery) throws -> Double {
        let share = try compiled.idBounds.map(share) ?? 1
        let words = query.root.conjuncts.compactMap { TextPlan($0, stemmers) }
        // Where they stand is sought for each.
        guard words.reduce(0, { $0 + $1.wordCount }) <= TextPlan.mostWords else { return 0 }
        guard compiled.text != nil, !words.isEmpty else {
            let message = Self.isSought(query.root) ? Self.soughtMessage : Self.walkedMessage
            return Double(messageCount) * share * message
        }
        return Double(try finder.fewestDocuments(.all(words, without: []))) * share * Self.askedMessage
    }

    /// Whether other tables tell what is asked for.
    private static func isSought(_ node: QueryNode) -> Bool {
        switch node.kind {
        case .participant, .filename, .mediaType, .account, .mailbox, .tag: true
        case .and(let nodes), .or(let nodes): nodes.contains(where: isSought)
        case .not(let inner): isSought(inner)
        case .everything, .text, .near, .flag, .hasAttachment, .list, .date, .size, .id, .messageID, .thread: false
        }
    }

    /// The part of all messages that stand within bounds, if they were spread evenly.
    private func share(of bounds: ClosedRange<Int64>) throws -> Double {
        guard let first = try SQLStatement.cached(database, "SELECT min(id) FROM message").runForInteger(),
            let last = try SQLStatement.cached(database, "SELECT max(id) FROM message").runForInteger(), last > first
        else { return 1 }
        let within = Double(min(bounds.upperBound, last)) - Double(max(bounds.lowerBound, first)) + 1
        return min(max(within / (Double(last) - Double(first) + 1), 0), 1)
    }

    // MARK: Sets

    /// Nil where it takes too much. Not to be changed by others than the caller.
    private mutating func set(_ node: QueryNode) throws -> MessageSet? {
        if let plan = TextPlan(node, stemmers) {
            guard plan.wordCount <= TextPlan.mostWords,
                budget.spend(Double(try finder.pageCount(plan)) * Self.leaf)
            else { return nil }
            return .ids(try finder.documents(plan))
        }
        switch node.kind {
        case .everything: return .all
        case .text, .near: return nil
        case .not(let inner): return try set(inner)?.complement
        case .and: return try joined(node.conjuncts) { try $0.formIntersection($1) }
        case .or(let nodes): return try joined(nodes) { try $0.formUnion($1) }
        case .flag(let flag, let isSet):
            guard flag == .seen || flag == .flagged || flag == .draft else { return try fact(node, isScan: true) }
            // The schema's indexes name what is not seen, flagged, or a draft.
            let isNamed = flag != .seen
            let named = QueryNode(.flag(flag, isSet: isNamed), node.range)
            let set = try fact(named, rowCount: flag == .seen ? unseenCount() : nil)
            return isSet == isNamed ? set : set?.complement
        // An attachment's name stands in a table of its own, which is smaller.
        case .hasAttachment, .size, .filename: return try fact(node, isScan: true)
        case .participant, .mediaType, .list, .account, .mailbox, .tag, .date, .id, .messageID, .thread:
            return try fact(node)
        }
    }

    /// Words come first: their sets are made for this search alone, and can be changed.
    private mutating func joined(
        _ nodes: [QueryNode], _ join: (inout MessageSet, MessageSet) throws -> Void
    ) throws -> MessageSet? {
        let parts = nodes.map { (node: $0, areWords: TextPlan($0, stemmers) != nil) }
        var result: MessageSet?
        for (node, areWords) in parts.filter(\.areWords) + parts.filter({ !$0.areWords }) {
            guard let set = try set(node) else { return nil }
            if var joined = result {
                try join(&joined, set)
                result = joined
            } else {
                result = areWords ? set : try set.copy()
            }
        }
        return result
    }

    /// Of all mailboxes: what stands in many of them counts as often.
    private func unseenCount() throws -> Int? {
        try SQLStatement.cached(database, "SELECT sum(unseen_count) FROM mailbox").runForInteger().map(Int.init)
    }

    /// The messages of which a fact holds.
    ///
    /// - Parameters:
    ///   - isScan: that no index names them: all messages are asked.
    ///   - rowCount: how many there are, more or less, where that is known.
    private mutating func fact(
        _ node: QueryNode, isScan: Bool = false, rowCount: Int? = nil
    ) throws -> MessageSet? {
        guard let fact = try QueryCompiler.fact(node, in: database) else { return MessageSet.none }
        if let known = try facts?.set(fact, database) { return .ids(known) }
        if isScan, !budget.spend(Double(messageCount) * Self.walkedMessage) { return nil }
        if let count = rowCount ?? fact.rowCount, Double(count) * Self.row > budget.left { return nil }
        let found = DocumentSet()
        let statement = try SQLStatement(database, fact.rows.sql, fact.rows.arguments)
        while try statement.step() {
            guard budget.spend(Self.row) else {
                statement.reset()
                return nil
            }
            try found.insert(statement.integer(0))
        }
        try facts?.keep(found, for: fact, database)
        return .ids(found)
    }
}
