/// The best hits instead of the newest.
extension SearchRun {
    /// bm25's weights of body, subject, from, to, cc, bcc, attachment: what a message is about and whom it is from
    /// counts more than what it mentions.
    static let weights: [Float] = [1, 8, 6, 4, 2, 2, 1.5]
    /// How much more the newest message counts than an old one with the same text.
    static let recencyWeight = 0.5
    /// The age, in seconds, at which half of that is gone.
    static let recencyHalf = 180.0 * 86_400

    /// What an answer counts beside an earlier hit of its thread: it mostly quotes the words that are looked for.
    static let answerWeight = 0.85
    /// So many of the best hits are looked at for that.
    static let mostAnswers = 500

    /// Takes the weight off hits that follow an earlier one in their thread. `candidates` come the best first.
    private func favourFirstOfThreads(among candidates: inout [Candidate]) throws {
        let rows = try MessageRow.Reader(database)
        var first: [Int64: Int] = [:]
        for index in candidates.indices.prefix(SearchRun.mostAnswers) {
            candidates[index].row = try rows.row(candidates[index].id)
            let thread = candidates[index].row?.thread ?? 0
            guard let known = first[thread] else {
                first[thread] = index
                continue
            }
            // Ids grow with the dates.
            let isEarlier = candidates[index].id < candidates[known].id
            candidates[isEarlier ? known : index].score *= SearchRun.answerWeight
            if isEarlier { first[thread] = index }
        }
    }

    private static func isBetter(_ one: Candidate, _ other: Candidate) -> Bool {
        TextRanking.isBetter((one.id, one.score), (other.id, other.score))
    }

    /// The best of all hits, and how many there are.
    func mostRelevant() throws -> ([Candidate], Int) {
        let newest =
            try SQLStatement.cached(database, "SELECT max(id) FROM message").runForInteger() ?? 0
        func recency(_ id: Int64) -> Double {
            let age = Double(max(newest - id, 0)) * Double(EmailID.secondsPerID)
            return 1 + SearchRun.recencyWeight * SearchRun.recencyHalf / (SearchRun.recencyHalf + age)
        }
        return try bestRanked(recency) ?? bestOfAll(recency)
    }

    private func page(of candidates: [Candidate]) -> [Candidate] {
        let rest = candidates.dropFirst(max(options.offset, 0))
        return Array(options.limit.map { rest.prefix($0) } ?? rest)
    }

    /// As the lists of the text index tell them; nil where they don't.
    func bestRanked(_ recency: (Int64) -> Double) throws -> ([Candidate], Int)? {
        guard let plan, options.limit != nil, !options.threads else { return nil }
        return try TextFinder.ask(database) { finder in
            guard let ranking = try finder.ranking(plan, columns: SearchRun.weights, database) else { return nil }
            var count = max(Int(min(wanted, Double(ranking.count))), SearchRun.mostAnswers)
            while true {
                var candidates = try ranking.best(count, favour: recency).map { Candidate(id: $0.id, score: $0.score) }
                let least = candidates.last?.score ?? 0
                try favourFirstOfThreads(among: &candidates)
                candidates.sort(by: Self.isBetter)
                let page = page(of: candidates)
                // What is not among them is no better than the last of them was.
                if candidates.count == ranking.count || page.last.map({ $0.score > least }) ?? (wanted == 0) {
                    return (page, ranking.count)
                }
                count *= 4
            }
        }
    }

    /// By FTS5, which looks at each hit.
    func bestOfAll(_ recency: (Int64) -> Double) throws -> ([Candidate], Int) {
        let source = compiled.idSource
        let select = "SELECT \(compiled.condition == nil ? "message_text.rowid" : "message.id")"
        let weights = SearchRun.weights.map(\.description).parted(by: ", ")
        // The source's columns with the score beside them.
        let sql = select + ", bm25(message_text, \(weights))" + source.sql.dropFirst(select.count)
        var candidates: [Candidate] = []
        try SQLStatement(database, String(sql), source.arguments).forEachRow { row in
            let id = row.integer(0)
            // bm25 is the lower the better, and never above zero.
            candidates.append(Candidate(id: id, score: -row.double(1) * recency(id)))
        }
        candidates.sort(by: Self.isBetter)
        try favourFirstOfThreads(among: &candidates)
        candidates.sort(by: Self.isBetter)
        if options.threads {
            let rows = try MessageRow.Reader(database)
            var threads: Set<Int64> = []
            candidates = try candidates.filter { candidate in
                threads.insert(try (candidate.row ?? rows.row(candidate.id))?.thread ?? 0).inserted
            }
        }
        return (page(of: candidates), candidates.count)
    }
}
