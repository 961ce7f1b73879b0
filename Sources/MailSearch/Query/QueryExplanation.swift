/// How a query was read and how the index will answer it: what `trawl explain` shows.
public struct QueryExplanation: Hashable, Sendable {
    /// A condition in a form that maps to JSON without further thought.
    public struct Node: Hashable, Sendable {
        /// `and`, `or`, `not`, `near`, `text`, or the field's name: `in`, `is`, `date`…
        public var operation: String
        /// The columns looked in, for text in fewer than all.
        public var columns: [String]
        /// What is looked for, folded; empty for operators.
        public var value: String
        /// Where it stands in the query, in UTF-8 bytes.
        public var range: Range<Int>
        public var children: [Node]
    }

    /// What was typed.
    public var query: String
    public var root: Node
    /// The same as an indented tree.
    public var tree: String
    /// The FTS5 expression that each hit's text matches.
    public var match: String?
    /// The SQL condition on facts.
    public var condition: String?
    /// The statement, and SQLite's plan for its first page; also what of it is told by the words' lists alone.
    public var sql: String
    public var plan: [String]
    /// What will find nothing, told as sentences.
    public var notices: [String]

    /// For the state that `db` sees.
    package init(_ query: SearchQuery, in db: SQLiteDatabase) throws {
        var compiler = try QueryCompiler(db)
        let compiled = try compiler.compile(query)
        let statement = compiled.idStatement()
        self.query = query.source
        root = Node(query.root)
        tree = query.root.tree
        match = compiled.text
        condition = compiled.condition
        notices = compiler.notices
        sql = compiled.isEmpty ? "" : statement.sql
        plan =
            compiled.isEmpty
            ? ["nothing can match"]
            : try Self.plan(statement.sql, statement.arguments, db) + Self.lists(query, compiled, db)
    }

    /// Whether the words' lists are read in FTS5's place.
    private static func lists(_ query: SearchQuery, _ compiled: CompiledQuery, _ db: SQLiteDatabase) throws -> [String]
    {
        func isFaster(_ plan: TextPlan) throws -> Bool { try TextFinder.ask(db) { try $0.isFaster(plan) } ?? false }
        let plan = try TextPlan(query, compiled, db)
        if let plan, try TextCounts.count(plan, in: db) != nil { return ["READ COUNT where the total is asked for"] }
        if let plan, try isFaster(plan) {
            return ["\(plan.isWord ? "WALK LIST OF WORD" : "JOIN LISTS OF WORDS") where the total is asked for"]
        }
        if let plan = try TextPlan(absentIn: query, compiled, db), try isFaster(plan) {
            return ["WALK MESSAGES BUT FOR LISTS OF WORDS"]
        }
        if try HitSets.mayStand(for: query, compiled, in: db) {
            return ["JOIN SETS OF MESSAGES where the total is asked for and they take less"]
        }
        return []
    }

    private static func plan(_ sql: String, _ arguments: [SQLValue], _ db: SQLiteDatabase) throws -> [String] {
        let detail: Int32 = 3
        var lines: [String] = []
        try SQLStatement(db, "EXPLAIN QUERY PLAN \(sql)", arguments).forEachRow { lines.append($0.text(detail)) }
        return lines
    }

    /// The explanation as lines for a terminal. Holds what was typed: escape it before it is shown.
    public var text: String {
        var lines = [tree, ""]
        if let match { lines.append("match: \(match)") }
        if let condition { lines.append("where: \(condition)") }
        lines += plan.map { "plan:  \($0)" }
        lines += notices.map { "note:  \($0)" }
        return lines.joined(separator: "\n")
    }
}

extension QueryExplanation.Node {
    fileprivate init(_ node: QueryNode) {
        self.init(operation: "", columns: [], value: "", range: node.range, children: [])
        switch node.kind {
        case .everything: operation = "everything"
        case .and(let nodes): (operation, children) = ("and", nodes.map(Self.init))
        case .or(let nodes): (operation, children) = ("or", nodes.map(Self.init))
        case .not(let inner): (operation, children) = ("not", [Self(inner)])
        case .text(let columns, let phrase):
            (operation, value) = ("text", phrase.description)
            self.columns = columns == .all ? [] : columns.names
        case .near(let columns, let phrases, let distance):
            (operation, value) = ("near/\(distance)", phrases.map(\.description).joined(separator: " "))
            self.columns = columns == .all ? [] : columns.names
        case .participant(let columns, let addresses):
            (operation, value) = ("me", addresses.joined(separator: " "))
            self.columns = columns.names
        case .flag(let flag, let isSet): (operation, value) = (isSet ? "is" : "is not", "\(flag)")
        case .hasAttachment: (operation, value) = ("has", "attachment")
        case .filename(let pattern): (operation, value) = ("filename", pattern.text)
        case .mediaType(let pattern): (operation, value) = ("type", pattern.text)
        case .list(let pattern): (operation, value) = ("list", pattern.text)
        case .account(let pattern): (operation, value) = ("account", pattern.text)
        case .mailbox(let pattern): (operation, value) = ("in", pattern.text)
        case .tag(let kinds, let pattern):
            (operation, value) = (kinds == .keyword ? "keyword" : kinds == .label ? "label" : "tag", pattern.text)
        case .date(let from, let until):
            (operation, value) = ("date", "\(from.map(CivilTime.utcText) ?? "")..\(until.map(CivilTime.utcText) ?? "")")
        case .size(let least, let most):
            (operation, value) = ("size", "\(least.map(String.init) ?? "")..\(most.map(String.init) ?? "")")
        case .id(let id): (operation, value) = ("id", id)
        case .messageID(let id): (operation, value) = ("mid", id)
        case .thread(let id): (operation, value) = ("thread", id)
        }
    }
}
