#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How well documents answer a query's words: bm25 as FTS5's function of that name tells it, to the last bit, from the
/// words' lists.
///
/// FTS5 asks for the length of each document that it finds. Most are not among the best however short they may be, and
/// theirs is not asked for here.
struct TextRanking {
    /// FTS5's `k1`: how soon another occurrence of a word adds nothing.
    private static let saturation = 1.2
    /// FTS5's `b`: how much a word counts for less in a longer document.
    private static let lengthShare = 0.75
    /// What FTS5 takes for the weight of a word that most documents have.
    private static let leastWeight = 1e-6
    /// Documents, times phrases, at most.
    static let mostFrequencies = 8 << 20

    private struct Phrase {
        /// The rarer it is, the more it counts: FTS5's inverse document frequency.
        var weight: Double
        /// How often each document has it, by the weights of the columns.
        var frequencies: Block<Float>
    }

    /// Ascending.
    private let ids = Block<Int64>()
    private var phrases: [Phrase] = []
    private let averageLength: Double
    private let lengths: SQLStatement

    /// All documents that are found.
    var count: Int { ids.count }

    /// Nil for too much.
    ///
    /// - Parameters:
    ///   - sought: what counts, all of whole words.
    ///   - documents: that are found.
    ///   - isAll: whether they are all that have the only phrase.
    ///   - columns: how much a word counts in each column, in the order of ``PositionList/columns``.
    /// - Throws: `UnreadableTextIndex`, and what SQLite throws.
    init?(
        _ sought: [(columns: TextColumns, terms: [[UInt8]])], documents: DocumentSet, isAll: Bool,
        columns: [Float], _ reader: TextIndexReader, _ database: SQLiteDatabase
    ) throws {
        guard documents.count * sought.count <= Self.mostFrequencies else { return nil }
        let averages = try Self.averages(database)
        guard let rows = averages.first, rows > 0 else { return nil }
        let all = Double(rows)
        averageLength = Double(averages.dropFirst().reduce(0, &+)) / all
        lengths = try SQLStatement.cached(database, "SELECT sz FROM message_text_docsize WHERE id = ?")
        var cursor = documents.cursor(isAscending: true)
        while let id = cursor.next() { ids.append(id) }
        for phrase in sought {
            let frequencies = Block<Float>(capacity: max(ids.count, 1))
            frequencies.append(repeating: 0, count: ids.count)
            var sink = FrequencySink(
                ids, frequencies,
                PositionList.columns.enumerated().map { phrase.columns.isDisjoint(with: $1) ? 0 : columns[$0] })
            if phrase.terms.count == 1 {
                try reader.walk(phrase.terms[0], isPrefix: false, into: &sink)
            } else {
                var matcher = PhraseMatcher(words: phrase.terms.count, phrase.columns)
                try reader.walk(all: phrase.terms) { walk in
                    while try walk.next() {
                        if sink.isSought(walk.id) {
                            sink.note(try matcher.ends(walk.lists))
                        } else if !isAll, try matcher.matches(walk.lists) {
                            sink.noteOther()
                        }
                    }
                }
            }
            let rest = all - Double(sink.documents) + 0.5
            let weight = log(rest / (Double(sink.documents) + 0.5))
            phrases.append(Phrase(weight: weight > 0 ? weight : Self.leastWeight, frequencies: frequencies))
        }
    }

    /// How many documents FTS5 counts, and how many words of each column.
    private static func averages(_ database: SQLiteDatabase) throws -> [UInt64] {
        let record = try TextIndexReader.block(TextStructure.averagesRow, database) ?? []
        guard let numbers = TextVarint.readAll(record) else { throw UnreadableTextIndex() }
        return numbers
    }

    // MARK: Scores

    /// The higher the better.
    private func score(_ place: Int, length: Double) -> Double {
        var score = 0.0
        let share = 1 - Self.lengthShare + Self.lengthShare * length / averageLength
        for phrase in phrases {
            let frequency = Double(phrase.frequencies.start[place])
            score += phrase.weight * ((frequency * (Self.saturation + 1)) / (frequency + Self.saturation * share))
        }
        return score
    }

