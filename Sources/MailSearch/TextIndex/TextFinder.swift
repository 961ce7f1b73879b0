/// Answers plans from the text index's lists.
struct TextFinder {
    private let reader: TextIndexReader
    /// How many documents have a word, where that was counted ahead.
    private let knownCount: (_ term: [UInt8]) throws -> Int?

    init?(_ database: SQLiteDatabase) throws {
        guard let reader = try TextIndexReader(database) else { return nil }
        self.init(reader) { try TextCounts.count(.phrase(.all, [$0], isPrefix: false), in: database) }
    }

    init(_ reader: TextIndexReader, _ knownCount: @escaping (_ term: [UInt8]) throws -> Int? = { _ in nil }) {
        self.reader = reader
        self.knownCount = knownCount
    }

    /// What a finder makes of a question; nil where it can't read the index, or has no answer.
    static func ask<R>(_ database: SQLiteDatabase, _ question: (TextFinder) throws -> R?) throws -> R? {
        do {
            return try TextFinder(database).flatMap(question)
        } catch is UnreadableTextIndex {
            return nil
        }
    }

    // MARK: Answers

    /// How many documents a plan finds.
    func count(_ plan: TextPlan) throws -> Int {
        if case .phrase(.all, let terms, false) = plan, terms.count == 1, let count = try reader.count(of: terms[0]) {
            return count
        }
        return try documents(plan).count
    }

    /// The documents that a plan finds.
    func documents(_ plan: TextPlan) throws -> DocumentSet {
        switch plan {
        case .phrase(let columns, let terms, let isPrefix):
            return terms.count == 1
                ? try documents(terms[0], columns, isPrefix: isPrefix)
                : try documents(ofPhrase: terms, columns, isPrefix: isPrefix)
        case .any(let plans):
            let found = DocumentSet()
            for plan in plans { try found.formUnion(documents(plan)) }
            return found
        case .all(let plans, let without):
            let found = try documents(plans[0])
            for plan in plans.dropFirst() { found.formIntersection(try documents(plan)) }
            for plan in without { found.subtract(try documents(plan)) }
            return found
        }
    }

    // MARK: The newest

    /// Leaves of the longest list in a phrase's first piece, at least.
    static let fewestLeaves = 8
    /// Messages in the first piece of words that begin alike, at least, and how many times as many there are in each next.
    static let fewestMessages = 64
    private static let growth = 8
    /// Of what is expected to be enough, so much is walked at first: hits are spread unevenly.
    private static let reserve = 1.5

    /// The documents with a phrase.
    ///
    /// - Parameters:
    ///   - terms: two at least.
    ///   - share: of all hits that are wanted at first, up to 1.
    func newest(
        ofPhrase terms: [[UInt8]], _ columns: TextColumns, share: Double, fewestLeaves: Int = fewestLeaves
    ) throws -> NewestHits {
        let bounds = try reader.bounds(of: terms) { max(Int(min(share, 1) * Self.reserve * Double($0)), fewestLeaves) }
        var starts = (bounds + [.min]).makeIterator()
        var matcher = PhraseMatcher(words: terms.count, columns)
        return NewestHits {
            starts.next()
        } find: { ids in
            let found = DocumentSet()
            try reader.walk(all: terms, ids: ids) { walk in
                // What an escaping closure holds is asked for each document whether another uses it at the time.
                var own = matcher
                defer { matcher = own }
                while try walk.next() { if try own.matches(walk.lists) { try found.insert(walk.id) } }
            }
            return found
        }
    }

    /// The documents with a word that begins so.
    ///
    /// - Parameters:
    ///   - messages: among how many there would be hits enough, if they were spread evenly.
    ///   - newest: tells the id of a message by its place among the newest; nil for none.
    func newest(
        ofBeginning term: [UInt8], messages: Int, fewestMessages: Int = fewestMessages,
        _ newest: @escaping (_ place: Int) throws -> Int64?
    ) -> NewestHits {
        var place = max(Int(min(Double(messages) * Self.reserve, 1e9)), fewestMessages)
        return NewestHits {
            defer { place *= Self.growth }
            return try newest(place) ?? .min
        } find: { ids in
            var sink = PostingSetWithin(set: DocumentSet(), ids: ids)
            try reader.walk(term, isPrefix: true, from: ids.lowerBound, into: &sink)
            return sink.set
        }
    }

    // MARK: Documents

