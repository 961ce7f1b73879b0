/// Words of a query of which only the first letters are known, sought by reading messages.
///
/// FTS5 finds the beginning of a word by joining the lists of all words that begin so. For two letters that is a good
/// part of the index (40 ms of 10,000 messages, and as many seconds of a million), however few hits are wanted. But what
/// is in so much mail is soon found in the messages that come first: they are read in the order of the hits, as the rest
/// of the query gives them, until there are enough. Where such words are rare after all, FTS5 has little to join.
struct BegunWords {
    /// What a query finds without them.
    let rest: CompiledQuery
    /// Octets of text that may still be read before it is given up.
    private(set) var budget: Int

    private let words: SoughtWords
    private let count: Int
    private let columns: TextColumns
    private let texts: SQLStatement
    private let database: SQLiteDatabase
    private let dictionaries: TextDictionaries

    /// Letters of a word that is found faster by reading.
    static let mostLetters = 3
    /// Each time that there are so many messages more, a tenfold, it is a letter more.
    static let messagesForAnother = 50_000
    /// Octets of text read in vain at most, some milliseconds; more in an index of more messages, where FTS5 takes longer.
    static let leastBudget = 1 << 20
    static let messagesForBudget = 50_000
    static let largestBudget = 32 << 20
    /// Octets that may be read for each message in which there would be hits enough, if they were spread evenly.
    static let octetsForMessage = 16 << 10
    /// What a message without text counts for.
    static let leastCost = 1 << 10

    /// Whether a query has such words that every hit must have.
    static func stand(in query: SearchQuery, _ database: SQLiteDatabase) throws -> Bool {
        guard query.root.conjuncts.contains(where: isPrefix) else { return false }
        let letters = Self.mostLetters(in: try IndexReader.messageCount(database))
        return query.root.conjuncts.contains { begun($0, letters: letters) != nil }
    }

    /// Nil where the query has no such words that every hit must have.
    init?(_ query: SearchQuery, _ database: SQLiteDatabase, _ dictionaries: TextDictionaries) throws {
        guard try Self.stand(in: query, database) else { return nil }
        let messages = try IndexReader.messageCount(database)
        let budget = min(Self.leastBudget * max(1, messages / Self.messagesForBudget), Self.largestBudget)
        try self.init(query, letters: Self.mostLetters(in: messages), budget: budget, database, dictionaries)
    }

    /// As above, however long they are, where it is known among how many messages there would be hits enough.
    init?(_ query: SearchQuery, messages: Int, _ database: SQLiteDatabase, _ dictionaries: TextDictionaries) throws {
        let octets = messages.multipliedReportingOverflow(by: Self.octetsForMessage)
        let budget = min(max(octets.overflow ? .max : octets.partialValue, Self.leastBudget), Self.largestBudget)
        try self.init(query, letters: .max, budget: budget, database, dictionaries)
    }

    private init?(
        _ query: SearchQuery, letters: Int, budget: Int, _ database: SQLiteDatabase, _ dictionaries: TextDictionaries
    ) throws {
        var rest: [QueryNode] = []
        var words: [SoughtWords.Word] = []
        var count = 0
        var columns: TextColumns = []
        for node in query.root.conjuncts {
            guard let (within, phrase) = Self.begun(node, letters: letters) else {
                rest.append(node)
                continue
            }
            words += SoughtWords.words(of: phrase, in: within, number: count)
            count += 1
            columns.formUnion(within)
            if phrase.tokens.count > 1 {
                // FTS5 finds what stands before the last word.
                var known = phrase
                known.tokens.removeLast()
                known.isPrefix = false
                known.isQuoted = true
                rest.append(QueryNode(.text(within, known), node.range))
            }
        }
        let node = rest.isEmpty ? QueryNode(.everything, query.root.range) : QueryNode(.and(rest), query.root.range)
        self.rest = try QueryCompiler.compile(SearchQuery(source: query.source, root: node), in: database)
        self.words = SoughtWords(words)
        self.count = count
        self.columns = columns
        self.database = database
        self.dictionaries = dictionaries
        self.budget = budget
        texts = try SQLStatement.cached(database, DocumentColumns.textOfMessage)
        if words.isEmpty { return nil }
    }

    private static func mostLetters(in messages: Int) -> Int {
        var letters = mostLetters
        var bound = messagesForAnother
        while messages >= bound {
            letters += 1
            bound *= 10
        }
        return letters
    }

    private static func isPrefix(_ node: QueryNode) -> Bool {
        guard case .text(_, let phrase) = node.kind else { return false }
        return phrase.isPrefix
    }

    /// A condition that is such a word, or a phrase that ends with one.
    private static func begun(_ node: QueryNode, letters: Int) -> (TextColumns, Phrase)? {
        guard case .text(let columns, let phrase) = node.kind, phrase.isPrefix, let last = phrase.tokens.last,
            let first = last.unicodeScalars.first, first.value < firstOfRuns, last.unicodeScalars.count <= letters
        else { return nil }
        return (columns, phrase)
    }

    /// From here on characters are indexed in pairs (CJK): a pair's first is rare enough.
    private static let firstOfRuns: UInt32 = 0x2E80

    /// Whether a message has all of the words. Takes what is read from the budget; ``isSpent`` tells when it is time to give
    /// up.
    mutating func stand(in id: Int64) throws -> Bool {
        texts.bind(1, id)
        defer { texts.reset() }
        guard try texts.step() else { return false }
        return try texts.withBytes(0) { bytes in
            try dictionaries.withTexts(bytes, database) { texts in
                var presence = PhrasePresence(words, phrases: count)
                budget -= Self.leastCost + texts.body.count + texts.attachments.count
                for (column, section) in Self.sections where columns.contains(column) {
                    presence.read(texts[section], as: column)
                    if presence.isComplete { return true }
                }
                return false
            }
        }
    }

    var isSpent: Bool { budget < 0 }

    /// Short texts first.
    private static let sections: [(TextColumns, TextCodec.Section)] = [
        (.subject, .field(.subject)), (.from, .field(.from)), (.to, .field(.to)), (.cc, .field(.cc)),
        (.bcc, .field(.bcc)), (.body, .body), (.attachment, .attachments),
    ]
}
