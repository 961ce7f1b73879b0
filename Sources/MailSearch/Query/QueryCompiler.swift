/// Turns a query into SQLite's terms for one state of the index.
///
/// Whatever FTS5 can decide goes into one MATCH expression: trees of AND, OR and NOT over text with a positive side.
/// The rest are conditions on `message`'s row: facts, and text that stands in an OR with facts or is negated alone,
/// each in a subquery. Names of mailboxes, tags, lists and types are looked up here, in small tables, so that the SQL
/// has only their numbers and a name that nothing bears costs nothing.
public struct QueryCompiler {
    /// Up to so many messages, a set of them (a mailbox, a tag) is gathered first and then filtered; beyond, messages
    /// are walked in order and asked one by one, so that the first page comes soon.
    static let smallSet = 5_000
    /// Up to so many messages are told by their ids.
    static let toldSet = 1_000
    /// Up to so many are sought in the text index one by one, each a look-up of its own; beyond, walking the hits of
    /// the text is faster.
    static let soughtSet = 32

    /// What a condition became.
    private enum Part {
        case always
        case never
        /// An FTS5 expression.
        case text(String)
        case fact(SQLCondition)
    }

    let db: SQLiteDatabase
    /// Names that the index does not know, told as sentences.
    var notices: [String] = []
    private var bounds: ClosedRange<Int64>?
    private var isOutOfBounds = false
    /// The text that every hit must match, beside the condition.
    private var topText: String?

    private let stemmers: [Stemmer]

    init(_ db: SQLiteDatabase) throws {
        self.db = db
        stemmers = try Stemming.stemmers(in: db)
    }

    /// One fact; nil where it holds of no message.
    static func fact(_ node: QueryNode, in db: SQLiteDatabase) throws -> Fact? {
        var compiler = try QueryCompiler(db)
        try compiler.narrow(by: node)
        guard !compiler.isOutOfBounds, case .fact(let condition) = try compiler.fact(node.kind) else { return nil }
        let source = CompiledQuery(
            condition: condition.sql, arguments: condition.arguments, idBounds: compiler.bounds
        ).idSource
        let isOwn =
            switch node.kind {
            case .id, .messageID, .thread: false
            default: true
            }
        return Fact(
            rows: condition.rows ?? source,
            condition: SQLText(sql: condition.sql, arguments: condition.arguments), rowCount: condition.rowCount,
            isOwn: isOwn)
    }

    /// Compiles `query` for the state that `db` sees; run it in the same transaction.
    package static func compile(_ query: SearchQuery, in db: SQLiteDatabase) throws -> CompiledQuery {
        var compiler = try QueryCompiler(db)
        return try compiler.compile(query)
    }

    mutating func compile(_ query: SearchQuery) throws -> CompiledQuery {
        let conjuncts = query.root.conjuncts
        for node in conjuncts { try narrow(by: node) }
        if isOutOfBounds { return CompiledQuery(isEmpty: true) }
        switch try and(conjuncts, isTop: true) {
        case .always: return CompiledQuery(idBounds: bounds)
        case .never: return CompiledQuery(isEmpty: true)
        case .text(let text): return CompiledQuery(text: text, idBounds: bounds)
        case .fact(let condition):
            return CompiledQuery(
                text: topText, condition: condition.sql, arguments: condition.arguments, idBounds: bounds)
        }
    }

    // MARK: Trees

    private mutating func part(_ node: QueryNode) throws -> Part {
        switch node.kind {
        case .everything: return .always
        case .text(let columns, let phrase):
            return .text(MatchExpression.text(columns, phrase, stemmers: stemmers))
        case .near(let columns, let phrases, let distance):
            return .text(MatchExpression.near(columns, phrases, distance: distance))
        case .and: return try and(node.conjuncts, isTop: false)
        case .or(let nodes): return try or(nodes)
        case .not(let inner):
            switch try part(inner) {
            case .always: return .never
            case .never: return .always
            case .text(let text): return .fact(.not(Self.matching(text)))
            case .fact(let condition): return .fact(.not(condition))
            }
        case .participant, .flag, .hasAttachment, .filename, .mediaType, .list, .account, .mailbox, .tag, .date, .size,
            .id, .messageID, .thread:
            return try fact(node.kind)
        }
    }

