/// Reads FTS5's lists of documents from its own tables, for what FTS5 has no call for: how many documents have a word.
///
/// FTS5 gives its hits as rows, one by one; to count a word that half of a million messages have, or to join the lists of a
/// hundred words that begin alike, takes it ten times as long as walking the lists.
///
/// The format is that of FTS5's version 4, told at the top of SQLite's fts5_index.c.
package final class TextIndexReader {
    /// Begins each word in the index: what FTS5 puts before those of the index of whole words.
    static let mainIndex = UInt8(ascii: "0")

    typealias Segment = TextStructure.Segment

    /// The newest first: what it says of a document is what counts.
    let segments: [Segment]
    /// Those that any of may have words of a document, by their layers.
    private let parts: [[Range<Int>]]
    let pages: LeafPages
    private let branch, nextBranch: SQLStatement

    /// The segments there are; nil where the index is in a form that is not known here.
    package static func structure(_ database: SQLiteDatabase) throws -> TextStructure? {
        guard
            try SQLStatement.cached(database, "SELECT v FROM message_text_config WHERE k = 'version'").runForInteger()
                == TextStructure.version
        else { return nil }
        return try block(TextStructure.row, database).flatMap { TextStructure($0) }
    }

    /// What stands in a row of FTS5's data: a record or a leaf.
    package static func block(_ row: Int64, _ database: SQLiteDatabase) throws -> [UInt8]? {
        let statement = try SQLStatement.cached(database, "SELECT block FROM message_text_data WHERE id = ?")
        statement.bind(1, row)
        defer { statement.reset() }
        return try statement.step() ? statement.blob(0) : nil
    }

    /// Reads the whole index; nil where it is in a form that is not known here.
    convenience init?(_ database: SQLiteDatabase) throws {
        guard let structure = try Self.structure(database) else { return nil }
        try self.init(database, structure.parts)
    }

    /// Reads some parts of the index, the newest first.
    init(_ database: SQLiteDatabase, _ parts: [TextStructure.Part]) throws {
        var segments: [Segment] = []
        self.parts = parts.map { part in
            part.layers.map { layer in
                segments += layer
                return segments.count - layer.count..<segments.count
            }
        }
        self.segments = segments
        pages = try LeafPages(database)
        branch = try SQLStatement.cached(
            database,
            "SELECT pgno >> 1 FROM message_text_idx WHERE segid = ? AND term <= ? ORDER BY term DESC LIMIT 1")
        nextBranch = try SQLStatement.cached(
            database, "SELECT pgno >> 1 FROM message_text_idx WHERE segid = ? AND term > ? ORDER BY term LIMIT 1")
    }

    /// How many segments it reads.
    var segmentCount: Int { segments.count }

    // MARK: Leaves

    /// The leaf of each segment on which a word would stand, as often as it is asked for in one search.
    private var firstPages: [(term: [UInt8], pages: [Int])] = []

    private func firstPages(of term: [UInt8]) throws -> [Int] {
        if let known = firstPages.first(where: { $0.term == term }) { return known.pages }
        let pages = try segments.indices.map { try firstPage(of: term, $0) }
        firstPages.append((term, pages))
        return pages
    }

    /// The leaf of a segment on which a word would stand.
    func firstPage(of term: [UInt8], _ segment: Int) throws -> Int {
        branch.bind(1, segments[segment].id)
        branch.bind(2, term)
        return max(Int(try branch.runForInteger() ?? 0), segments[segment].firstPage)
    }

    /// The leaf of a segment on which the next word would stand, or the last one.
    func lastPage(of term: [UInt8], _ segment: Int) throws -> Int {
        nextBranch.bind(1, segments[segment].id)
        nextBranch.bind(2, term)
        return Int(try nextBranch.runForInteger() ?? Int64(segments[segment].lastPage))
    }

    /// How many leaves the lists of a word take, or of all that begin with it: not exact, at least one a segment.
    func pageCount(of term: [UInt8], isPrefix: Bool) throws -> Int {
        // No word has a byte of 255.
        let last = isPrefix ? term + [0xFF] : term
        var count = 0
        for (segment, first) in try firstPages(of: term).enumerated() {
            count += max(try lastPage(of: last, segment) - first, 1)
        }
        return count
    }

    // MARK: Lists

    /// Goes through the documents that have all of some words, part by part from the newest on.
    ///
    /// - Parameters:
    ///   - terms: at least one, in the form in which the index has them, with ``mainIndex`` before each.
    ///   - ids: of the documents that are wanted.
    ///   - body: what goes through one part.
    /// - Throws: ``UnreadableTextIndex``, and what SQLite and `body` throw.
    func walk(
        all terms: [[UInt8]], ids: Range<Int64> = Int64.min..<Int64.max, _ body: (PhraseWalk) throws -> Void
    ) throws {
        let pages = try terms.map { try pageCount(of: $0, isPrefix: false) }
        let places = terms.indices.sorted { pages[$0] < pages[$1] }
        let newer = DocumentSet()
        let walked = try parts.flatMap { try separate($0, with: terms) }
        for (age, part) in walked.enumerated() {
            var streams: [PostingStream] = []
            do {
                for place in places {
                    streams.append(try stream(of: terms[place], in: part, from: ids.lowerBound))
                }
            } catch {
                for stream in streams { stream.deallocate() }
                throw error
            }
            try body(
                PhraseWalk(
                    streams, places: places, newer: newer, isNewest: age == 0, isOldest: age == walked.count - 1,
                    ids: ids))
        }
    }

    /// The parts of a part for some words: each of its segments alone, where all words are in one layer.
    private func separate(_ layers: [Range<Int>], with terms: [[UInt8]]) throws -> [Range<Int>] {
        let whole = (layers.first?.lowerBound ?? 0)..<(layers.last?.upperBound ?? 0)
        if whole.count <= 1 { return [whole] }
        let found = try layers.filter { layer in
            try layer.contains { segment in
                try terms.contains { term in
                    var cursor = try cursor(segment, term, isPrefix: false)
                    return try cursor.nextList()
                }
            }
        }
        return found.count > 1 ? [whole] : found.flatMap { $0.map { $0..<$0 + 1 } }
    }

    // MARK: Counts

    /// How many documents have a word, where that can be told without remembering which; nil where not.
    func count(of term: [UInt8]) throws -> Int? {
        guard parts.count <= 1 else { return nil }
        var count = 0
        guard !segments.isEmpty else { return count }
        var stream = try stream(of: term, in: segments.indices)
        defer { stream.deallocate() }
        while try stream.next() { if stream.length > 0 { count &+= 1 } }
        return count
    }

    private func stream(
        of term: [UInt8], in part: Range<Int>, from id: Int64 = .min
    ) throws -> PostingStream {
        try PostingStream(try part.compactMap { try cursor($0, term, from: id) })
    }

    /// Goes through the lists of a word in a segment, or of all that begin with it.
    func cursor(
        _ segment: Int, _ term: [UInt8], isPrefix: Bool, mostLeaves: Int = LeafReader.mostLeaves
    ) throws -> PostingCursor {
        let first = try firstPages(of: term)[segment]
        let leaves = LeafReader(pages, segments[segment], from: first, mostLeaves: mostLeaves)
        return PostingCursor(leaves, term, isPrefix: isPrefix)
    }

    /// Goes through all lists of a segment.
    func cursorOfAllWords(_ segment: Int) throws -> PostingCursor {
        try cursor(segment, [Self.mainIndex], isPrefix: true)
    }

    /// Hands over each document that has a word, or each of every word that begins with it.
    ///
    /// To a sink that reads positions it is given once for each word, as the newest segment has it; to others perhaps more
    /// than once.
    ///
    /// - Parameters:
    ///   - term: in the form in which the index has it, with ``mainIndex`` before it.
    ///   - least: what is below it may be left out: only the ends of long lists are read.
    /// - Throws: ``UnreadableTextIndex``, and what SQLite throws.
    func walk<Sink: PostingSink>(
        _ term: [UInt8], isPrefix: Bool, from least: Int64 = .min, into sink: inout Sink
    ) throws {
        let newer = NewerDocuments()
        for age in segments.indices {
            let isOldest = age == segments.count - 1
            var cursor = try cursor(age, term, isPrefix: isPrefix)
            while try cursor.nextList() {
                if least > .min {
                    if cursor.goesOn,
                        let later = try self.cursor(in: age, of: cursor, before: least, isPrefix ? term : nil)
                    {
                        cursor = later
                    }
                    cursor.passPlain(below: least)
                }
                var passed = newer.lists(of: cursor.term)
                let isPlain = passed.isEmpty && (isOldest || !Sink.readsPositions)
                let start = newer.ids.count
                sink.begin(cursor.term)
                while true {
                    if isPlain { try cursor.takePlain { try sink.take($0, $1) } }
                    guard try cursor.next() else { break }
                    if Sink.readsRemovals, cursor.isDeletion { sink.takeRemoval(of: cursor.id) }
                    // For a set it is enough to know what was taken out.
                    if !isOldest, Sink.readsPositions || cursor.isDeletion { newer.ids.append(cursor.id) }
                    if cursor.length > 0, !newer.has(cursor.id, in: &passed) {
                        try sink.take(cursor.id, cursor.positions)
                    }
                }
                try newer.endList(of: cursor.term, from: start)
            }
        }
    }
}
