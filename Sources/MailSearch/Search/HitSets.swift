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
        try hits(query, compiled, messageCount, facts, database) { cost in
            let cost = cost * min(share, 1)
            return cost > fewMicroseconds ? cost : nil
        }
    }

    /// The same, where it was tried how long asking takes.
    ///
    /// - Parameter asked: microseconds that it takes, at least and at most.
    static func hits(
        _ query: SearchQuery, _ compiled: CompiledQuery, asked: ClosedRange<Double>, messageCount: Int,
        facts: FactSets?, in database: SQLiteDatabase
    ) throws -> MessageSet? {
        try hits(query, compiled, messageCount, facts, database) { cost in
            // 0 is told of too many words for sets.
            cost > 0 ? min(max(cost, asked.lowerBound), asked.upperBound) : nil
        }
    }

    /// The same, however long it takes; nil for words near one another.
    static func hits(_ query: SearchQuery, facts: FactSets?, in database: SQLiteDatabase) throws -> MessageSet? {
        try TextFinder.ask(database) { finder in
            var sets = try HitSets(finder, messageCount: 0, facts: facts, database)
            return try sets.set(query.root)
        }
    }

    /// - Parameter limit: makes of what is expected of the usual way what it is taken to be; nil where no set is to be made.
    private static func hits(
        _ query: SearchQuery, _ compiled: CompiledQuery, _ messageCount: Int, _ facts: FactSets?,
        _ database: SQLiteDatabase, _ limit: (Double) -> Double?
    ) throws -> MessageSet? {
        guard compiled.condition != nil, !compiled.isEmpty else { return nil }
        return try TextFinder.ask(database) { finder in
            var sets = try HitSets(finder, messageCount: messageCount, facts: facts, database)
            guard let cost = limit(try sets.cost(query, compiled)) else { return nil }
            sets.budget.left = cost * share
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

    /// Microseconds that the usual way takes for all hits; 0 where there are too many words for sets.
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
        case .and: return try joined(node.conjuncts, isUnion: false)
        case .or(let nodes): return try joined(nodes, isUnion: true)
        case .flag:
            let named = Self.named(node) ?? node
            let set = try fact(named)
            return named.kind == node.kind ? set : set?.complement
        case .date(let from, let until):
            let span = try DateSpan(from: from, until: until, in: database)
            guard let possible = span.possible, try share(of: possible) > 0.5 else { return try fact(node) }
            // All but those that are not of it are fewer to read.
            return try ids(in: span.notSure, of: span, areWithin: false).map { .others($0) }
        case .hasAttachment, .size, .filename, .participant, .mediaType, .list, .account, .mailbox, .tag, .id,
            .messageID, .thread:
            return try fact(node)
        }
    }

    /// The messages with some ids that are of a span of time, or those that are not; nil where it takes too much.
    private mutating func ids(
        in ranges: [ClosedRange<Int64>], of span: DateSpan, areWithin: Bool
    ) throws -> DocumentSet? {
        let set = DocumentSet()
        let statement = try SQLStatement.cached(
            database,
            "SELECT id FROM message WHERE id BETWEEN ? AND ? AND \(areWithin ? "" : "NOT ")(date >= ? AND date < ?)")
        for ids in ranges {
            statement.bind([
                .integer(ids.lowerBound), .integer(ids.upperBound), .integer(span.from ?? .min),
                .integer(span.until ?? .max),
            ])
            guard try insert(statement, into: set) else { return nil }
        }
        return set
    }

    /// Adds the ids that a statement gives; false where it takes too much.
    private mutating func insert(_ statement: SQLStatement, into set: DocumentSet) throws -> Bool {
        defer { statement.reset() }
        while try statement.step() {
            guard budget.spend(Self.row) else { return false }
            try set.insert(statement.integer(0))
        }
        return true
    }

    /// The same flag as the schema's indexes name it, which do what is not seen, flagged, or a draft; nil for none of them.
    private static func named(_ node: QueryNode) -> QueryNode? {
        guard case .flag(let flag, _) = node.kind, flag == .seen || flag == .flagged || flag == .draft else {
            return nil
        }
        return QueryNode(.flag(flag, isSet: flag != .seen), node.range)
    }

    /// What some nodes find together, or each of them. Facts are looked at first: what no message has needs no words.
    private mutating func joined(_ nodes: [QueryNode], isUnion: Bool) throws -> MessageSet? {
        let dates = isUnion ? [] : nodes.filter(Self.isDate)
        let parts = nodes.filter { isUnion || !Self.isDate($0) }.map {
            (node: $0, areWords: TextPlan($0, stemmers) != nil)
        }
        for (node, areWords) in parts where !areWords { guard try isAffordable(node) else { return nil } }
        var facts: [MessageSet] = []
        for (node, areWords) in parts where !areWords {
            guard let set = try set(node) else { return nil }
            if !isUnion, set.isEmpty { return MessageSet.none }
            facts.append(set)
        }
        // The words' sets are made for this search alone, and can be changed; the facts' may be others' too.
        var result: MessageSet?
        func join(_ set: MessageSet) throws {
            guard var joined = result else {
                result = set
                return
            }
            if isUnion { try joined.formUnion(set) } else { try joined.formIntersection(set) }
            result = joined
        }
        for (node, areWords) in parts where areWords {
            guard let set = try set(node) else { return nil }
            try join(set)
        }
        for set in facts { try join(result == nil ? set.copy() : set) }
        // Of ids that are known, theirs tell the dates of most.
        for node in dates {
            if case .ids(let ids) = result {
                guard try keep(ids, node, isWithin: true) else { return nil }
            } else {
                guard let set = try set(node) else { return nil }
                try join(result == nil ? set.copy() : set)
            }
        }
        return result
    }

    /// Whether a hit is to be of a span of time, or not of it, and nothing else is asked.
    private static func isDate(_ node: QueryNode) -> Bool {
        switch node.kind {
        case .date: true
        case .not(let inner): isDate(inner)
        default: false
        }
    }

    /// Leaves of a set what such a node asks for, or what it does not; false where it takes too much to tell.
    private mutating func keep(_ ids: DocumentSet, _ node: QueryNode, isWithin: Bool) throws -> Bool {
        if case .not(let inner) = node.kind { return try keep(ids, inner, isWithin: !isWithin) }
        guard case .date(let from, let until) = node.kind else { return false }
        let span = try DateSpan(from: from, until: until, in: database)
        guard let within = try self.ids(in: span.unsure, of: span, areWithin: true) else { return false }
        ids.keep(isWithin, span.sure, within)
        return true
    }

    /// False where it is known before anything is read that facts take too much.
    private func isAffordable(_ node: QueryNode) throws -> Bool {
        switch node.kind {
        case .not(let inner): return try isAffordable(inner)
        case .and(let nodes), .or(let nodes): return try nodes.allSatisfy(isAffordable)
        case .flag, .hasAttachment, .size, .filename:
            let node = Self.named(node) ?? node
            if let facts, let fact = try QueryCompiler.fact(node, in: database), try facts.set(fact, database) != nil {
                return true
            }
            return try leastCost(of: node) <= budget.left
        case .everything, .text, .near, .participant, .mediaType, .list, .account, .mailbox, .tag, .date, .id,
            .messageID, .thread:
            return true
        }
    }

    /// Microseconds that the messages of a fact take at least, as far as that is known without a look at it.
    private func leastCost(of node: QueryNode) throws -> Double {
        switch node.kind {
        // Of all mailboxes: what stands in many of them counts as often.
        case .flag(.seen, isSet: false):
            let count = try SQLStatement.cached(database, "SELECT sum(unseen_count) FROM mailbox").runForInteger()
            return Double(count ?? 0) * Self.row
        default: return Self.isScanned(node) ? Double(messageCount) * Self.walkedMessage : 0
        }
    }

    /// Whether no index names the messages: all are asked. An attachment's name stands in a table of its own, which is
    /// smaller.
    private static func isScanned(_ node: QueryNode) -> Bool {
        switch node.kind {
        case .flag: named(node) == nil
        case .hasAttachment, .size, .filename: true
        default: false
        }
    }

    /// The messages of which a fact holds.
    private mutating func fact(_ node: QueryNode) throws -> MessageSet? {
        guard let fact = try QueryCompiler.fact(node, in: database) else { return MessageSet.none }
        if let known = try facts?.set(fact, database) { return .ids(known) }
        let least = try max(leastCost(of: node), Double(fact.rowCount ?? 0) * Self.row)
        guard least <= budget.left, !Self.isScanned(node) || budget.spend(least) else { return nil }
        let found = DocumentSet()
        let statement = try SQLStatement(database, fact.rows.sql, fact.rows.arguments)
        guard try insert(statement, into: found) else { return nil }
        try facts?.keep(found, for: fact, database)
        return .ids(found)
    }
}