    private mutating func and(_ nodes: [QueryNode], isTop: Bool) throws -> Part {
        var positive: [String] = []
        var negative: [String] = []
        var facts: [SQLCondition] = []
        for node in nodes {
            if case .not(let inner) = node.kind {
                // Text beside other text goes into FTS5's own NOT.
                switch try part(inner) {
                case .always: return .never
                case .never: break
                case .text(let text): negative.append(text)
                case .fact(let condition): facts.append(.not(condition))
                }
                continue
            }
            switch try part(node) {
            case .always: break
            case .never: return .never
            case .text(let text): positive.append(text)
            case .fact(let condition): facts.append(condition)
            }
        }
        var text: String?
        if !positive.isEmpty {
            text = MatchExpression.all(positive)
            if let found = text, !negative.isEmpty {
                text = MatchExpression.without(found, MatchExpression.any(negative))
            }
        } else if !negative.isEmpty {
            facts.append(.not(Self.matching(MatchExpression.any(negative))))
        }
        guard let text else { return facts.isEmpty ? .always : .fact(.all(facts)) }
        if facts.isEmpty { return .text(text) }
        if isTop {
            topText = text
            // A common word among few messages: let FTS5 seek those, not walk all that have the word.
            if let few = facts.indices.min(by: { facts[$0].ids?.count ?? .max < facts[$1].ids?.count ?? .max }),
                let ids = facts[few].ids, ids.count <= Self.soughtSet
            {
                facts[few] = SQLCondition(sql: SQLCondition.numbers("message_text.rowid", ids), ids: ids)
            }
            return .fact(.all(facts))
        }
        return .fact(.all([Self.matching(text)] + facts))
    }

    private mutating func or(_ nodes: [QueryNode]) throws -> Part {
        var texts: [String] = []
        var facts: [SQLCondition] = []
        for node in nodes {
            switch try part(node) {
            case .always: return .always
            case .never: break
            case .text(let text): texts.append(text)
            case .fact(let condition): facts.append(condition)
            }
        }
        if facts.isEmpty { return texts.isEmpty ? .never : .text(MatchExpression.any(texts)) }
        if !texts.isEmpty { facts.append(Self.matching(MatchExpression.any(texts))) }
        return .fact(.any(facts))
    }

    private static func matching(_ text: String) -> SQLCondition {
        SQLCondition(
            sql: "message.id IN (SELECT rowid FROM message_text WHERE message_text MATCH ?)", arguments: [.text(text)])
    }

    // MARK: Facts

