/// Counts the documents of common words, beginnings and pairs in the large segments of the text index.
///
/// It reads these segments once through, and the commonest words' lists once more: a minute or more for a million messages.
package struct TextCounting {
    /// For the table `text_count`.
    package private(set) var counts: [(key: [UInt8], documents: Int)] = []
    /// See ``CountedSegments/fewestOfPaired``.
    package private(set) var fewestOfPaired = Int.max
    /// What the segments name, but newer ones have otherwise: in no count.
    package private(set) var outdated: [Int64] = []

    /// - Parameter isCancelled: asked now and again.
    /// - Returns: nil when it was cancelled, or when the index no longer has these segments, or none that are known here.
    package init?(
        _ segments: CountedSegments, in database: SQLiteDatabase, _ limits: TextCountLimits,
        _ isCancelled: () -> Bool
    ) throws {
        guard let structure = try TextIndexReader.structure(database),
            let split = try segments.split(structure, database)
        else { return nil }
        do {
            let newer = try Self.documents(of: TextIndexReader(database, split.newer), isCancelled)
            let counted = try TextIndexReader(database, split.counted)
            guard let newer, try count(counted, newer: newer, limits, isCancelled) else { return nil }
        } catch is UnreadableTextIndex {
            return nil
        }
    }

    /// All documents that some segments name, be it that they were taken out.
    private static func documents(of segments: TextIndexReader, _ isCancelled: () -> Bool) throws -> DocumentSet? {
        let found = DocumentSet()
        for segment in 0..<segments.segmentCount {
            var cursor = try segments.cursorOfAllWords(segment)
            while try cursor.nextList() {
                if isCancelled() { return nil }
                while true {
                    try cursor.takePlain { id, _ in try found.insert(id) }
                    guard try cursor.next() else { break }
                    try found.insert(cursor.id)
                }
            }
        }
        return found
    }

    private mutating func count(
        _ segments: TextIndexReader, newer: DocumentSet, _ limits: TextCountLimits, _ isCancelled: () -> Bool
    ) throws -> Bool {
        var words = try WordCounter(segments, newer: newer, fewest: limits.fewestDocuments)
        defer { words.deallocate() }
        guard try words.run(isCancelled) else { return false }
        let paired = words.words.sorted { $0.documents > $1.documents }.prefix(limits.mostPaired)
        // All words of as many documents must be among them.
        fewestOfPaired = words.words.count > paired.count ? (paired.last?.documents ?? 0) + 1 : limits.fewestDocuments
        let terms = paired.filter { $0.documents >= fewestOfPaired }.map(\.term)
        var pairs = try PairCounter(terms, newer: newer)
        for segment in 0..<segments.segmentCount {
            guard try pairs.read(segments, segment, isCancelled) else { return false }
        }
        counts = words.words.map { (key: $0.term, documents: $0.documents) } + words.beginnings.counts + pairs.counts
        counts.sort { $0.key.lexicographicallyPrecedes($1.key) }
        var outdated = words.outdated.cursor(isAscending: true)
        while let id = outdated.next() { self.outdated.append(id) }
        return true
    }
}
