/// The best hits instead of the newest.
extension SearchRun {
    /// bm25's weights of body, subject, from, to, cc, bcc, attachment: what a message is about and whom it is from
    /// counts more than what it mentions.
    static let weights = "1.0, 8.0, 6.0, 4.0, 2.0, 2.0, 1.5"
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
        var first: [Int64: Int] = [:]
        for index in candidates.indices.prefix(SearchRun.mostAnswers) {
            let thread = try thread(of: candidates[index].id)
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

    private func thread(of id: Int64) throws -> Int64 { try MessageRow.Reader(database).row(id)?.thread ?? 0 }

    /// The best of all hits, and how many there are.
    func mostRelevant() throws -> ([Candidate], Int) {
        let newest =
            try SQLStatement.cached(database, "SELECT max(id) FROM message").runForInteger() ?? 0
        let source = compiled.idSource
        let select = "SELECT \(compiled.condition == nil ? "message_text.rowid" : "message.id")"
        // The source's columns with the score beside them.
        let sql = select + ", bm25(message_text, \(SearchRun.weights))" + source.sql.dropFirst(select.count)
        var candidates: [Candidate] = []
        try SQLStatement(database, String(sql), source.arguments).forEachRow { row in
            let id = row.integer(0)
            let age = Double(max(newest - id, 0)) * Double(EmailID.secondsPerID)
            let recency = 1 + SearchRun.recencyWeight * SearchRun.recencyHalf / (SearchRun.recencyHalf + age)
            // bm25 is the lower the better, and never above zero.
            candidates.append(Candidate(id: id, score: -row.double(1) * recency))
        }
        let isBetter = { (one: Candidate, other: Candidate) in
            one.score != other.score ? one.score > other.score : one.id > other.id
        }
        candidates.sort(by: isBetter)
        try favourFirstOfThreads(among: &candidates)
        candidates.sort(by: isBetter)
        if options.threads {
            var threads: Set<Int64> = []
            candidates = try candidates.filter { threads.insert(try thread(of: $0.id)).inserted }
        }
        let total = candidates.count
        let rest = candidates.dropFirst(max(options.offset, 0))
        return (Array(options.limit.map { rest.prefix($0) } ?? rest), total)
    }
}