    /// Words of a document.
    private func length(of id: Int64) throws -> Double {
        lengths.bind(1, id)
        defer { lengths.reset() }
        guard try lengths.step() else { throw UnreadableTextIndex() }
        return try lengths.withBytes(0) { bytes in
            var sum: UInt64 = 0
            var index = 0
            while index < bytes.count {
                guard let number = TextVarint.read(bytes, &index), number <= UInt64(UInt32.max) else {
                    throw UnreadableTextIndex()
                }
                sum &+= number
            }
            return Double(sum)
        }
    }

    /// Of the same score the newer.
    static func isBetter(_ one: (id: Int64, score: Double), _ other: (id: Int64, score: Double)) -> Bool {
        one.score != other.score ? one.score > other.score : one.id > other.id
    }

    /// The best documents, the best first; of the same score the newest.
    ///
    /// - Parameters:
    ///   - count: at most, above zero.
    ///   - favour: what a document's score is multiplied by, for its age.
    func best(_ count: Int, favour: (_ id: Int64) -> Double) throws -> [(id: Int64, score: Double)] {
        var best: [(id: Int64, score: Double)] = []
        // Nothing below it is wanted any more.
        var least = -Double.infinity
        func cut() {
            best.sort(by: Self.isBetter)
            guard best.count > count else { return }
            best.removeLast(best.count - count)
            least = best[count - 1].score
        }
        for place in (0..<ids.count).reversed() {
            let id = ids.start[place]
            let favour = favour(id)
            // As if it had no other words: no document's score is higher.
            guard score(place, length: 0) * favour > least else { continue }
            let score = try score(place, length: length(of: id)) * favour
            guard score > least else { continue }
            best.append((id, score))
            if best.count == 2 * count { cut() }
        }
        cut()
        return best
    }
}

/// Counts how often documents have a phrase.
private struct FrequencySink: PostingSink {
    static let readsPositions = true

    private let ids: UnsafeBufferPointer<Int64>
    private let frequencies: UnsafeMutablePointer<Float>
    /// What an occurrence in each column counts.
    private let columns: [Float]
    private let hasAllColumns: Bool
    /// How many have it, whether they are among the ids or not.
    private(set) var documents = 0
    /// Where the ids are not below the last one.
    private var place = 0

    init(_ ids: Block<Int64>, _ frequencies: Block<Float>, _ columns: [Float]) {
        self.ids = ids.elements
        self.frequencies = frequencies.start
        self.columns = columns
        hasAllColumns = !columns.contains(0)
    }

    /// Whether a document is among the ids; then what is noted next is of it.
    @inline(__always)
    mutating func isSought(_ id: Int64) -> Bool {
        // Lists of several segments come one after the other.
        if place > 0, ids[place &- 1] >= id { place = 0 }
        if place < ids.count, ids[place] < id { pass(to: id) }
        return place < ids.count && ids[place] == id
    }

    @inline(never)
    private mutating func pass(to id: Int64) { place = Leap.place(from: place, of: ids.count) { ids[$0] < id } }

    mutating func take(_ id: Int64, _ positions: UnsafeBufferPointer<UInt8>) throws(UnreadableTextIndex) {
        let isSought = isSought(id)
        guard isSought || !hasAllColumns else { return noteOther() }
        var frequency: Float = 0
        var places = PositionList.Places(positions)
        while let place = try places.read() { frequency += columns[Int(place >> PositionList.positionBits)] }
        guard frequency > 0 else { return }
        documents += 1
        if isSought { frequencies[place] = frequency }
    }

    /// - Parameter ends: of the phrase, in columns in which it may stand.
    mutating func note(_ ends: UnsafeBufferPointer<PositionList.Place>) {
        guard !ends.isEmpty else { return }
        documents += 1
        frequencies[place] = ends.reduce(0) { $0 + columns[Int($1 >> PositionList.positionBits)] }
    }

    /// One that has it and is not among the ids.
    mutating func noteOther() { documents += 1 }
}
