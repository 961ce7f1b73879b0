/// A query of words alone, to be answered from the text index's lists.
indirect enum TextPlan {
    /// Words that follow one another; the last may go on.
    case phrase(TextColumns, [[UInt8]], isPrefix: Bool)
    case all([TextPlan], without: [TextPlan])
    case any([TextPlan])

    /// Words of a plan at most.
    static let mostWords = 64

    /// The plan of a query as it was compiled; nil where it asks for more than words.
    init?(_ query: SearchQuery, _ compiled: CompiledQuery, _ database: SQLiteDatabase) throws {
        guard compiled.text != nil, compiled.condition == nil, compiled.idBounds == nil, !compiled.isEmpty else {
            return nil
        }
        self.init(query, stemmers: try Stemming.stemmers(in: database))
    }

    /// The plan of words none of which may be there; nil for a query that asks for anything else.
    init?(absentIn query: SearchQuery, _ compiled: CompiledQuery, _ database: SQLiteDatabase) throws {
        guard compiled.text == nil, compiled.idBounds == nil, !compiled.isEmpty else { return nil }
        var words: [QueryNode] = []
        for node in query.root.conjuncts {
            if case .everything = node.kind { continue }
            guard case .not(let inner) = node.kind else { return nil }
            words.append(inner)
        }
        guard !words.isEmpty else { return nil }
        let any = QueryNode(.or(words), query.root.range)
        self.init(SearchQuery(source: query.source, root: any), stemmers: try Stemming.stemmers(in: database))
    }

    /// Nil for anything but words, with something that is to be there.
    init?(_ query: SearchQuery, stemmers: [Stemmer]) {
        self.init(query.root, stemmers)
        guard wordCount <= Self.mostWords else { return nil }
    }

    /// The same of a part of a query, however many words it has.
    init?(_ node: QueryNode, _ stemmers: [Stemmer]) {
        switch node.kind {
        case .text(let columns, let phrase):
            var terms: [[UInt8]] = []
            for token in phrase.tokens {
                guard let term = Self.term(token) else { return nil }
                terms.append(term)
            }
            self = .phrase(columns, terms, isPrefix: phrase.isPrefix)
            let stems = phrase.stems(by: stemmers)
            if stems.isEmpty { return }
            self = .any([self] + stems.map { .phrase(columns, [Self.indexed($0)], isPrefix: false) })
        case .and:
            var all: [TextPlan] = []
            var without: [TextPlan] = []
            for node in node.conjuncts {
                if case .everything = node.kind { continue }
                if case .not(let inner) = node.kind {
                    guard let plan = TextPlan(inner, stemmers) else { return nil }
                    without.append(plan)
                } else {
                    guard let plan = TextPlan(node, stemmers) else { return nil }
                    all.append(plan)
                }
            }
            guard !all.isEmpty else { return nil }
            self = .all(all, without: without)
        case .or(let nodes):
            var any: [TextPlan] = []
            for node in nodes {
                guard let plan = TextPlan(node, stemmers) else { return nil }
                any.append(plan)
            }
            guard !any.isEmpty else { return nil }
            self = .any(any)
        default:
            return nil
        }
    }

    /// A word as the index has it; nil where FTS5 would read it as something else.
    private static func term(_ token: String) -> [UInt8]? {
        let tokens = ScannedToken.tokens(of: token, for: .query)
        guard tokens.count == 1, tokens[0].text == token else { return nil }
        return indexed(token)
    }

    private static func indexed(_ token: String) -> [UInt8] { [TextIndexReader.mainIndex] + token.utf8 }

    var wordCount: Int {
        switch self {
        case .phrase(_, let terms, _): terms.count
        case .all(let plans, let without): (plans + without).reduce(0) { $0 + $1.wordCount }
        case .any(let plans): plans.reduce(0) { $0 + $1.wordCount }
        }
    }

    /// Whether it has a word of which only the beginning is known: FTS5 joins the lists of all such words, however few
    /// hits are wanted.
    var hasPrefix: Bool {
        switch self {
        case .phrase(_, _, let isPrefix): isPrefix
        case .all(let plans, let without): plans.contains(where: \.hasPrefix) || without.contains(where: \.hasPrefix)
        case .any(let plans): plans.contains(where: \.hasPrefix)
        }
    }

    /// A word, a beginning of words or two words, wherever in a text: what is counted ahead.
    var isCountable: Bool {
        guard case .phrase(.all, let terms, let isPrefix) = self else { return false }
        return terms.count == 1 || terms.count == 2 && !isPrefix
    }

    /// All that is to be there; nil where a part of an OR asks for more than one phrase. Of one that a document has but in
    /// part, FTS5 may count a phrase or not.
    var phrases: [(columns: TextColumns, terms: [[UInt8]])]? {
        switch self {
        case .phrase(let columns, let terms, _):
            return [(columns, terms)]
        case .all(let plans, _), .any(let plans):
            var phrases: [(columns: TextColumns, terms: [[UInt8]])] = []
            for plan in plans {
                if case .any = self, case .all = plan { return nil }
                guard let more = plan.phrases else { return nil }
                phrases += more
            }
            return phrases
        }
    }

    /// Two words or more that follow one another, all whole.
    var phrase: (columns: TextColumns, terms: [[UInt8]])? {
        guard case .phrase(let columns, let terms, false) = self, terms.count > 1 else { return nil }
        return (columns, terms)
    }

    /// One word of which but the beginning is known, anywhere in a text.
    var beginning: [UInt8]? {
        guard case .phrase(.all, let terms, true) = self, terms.count == 1 else { return nil }
        return terms[0]
    }

    /// One word, and that whole.
    var isWord: Bool {
        guard case .phrase(_, let terms, let isPrefix) = self else { return false }
        return terms.count == 1 && !isPrefix
    }
}
