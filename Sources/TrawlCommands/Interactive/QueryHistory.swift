/// Queries that were used, and a walk through them and back to what was being typed.
struct QueryHistory: Sendable {
    /// Older queries are forgotten.
    static let capacity = 500

    private(set) var queries: [String]
    /// What was typed before the walk began, and where the walk is.
    private var draft: String?
    private var place = 0

    init(_ queries: [String] = []) {
        self.queries = Array(queries.suffix(Self.capacity))
    }

    /// Notes a query that led to something. A query stands in here once.
    mutating func add(_ query: String) {
        endWalk()
        let text = query.trimmingBlanks()
        guard !text.isEmpty, queries.last != text else { return }
        queries.removeAll { $0 == text }
        queries.append(text)
        if queries.count > Self.capacity { queries.removeFirst(queries.count - Self.capacity) }
    }

    /// The query before, if there is one.
    mutating func previous(from typed: String) -> String? {
        if draft == nil {
            draft = typed
            place = queries.count
        }
        // A query that already stands in the line is no step.
        while place > 0 {
            place -= 1
            if queries[place] != typed { return queries[place] }
        }
        return nil
    }

    /// The query after, and at last what was typed; nil when there is no walk.
    mutating func next() -> String? {
        guard let draft else { return nil }
        place += 1
        if place < queries.count { return queries[place] }
        endWalk()
        return draft
    }

    /// Whoever types stays where he is.
    mutating func endWalk() {
        draft = nil
        place = queries.count
    }
}

extension String {
    func trimmingBlanks() -> String {
        var rest = self[...]
        while rest.first?.isWhitespace == true { rest.removeFirst() }
        while rest.last?.isWhitespace == true { rest.removeLast() }
        return String(rest)
    }
}