    private mutating func fact(_ kind: QueryNode.Kind) throws -> Part {
        switch kind {
        case .everything, .text, .near, .and, .or, .not: return .always
        case .participant(let columns, let addresses):
            let ids = try addresses.compactMap { try db.integer("SELECT id FROM address WHERE email = ?", .text($0)) }
            if ids.isEmpty { return .never }
            return try among(
                "participant",
                "\(SQLCondition.numbers("address_id", ids)) AND roles & \(OwnAddresses.roles(columns)) <> 0")
        case .flag(let flag, let isSet):
            // As in the conditions of the schema's partial indexes.
            return .fact(SQLCondition(sql: "(message.flags & \(flag.rawValue)) \(isSet ? "<>" : "=") 0"))
        case .hasAttachment: return .fact(SQLCondition(sql: "message.attachment_count > 0"))
        case .date(let from, let until):
            return .fact(
                .all(
                    [
                        from.map { SQLCondition(sql: "message.date >= ?", arguments: [.integer($0)]) },
                        until.map { SQLCondition(sql: "message.date < ?", arguments: [.integer($0)]) },
                    ].compactMap(\.self)))
        case .size(let least, let most):
            return .fact(
                .all(
                    [
                        least.map { SQLCondition(sql: "message.size >= ?", arguments: [.integer($0)]) },
                        most.map { SQLCondition(sql: "message.size <= ?", arguments: [.integer($0)]) },
                    ].compactMap(\.self)))
        case .id(let text):
            guard let id = EmailID(text) else { return .never }
            return .fact(.only([id.rawValue]))
        case .messageID(let text):
            let ids = try ids(withMessageID: text)
            return ids.isEmpty ? .never : .fact(.only(ids))
        case .thread(let text):
            guard let id = EmailID(text),
                let thread = try db.integer("SELECT thread_id FROM message WHERE id = ?", .integer(id.rawValue))
            else { return .never }
            var condition = SQLCondition(sql: "message.thread_id = \(thread)")
            condition.ids = try told("SELECT id FROM message WHERE thread_id = \(thread)", limit: Self.soughtSet)
            return .fact(condition)
        case .list(let pattern):
            let lists = try names("SELECT id, name FROM list").filter { pattern.isPart(of: $0.name) }
            notice(lists.isEmpty, "No list's id holds \(pattern.text)")
            if lists.isEmpty { return .never }
            // Most messages have none, and NOT is to hold of these.
            let numbers = SQLCondition.numbers("message.list_id", lists.map(\.id))
            return .fact(SQLCondition(sql: "(message.list_id IS NOT NULL AND \(numbers))"))
        case .filename(let pattern):
            return try among("attachment", "name GLOB ?", [.text(pattern.globText)])
        case .mediaType(let pattern):
            let types = try names("SELECT id, name FROM media_type").filter { pattern.matches($0.name) }
            notice(types.isEmpty, "No attachment's type is \(pattern.text)")
            if types.isEmpty { return .never }
            return try among("attachment", SQLCondition.numbers("media_type_id", types.map(\.id)))
        case .tag(let kinds, let pattern):
            return try tagged(kinds, pattern)
        case .account(let pattern):
            let mailboxes = try MailboxDirectory(db)
            let found = mailboxes.inAccounts(pattern)
            if found == nil { notice(true, "There is no account \(pattern.text)") }
            return try placed(in: found ?? [])
        case .mailbox(let pattern):
            let mailboxes = try MailboxDirectory(db)
            let found = mailboxes.matching(pattern)
            if found.isEmpty {
                let nearest = EditDistance.nearest(to: pattern.text, among: mailboxes.entries.map(\.folded))
                notice(true, "There is no mailbox \(pattern.text)" + (nearest.map { "; did you mean in:\($0)?" } ?? ""))
            }
            return try placed(in: found)
        }
    }

    private mutating func notice(_ isDue: Bool, _ text: String) {
        if isDue { notices.append(text) }
    }

    private func names(_ sql: String) throws -> [(id: Int64, name: String)] {
        var names: [(id: Int64, name: String)] = []
        try SQLStatement(db, sql, []).forEachRow { names.append(($0.integer(0), TextFolding.folded($0.text(1)))) }
        return names
    }

    private func ids(withMessageID text: String) throws -> [Int64] {
        let statement = try SQLStatement.cached(
            db,
            """
            SELECT message.id, trawl_text(document.text, 11) FROM reference
            JOIN message ON message.id = reference.message_id JOIN document ON document.number = message.document
            WHERE reference.token = ? AND reference.kind & 1 ORDER BY 1
            """)
        statement.bind(1, MessageIDToken.token(of: text))
        var ids: [Int64] = []
        try statement.forEachRow { row in
            if LineColumn.decode(row.text(1)).contains(text) { ids.append(row.integer(0)) }
        }
        return ids
    }

