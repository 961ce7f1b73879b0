import CSQLite

/// When a search is given up.
final class SearchLimit {
    /// By ``MonotonicClock``.
    private let end: Double?
    private let isCancelled: (@Sendable () -> Bool)?

    /// Nil where nothing gives the search up.
    ///
    /// - Parameter deadline: in seconds from now.
    init?(deadline: Double?, isCancelled: (@Sendable () -> Bool)?) {
        if deadline == nil, isCancelled == nil { return nil }
        end = deadline.map { MonotonicClock.seconds + $0 }
        self.isCancelled = isCancelled
    }

    /// For a part of a search, in so many seconds from now, or with the search.
    init(seconds: Double, within outer: SearchLimit?) {
        end = min(MonotonicClock.seconds + seconds, outer?.end ?? .infinity)
        isCancelled = outer?.isCancelled
    }

    var isPassed: Bool { isCancelled?() ?? false || end.map { MonotonicClock.seconds >= $0 } ?? false }

    /// For what takes its time outside of SQLite's statements.
    ///
    /// - Throws: what SQLite throws of a statement that is given up.
    func check() throws {
        if isPassed { throw SQLiteError(code: SQLITE_INTERRUPT, message: "interrupted") }
    }
}

extension SQLiteDatabase {
    /// SQLite's steps between two looks at the clock: some tens of microseconds.
    private static let stepsBetweenLooks: Int32 = 2_000

    /// Runs `body`, and has it given up at the deadline or once it is cancelled. Within another limit, that one holds again
    /// afterwards.
    func within<R>(_ limit: SearchLimit?, _ body: () throws -> R) throws -> R {
        guard let limit else { return try body() }
        let outer = self.limit
        observe(limit)
        defer { observe(outer) }
        return try body()
    }

    private func observe(_ limit: SearchLimit?) {
        self.limit = limit
        guard let limit else {
            sqlite3_progress_handler(handle, 0, nil, nil)
            return
        }
        sqlite3_progress_handler(
            handle, Self.stepsBetweenLooks,
            { context in
                guard let context else { return 0 }
                return Unmanaged<SearchLimit>.fromOpaque(context).takeUnretainedValue().isPassed ? 1 : 0
            }, Unmanaged.passUnretained(limit).toOpaque())
    }

    /// Runs `body` for so many seconds at most; nil where they are not enough.
    func patiently<R>(seconds: Double, _ body: () throws -> R) throws -> R? {
        let outer = limit
        do {
            return try within(SearchLimit(seconds: seconds, within: outer), body)
        } catch let error as SQLiteError where error.isInterruption && outer?.isPassed != true {
            return nil
        }
    }
}