    private func documents(_ term: [UInt8], _ columns: TextColumns, isPrefix: Bool) throws -> DocumentSet {
        let set = DocumentSet()
        if columns == .all {
            var sink = PostingSet(set: set)
            try reader.walk(term, isPrefix: isPrefix, into: &sink)
        } else {
            var sink = PostingSetInColumns(set: set, columns: columns)
            try reader.walk(term, isPrefix: isPrefix, into: &sink)
        }
        return set
    }

    private func documents(ofPhrase terms: [[UInt8]], _ columns: TextColumns, isPrefix: Bool) throws -> DocumentSet {
        let set = DocumentSet()
        var matcher = PhraseMatcher(words: terms.count, columns)
        guard isPrefix else {
            try reader.walk(all: terms) { walk in
                while try walk.next() { if try matcher.matches(walk.lists) { try set.insert(walk.id) } }
            }
            return set
        }
        let candidates = PhraseCandidates()
        try reader.walk(all: terms.dropLast()) { walk in
            while try walk.next() { try candidates.add(walk.id, matcher.ends(walk.lists)) }
        }
        candidates.sort()
        var following = PhraseCandidates.Following(candidates)
        try reader.walk(terms[terms.count - 1], isPrefix: true, into: &following)
        try candidates.gather(into: set)
        return set
    }

    // MARK: The best

    /// What tells the best of the documents that a plan finds; nil where that can't be told from lists.
    ///
    /// - Parameter columns: see ``TextRanking``.
    func ranking(_ plan: TextPlan, columns: [Float], _ database: SQLiteDatabase) throws -> TextRanking? {
        guard !plan.hasPrefix, let phrases = plan.phrases else { return nil }
        let isAll = if case .phrase = plan { true } else { false }
        return try TextRanking(
            phrases, documents: documents(plan), isAll: isAll, columns: columns, reader, database)
    }

    // MARK: What it costs

    /// Leaves that are walked in a millisecond or so: not worth asking whether FTS5 would be faster.
    private static let fewPages = 200
    /// How many leaves are walked in the time in which FTS5 leaps to a document in a list.
    private static let pagesOfLeap = 0.4
    /// Leaves whose documents are counted to decide.
    private static let countedPages = 8
    private static let documentsOfPage = 500

    /// Whether walking the lists is faster than FTS5, which leaps through the long lists from document to document of the
    /// shortest.
    func isFaster(_ plan: TextPlan) throws -> Bool {
        let (least, all) = try pages(plan)
        if all <= Self.fewPages { return true }
        return Double(try documents(least)) >= Double(all) * Self.pagesOfLeap
    }

    /// How many documents there are at most, more or less: those of the shortest list that every hit is on.
    func fewestDocuments(_ plan: TextPlan) throws -> Int { try documents(pages(plan).least) }

    private func documents(_ least: (pages: Int, term: [UInt8]?)) throws -> Int {
        guard let term = least.term else { return least.pages * Self.documentsOfPage }
        if least.pages <= Self.countedPages { return try documents(term, .all, isPrefix: false).count }
        return try knownCount(term) ?? least.pages * Self.documentsOfPage
    }

    /// The leaves of all lists of a plan.
    func pageCount(_ plan: TextPlan) throws -> Int { try pages(plan).all }

    /// The shortest list that every hit is on, by its leaves, the word that it is of, and the leaves of all lists.
    private func pages(_ plan: TextPlan) throws -> (least: (pages: Int, term: [UInt8]?), all: Int) {
        switch plan {
        case .phrase(_, let terms, let isPrefix):
            var all = 0
            var least: (pages: Int, term: [UInt8]?) = (.max, nil)
            for (place, term) in terms.enumerated() {
                let isOpen = isPrefix && place == terms.count - 1
                let pages = try reader.pageCount(of: term, isPrefix: isOpen)
                all += pages
                if pages < least.pages { least = (pages, isOpen ? nil : term) }
            }
            return (least, all)
        case .all(let plans, let without):
            var all = 0
            var least: (pages: Int, term: [UInt8]?) = (.max, nil)
            for plan in plans {
                let pages = try pages(plan)
                all += pages.all
                if pages.least.pages < least.pages { least = pages.least }
            }
            for plan in without { all += try pages(plan).all }
            return (least, all)
        case .any(let plans):
            var all = 0
            var least = 0
            for plan in plans {
                let pages = try pages(plan)
                all += pages.all
                least += pages.least.pages
            }
            return ((least, nil), all)
        }
    }
}