    private mutating func tagged(_ kinds: TagKinds, _ pattern: NamePattern) throws -> Part {
        let wanted = TagNames(pattern)
        var ids: [Int64] = []
        try SQLStatement.cached(db, "SELECT id, kind, folded FROM tag").forEachRow { row in
            let kind = Int(row.integer(1))
            if kinds.contains(TagKinds(rawValue: kind)), wanted.matches(row.text(2), isLabel: kind == 2) {
                ids.append(row.integer(0))
            }
        }
        let tagged = ids.isEmpty ? .never : try among("tagging", SQLCondition.numbers("tag_id", ids))
        // Gmail's labels and notmuch's tags that name a mailbox: `label:inbox`, `tag:inbox`.
        guard kinds.contains(.label), MailboxDirectory.isSpecial(pattern.text) else {
            notice(ids.isEmpty, "No message bears the tag \(pattern.text)")
            return tagged
        }
        let special = try placed(in: MailboxDirectory(db).matching(pattern))
        switch (tagged, special) {
        case (.fact(let left), .fact(let right)): return .fact(.any([left, right]))
        case (.never, _): return special
        default: return tagged
        }
    }

    private func placed(in mailboxes: [MailboxDirectory.Entry]) throws -> Part {
        guard !mailboxes.isEmpty else { return .never }
        let count = mailboxes.reduce(0) { $0 + $1.messageCount }
        return try among("place", SQLCondition.numbers("mailbox_id", mailboxes.map(\.id)), count: count)
    }

    /// Messages that have a row in `table` for which `condition` holds; how many rows there are, if that is known.
    private func among(
        _ table: String, _ condition: String, _ arguments: [SQLValue] = [], count known: Int? = nil
    ) throws -> Part {
        let rows = "SELECT message_id FROM \(table) WHERE \(condition)"
        if known ?? 0 <= Self.toldSet, let ids = try told(rows, arguments, limit: Self.toldSet) {
            return ids.isEmpty ? .never : .fact(.only(ids))
        }
        let count =
            try known
            ?? SQLStatement(db, "SELECT count(*) FROM (\(rows) LIMIT \(Self.smallSet + 1))", arguments)
            .runForInteger().map(Int.init)
        return .fact(
            SQLCondition(
                sql: count ?? 0 <= Self.smallSet
                    ? "message.id IN (\(rows))"
                    : "EXISTS (SELECT 1 FROM \(table) WHERE message_id = message.id AND \(condition))",
                arguments: arguments, rows: SQLText(sql: rows, arguments: arguments), rowCount: known))
    }

    /// The ids that a statement gives, ascending, each once; nil if it gives more rows than `limit`.
    private func told(_ sql: String, _ arguments: [SQLValue] = [], limit: Int) throws -> [Int64]? {
        var ids: [Int64] = []
        try SQLStatement(db, "\(sql) LIMIT \(limit + 1)", arguments).forEachRow { ids.append($0.integer(0)) }
        return ids.count > limit ? nil : Array(Set(ids)).sorted()
    }

    // MARK: Bounds

    /// What a condition that every hit must meet says about ids.
    private mutating func narrow(by node: QueryNode) throws {
        switch node.kind {
        case .date(let from, let until):
            if let ids = try DateSpan(from: from, until: until, in: db).possible {
                intersect(ids.lowerBound, ids.upperBound)
            } else {
                isOutOfBounds = true
            }
        case .id(let text):
            if let id = EmailID(text) { intersect(id.rawValue, id.rawValue) }
        case .messageID(let text):
            let ids = try ids(withMessageID: text)
            if let first = ids.first, let last = ids.last { intersect(first, last) }
        case .everything, .text, .near, .participant, .and, .or, .not, .flag, .hasAttachment, .filename, .mediaType,
            .list, .account, .mailbox, .tag, .size, .thread:
            break
        }
    }

    private mutating func intersect(_ low: Int64, _ high: Int64) {
        let first = max(bounds?.lowerBound ?? 0, low)
        let last = min(bounds?.upperBound ?? Int64.max, high)
        if first > last { isOutOfBounds = true } else { bounds = first...last }
    }
}
