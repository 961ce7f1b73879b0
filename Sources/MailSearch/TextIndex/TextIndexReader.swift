/// Reads FTS5's lists of documents from its own tables, for what FTS5 has no call for: how many documents have a word.
///
/// FTS5 gives its hits as rows, one by one; to count a word that half of a million messages have, or to join the lists of a
/// hundred words that begin alike, takes it ten times as long as walking the lists.
///
/// The format is that of FTS5's version 4, told at the top of SQLite's fts5_index.c.
final class TextIndexReader {
    /// Begins each word in the index: what FTS5 puts before those of the index of whole words.
    static let mainIndex = UInt8(ascii: "0")

    private typealias Segment = TextStructure.Segment

    /// The newest first: what it says of a document is what counts.
    private let segments: [Segment]
    /// Those that any of may have words of a document, by their layers.
    private let parts: [[Range<Int>]]
    private let pages, branch, nextBranch: SQLStatement

    /// The segments there are; nil where the index is in a form that is not known here.
    static func structure(_ database: SQLiteDatabase) throws -> TextStructure? {
        guard
            try SQLStatement.cached(database, "SELECT v FROM message_text_config WHERE k = 'version'").runForInteger()
                == TextStructure.version
        else { return nil }
        let record = try SQLStatement.cached(database, "SELECT block FROM message_text_data WHERE id = ?")
        record.bind(1, TextStructure.row)
        defer { record.reset() }
        return try record.step() ? TextStructure(record.blob(0)) : nil
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
        pages = try SQLStatement.cached(database, LeafReader.sql)
        branch = try SQLStatement.cached(
            database,
            "SELECT pgno >> 1 FROM message_text_idx WHERE segid = ? AND term <= ? ORDER BY term DESC LIMIT 1")
        nextBranch = try SQLStatement.cached(
            database, "SELECT pgno >> 1 FROM message_text_idx WHERE segid = ? AND term > ? ORDER BY term LIMIT 1")
    }

    // MARK: Leaves

    /// The leaf of each segment on which a word would stand, as often as it is asked for in one search.
    private var firstPages: [(term: [UInt8], pages: [Int])] = []

    private func firstPages(of term: [UInt8]) throws -> [Int] {
        if let known = firstPages.first(where: { $0.term == term }) { return known.pages }
        let pages = try segments.map { try firstPage(of: term, $0) }
        firstPages.append((term, pages))
        return pages
    }

    private func firstPage(of term: [UInt8], _ segment: Segment) throws -> Int {
        branch.bind(1, segment.id)
        branch.bind(2, term)
        return max(Int(try branch.runForInteger() ?? 0), segment.firstPage)
    }

    /// How many leaves the lists of a word take, or of all that begin with it: not exact, at least one a segment.
    func pageCount(of term: [UInt8], isPrefix: Bool) throws -> Int {
        var count = 0
        for (segment, first) in zip(segments, try firstPages(of: term)) {
            nextBranch.bind(1, segment.id)
            // No word has a byte of 255.
            nextBranch.bind(2, isPrefix ? term + [0xFF] : term)
            count += max(Int(try nextBranch.runForInteger() ?? Int64(segment.lastPage)) - first, 1)
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

    // MARK: Parts of lists

    /// The leaves on which a word's list may stand in a segment: on the last one it ends, or the next word begins.
    private func leaves(of term: [UInt8], _ segment: Int) throws -> ClosedRange<Int> {
        let first = try firstPage(of: term, segments[segment])
        return first...max(try lastPage(of: term, segment), first)
    }

    private func lastPage(of term: [UInt8], _ segment: Int) throws -> Int {
        nextBranch.bind(1, segments[segment].id)
        nextBranch.bind(2, term)
        return Int(try nextBranch.runForInteger() ?? Int64(segments[segment].lastPage))
    }

    /// Ids that part the longest list of some words in pieces: each piece, counted from the list's end, is of twice as many
    /// leaves as the one behind it.
    ///
    /// - Parameter last: how many leaves the last piece is to have, of so many.
    /// - Returns: descending.
    func bounds(of terms: [[UInt8]], last: (_ leaves: Int) -> Int) throws -> [Int64] {
        var longest: (leaves: ClosedRange<Int>, segment: Int) = (0...0, 0)
        for segment in segments.indices {
            for term in terms {
                let leaves = try leaves(of: term, segment)
                if leaves.count > longest.leaves.count { longest = (leaves, segment) }
            }
        }
        var bounds: [Int64] = []
        var count = last(longest.leaves.count)
        var page = longest.leaves.upperBound - count
        while page > longest.leaves.lowerBound {
            // On one whose only document began before it there is none.
            if let id = try LeafReader.firstID(pages, segments[longest.segment], on: page), id < bounds.last ?? .max {
                bounds.append(id)
            }
            count *= 2
            page -= count
        }
        return bounds
    }

    // MARK: One document

    /// How many segments it reads.
    var segmentCount: Int { segments.count }

    /// What a segment has of a document under a word; nil where it does not name it there.
    func cursor(_ segment: Int, _ term: [UInt8], at id: Int64) throws -> PostingCursor? {
        guard var cursor = try cursor(segment, term, from: id) else { return nil }
        while try cursor.next() { if cursor.id >= id { return cursor.id == id ? cursor : nil } }
        return nil
    }

    /// A word's list in a segment, before its first document or a later one that is not behind a given one; nil where the
    /// segment has not the word.
    private func cursor(_ segment: Int, _ term: [UInt8], from id: Int64) throws -> PostingCursor? {
        var cursor = try cursor(segment, term, isPrefix: false)
        guard try cursor.nextList() else { return nil }
        guard id > .min, cursor.goesOn else { return cursor }
        return try self.cursor(in: segment, of: cursor, before: id, nil) ?? cursor
    }

    /// Leaves of a list at least of which some are passed over.
    private static let fewestLeaves = 4

    /// The same list as a cursor's from a later leaf on; nil where the first one is the one.
    private func cursor(
        in segment: Int, of cursor: PostingCursor, before id: Int64, _ beginning: [UInt8]?
    ) throws -> PostingCursor? {
        let last = max(try lastPage(of: cursor.term, segment), cursor.page)
        // A few are walked in the time in which the right one is found.
        guard last - cursor.page >= Self.fewestLeaves else { return nil }
        let page = try page(of: cursor.page...last, segment, before: id)
        guard page > cursor.page else { return nil }
        return try PostingCursor(
            LeafReader(pages, segments[segment], from: page), continuing: cursor.term, of: beginning)
    }

    /// The leaf from which on a document of a list of several leaves would be found.
    private func page(of leaves: ClosedRange<Int>, _ segment: Int, before id: Int64) throws -> Int {
        var (low, high) = (leaves.lowerBound, leaves.upperBound)
        // What is wanted mostly stands near the end: the first steps are small.
        var step = 0
        while low < high {
            let middle = max((low + high + 1) / 2, high - step)
            step = step * 2 + 1
            // Where the positions of one document fill a leaf, the leaves before it are walked.
            guard let first = try LeafReader.firstID(pages, segments[segment], on: middle) else {
                if middle == high { high -= 1 } else { break }
                continue
            }
            if first <= id {
                low = middle
                step = high - low
            } else {
                high = middle - 1
            }
        }
        return low
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
