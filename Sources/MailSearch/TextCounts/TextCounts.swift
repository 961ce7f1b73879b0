/// Tells how many documents have a common word, a beginning of words or two words side by side, from what upkeep has counted:
/// a count of the oldest segments is read, and only what came since is walked.
struct TextCounts {
    private let database: SQLiteDatabase
    private let fewestOfPaired: Int
    private let newer: TextIndexReader
    private let counted: TextIndexReader

    /// Nil where nothing is counted, or what was is out of date.
    init?(_ database: SQLiteDatabase) throws {
        guard let segments = try CountedSegments.kept(in: database), let fewestOfPaired = segments.fewestOfPaired,
            let structure = try TextIndexReader.structure(database),
            let split = try segments.split(structure, database)
        else { return nil }
        self.database = database
        self.fewestOfPaired = fewestOfPaired
        newer = try TextIndexReader(database, split.newer)
        counted = try TextIndexReader(database, split.counted)
    }

    /// How many documents a plan finds; nil where they were not counted, or where that can't be read.
    static func count(_ plan: TextPlan, in database: SQLiteDatabase) throws -> Int? {
        do {
            return plan.isCountable ? try TextCounts(database)?.count(plan) : nil
        } catch is UnreadableTextIndex {
            return nil
        }
    }

    /// As above.
    ///
    /// - Throws: `UnreadableTextIndex`, and what SQLite throws.
    func count(_ plan: TextPlan, mostRemovals: Int = TextCountLimits().mostRemovals) throws -> Int? {
        guard case .phrase(.all, let terms, let isPrefix) = plan, let count = try kept(terms, isPrefix: isPrefix),
            let removed = try removals(mostRemovals)
        else { return nil }
        // Each document is in what was counted or in what is newer, but for those that were taken out since, or before:
        // of these what is newer has the last word, and what was counted later is taken off.
        if isPrefix {
            var sink = BegunSet(removed)
            try newer.walk(terms[0], isPrefix: true, into: &sink)
            return try count - sink.documents(in: counted) + sink.set.count
        }
        let added = try TextFinder(newer).count(plan)
        return try count - removed.reduce(0) { try $0 + (had(terms, $1) ? 1 : 0) } + added
    }

    // MARK: What was counted

    private func kept(_ terms: [[UInt8]], isPrefix: Bool) throws -> Int? {
        switch terms.count {
        case 1: return try kept(isPrefix ? CountKey.beginning(terms[0]) : terms[0])
        case 2 where !isPrefix:
            if let count = try kept(CountKey.pair(terms[0], terms[1])) { return count }
            for term in terms { guard let count = try kept(term), count >= fewestOfPaired else { return nil } }
            return 0
        default: return nil
        }
    }

    private func kept(_ key: [UInt8]) throws -> Int? {
        let statement = try SQLStatement.cached(database, "SELECT documents FROM text_count WHERE key = ?")
        statement.bind(1, key)
        return try statement.runForInteger().map(Int.init)
    }

    // MARK: What was taken out since

    /// Documents that were counted and then taken out, perhaps with others that were never counted; nil for too many.
    private func removals(_ most: Int) throws -> [Int64]? {
        let statement = try SQLStatement.cached(
            database, "SELECT id FROM text_removal WHERE is_counted = 1 ORDER BY id LIMIT ?")
        statement.bind(1, most + 1)
        var ids: [Int64] = []
        try statement.forEachRow { ids.append($0.integer(0)) }
        return ids.count <= most ? ids : nil
    }

    /// Whether a document had a word, or two side by side, when it was counted.
    private func had(_ terms: [[UInt8]], _ id: Int64) throws -> Bool {
        for segment in 0..<counted.segmentCount {
            // The newest that names it tells it, and has all of its words.
            guard let first = try counted.cursor(segment, terms[0], at: id) else { continue }
            guard first.length > 0, terms.count > 1 else { return first.length > 0 }
            guard let second = try counted.cursor(segment, terms[1], at: id), second.length > 0 else { return false }
            var matcher = PhraseMatcher(words: 2, .all)
            let lists = PhraseMatcher.Lists.allocate(capacity: 2)
            defer { lists.deallocate() }
            lists.initialize(repeating: first.positions)
            lists[1] = second.positions
            // The positions stand in the cursors' memory.
            return try withExtendedLifetime((first, second)) { try matcher.matches(lists) }
        }
        return false
    }
}

/// Gathers documents, and of those that were taken out the words that they had or have.
private struct BegunSet: PostingSink {
    static let readsPositions = false
    static let readsRemovals = true

    let set = DocumentSet()
    private let removed: Set<Int64>
    private var term: [UInt8] = []
    private var words: [(id: Int64, term: [UInt8])] = []

    init(_ removed: [Int64]) { self.removed = Set(removed) }

    mutating func begin(_ term: [UInt8]) { self.term = term }

    @inline(__always)
    mutating func take(_ id: Int64, _ positions: UnsafeBufferPointer<UInt8>) throws(UnreadableTextIndex) {
        try set.insert(id)
        if !removed.isEmpty { note(id) }
    }

    mutating func takeRemoval(of id: Int64) { note(id) }

    @inline(never)
    private mutating func note(_ id: Int64) {
        if removed.contains(id) { words.append((id, term)) }
    }

    /// How many of those that were taken out have one of their words in some older segments: there stand all that they had.
    func documents(in segments: TextIndexReader) throws -> Int {
        var found: Set<Int64> = []
        for (id, term) in words where !found.contains(id) {
            for segment in 0..<segments.segmentCount {
                guard let cursor = try segments.cursor(segment, term, at: id) else { continue }
                if cursor.length > 0 { found.insert(id) }
                break
            }
        }
        return found.count
    }
}
