/// A query's hits in the exact order of their dates, read as far as they are asked for.
///
/// Ids stand in the order of dates but for neighbours, so each is held back until no later one can have a date that
/// goes before its own.
struct DateOrderedHits {
    /// Where ids come from.
    private enum Source {
        case statement(SQLStatement)
        case documents(DocumentSet.Cursor)
        case newest(NewestHits)
        /// In the query's order, the next one last.
        case ids([Int64])
    }

    private var source: Source
    private let rows: MessageRow.Reader
    private let isAscending: Bool
    private let drift: Int64
    private let disorder: Int64
    /// Read, but not yet in the query's order; the next one last.
    private var held: [MessageRow] = []
    private var pending: MessageRow?
    private var isAtEnd = false

    init(_ database: SQLiteDatabase, _ query: CompiledQuery, isAscending: Bool) throws {
        let text = query.idStatement(isAscending: isAscending)
        // Of words alone it is the same for all.
        let isKept = query.condition == nil
        let statement = try isKept ? .cached(database, text.sql) : SQLStatement(database, text.sql, isKept: false)
        statement.bind(text.arguments)
        try self.init(database, .statement(statement), isAscending: isAscending)
    }

    init(_ database: SQLiteDatabase, _ documents: DocumentSet, isAscending: Bool) throws {
        try self.init(database, .documents(documents.cursor(isAscending: isAscending)), isAscending: isAscending)
    }

    /// The newest first.
    init(_ database: SQLiteDatabase, _ newest: NewestHits) throws {
        try self.init(database, .newest(newest), isAscending: false)
    }

    /// - Parameter newestFirst: ids.
    init(_ database: SQLiteDatabase, newestFirst ids: [Int64], isAscending: Bool) throws {
        try self.init(database, .ids(isAscending ? ids : ids.reversed()), isAscending: isAscending)
    }

    private init(_ database: SQLiteDatabase, _ source: Source, isAscending: Bool) throws {
        self.source = source
        rows = try MessageRow.Reader(database)
        let counter = try SQLStatement.cached(database, "SELECT id_drift, date_disorder FROM counter")
        defer { counter.reset() }
        let isThere = try counter.step()
        drift = isThere ? counter.integer(0) : 0
        disorder = isThere ? counter.integer(1) : 0
        self.isAscending = isAscending
    }

    mutating func next() throws -> MessageRow? {
        while true {
            if pending == nil, !isAtEnd { try read() }
            guard let following = pending else { return held.popLast() }
            if let first = held.last, goes(first.date, before: following) { return held.popLast() }
            pending = nil
            hold(following)
        }
    }

    private mutating func read() throws {
        while let id = try nextID() {
            pending = try rows.row(id)
            if pending != nil { return }
        }
        isAtEnd = true
    }

    private mutating func nextID() throws -> Int64? {
        switch source {
        case .statement(let hits):
            return try hits.step() ? hits.integer(0) : nil
        case .documents(var cursor):
            defer { source = .documents(cursor) }
            return cursor.next()
        case .newest(let hits):
            return try hits.next()
        case .ids(var ids):
            source = .ids([])
            defer { source = .ids(ids) }
            return ids.popLast()
        }
    }

    // MARK: Passing over hits

    /// Hits before the one that is wanted whose dates are read, so that those which were passed over are known to go before it.
    static let readBefore = 1_024

    /// Passes over the first hits, of most without a look at their dates. To be called first.
    ///
    /// - Parameters:
    ///   - count: how many, more than `readBefore`.
    ///   - accepts: tells which ids are hits.
    /// - Returns: false where ids tell too little of the order; some are passed then, and all must begin anew.
    mutating func pass(
        _ count: Int, readBefore: Int = readBefore, _ accepts: (Int64) -> Bool = { _ in true }
    ) throws -> Bool {
        guard count > readBefore else { return false }
        var last: Int64 = 0
        var rest = count - readBefore
        while rest > 0 {
            guard let id = try nextID() else {
                // A statement would begin again.
                isAtEnd = true
                return true
            }
            guard accepts(id) else { continue }
            last = id
            rest -= 1
        }
        try read()
        guard let following = pending else { return true }
        // Of those that were passed, the one that stands last in the order of dates has at most, or at least, this date.
        let bound =
            isAscending
            ? min((last + 1) * EmailID.secondsPerID - 1, following.date + disorder)
            : max((last - drift) * EmailID.secondsPerID, following.date - disorder)
        var date = isAscending ? Int64.min : .max
        var rows = 0
        while rows < readBefore {
            guard let row = try next() else { return true }
            guard accepts(row.id) else { continue }
            rows += 1
            date = row.date
        }
        return isAscending ? bound < date : bound > date
    }

    /// Ends the reading; not needed after the last.
    func end() {
        if case .statement(let hits) = source { hits.reset() }
    }

    /// Whether neither a message nor one that is read after it can go before a date: by its id, or by its own date.
    private func goes(_ date: Int64, before following: MessageRow) -> Bool {
        isAscending
            ? date <= max((following.id - drift) * EmailID.secondsPerID, following.date - disorder)
            : date >= min((following.id + 1) * EmailID.secondsPerID - 1, following.date + disorder)
    }

    private mutating func hold(_ row: MessageRow) {
        var index = held.count
        while index > 0,
            isAscending
                ? (held[index - 1].date, held[index - 1].id) < (row.date, row.id)
                : (held[index - 1].date, held[index - 1].id) > (row.date, row.id)
        {
            index -= 1
        }
        held.insert(row, at: index)
    }
}
