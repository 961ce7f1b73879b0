import MailSearch

/// Has FTS5 merge segments, a step at a time, and makes good what it forgets where a step ends.
///
/// Of two segments that have the same document under a word, the newer one counts when they are merged, and takes over from
/// the older one that still older segments have it too: so that it stays out of all when it is taken out. FTS5 does that in
/// memory, as soon as the document is the first one of both lists, and passes over the older entry. Where the step ends
/// before that word, neither is written: the older segment goes on behind the entry, the newer one without the mark. When
/// the document has been taken out and that is merged too, its oldest text is found again by that word.
/// (`fts5MultiIterDoCompare` and `fts5TrimSegments` in SQLite's fts5_index.c, 3.40.1.)
struct TextMerge {
    private let database: SQLiteDatabase
    private let reader: IndexReader

    /// - Parameters:
    ///   - database: the writer's, without a transaction.
    ///   - reader: of the same index.
    init(_ database: SQLiteDatabase, _ reader: IndexReader) {
        (self.database, self.reader) = (database, reader)
    }

    /// The step ended one merge and began another, of whose segments some were not there before it.
    private struct BeganAnother: Error {}

    /// Merges a little more, in a transaction of its own; false where there is nothing to merge.
    ///
    /// - Parameter pages: leaves to write, about.
    func step(pages: Int) throws -> Bool {
        var pages = pages
        while true {
            do {
                return try database.inWriting { _ in try merge(pages) }
            } catch is BeganAnother {
                // With few enough, a step ends where the first merge does, or before.
                pages /= 2
            } catch is UnreadableTextIndex {
                throw IndexError.damagedTextIndex
            }
        }
    }

    private func merge(_ pages: Int) throws -> Bool {
        let changes = database.totalChanges
        try SQLStatement(
            database, "INSERT INTO message_text (message_text, rank) VALUES ('merge', ?)", [.integer(Int64(pages))]
        ).run()
        // FTS5 tells by this count whether a merge found something to do.
        guard database.totalChanges - changes >= 2 else { return false }
        for level in try TextIndexReader.structure(database)?.levels ?? [] where level.merging > 0 {
            try restoreMarks(level.segments.prefix(level.merging), pages)
        }
        return true
    }

    /// Sets the marks of a merge that is under way which were lost where the step ended.
    ///
    /// - Parameters:
    ///   - inputs: what is merged, from the oldest on.
    ///   - pages: that the step was to write.
    private func restoreMarks(_ inputs: ArraySlice<TextStructure.Segment>, _ pages: Int) throws {
        let left = try MergeInputs(inputs, in: database)
        let ids = inputs.map(\.id)
        // What had such a word before the step and has it no longer was passed over: those words are not merged yet.
        let passed = try left.firstTerms.map { ($0, Set(ids).subtracting(try left.segments(with: $0))) }
        // Who reads does not see the step yet.
        let marked = try reader.read { database in
            Result {
                let before = try MergeInputs(segments(ids, pages, database), in: database)
                return try passed.map { try (term: $0, documents: before.marked($0, in: $1)) }
            }
        }.get()
        for (term, documents) in marked {
            for document in documents {
                if let mark = try left.missingMark(of: document, term) { try set(mark.row, mark.offset) }
            }
        }
    }

    /// What is merged, where the step is not made yet.
    private func segments(_ inputs: [Int], _ pages: Int, _ database: SQLiteDatabase) throws -> [TextStructure.Segment] {
        let levels = try TextIndexReader.structure(database)?.levels ?? []
        // In a step of one page nothing but that page is new.
        guard pages == 1 || levels.contains(where: { $0.segments.prefix(inputs.count).map(\.id) == inputs }) else {
            throw BeganAnother()
        }
        return levels.flatMap(\.segments).filter { inputs.contains($0.id) }
    }

    private func set(_ row: Int64, _ offset: Int) throws {
        guard var leaf = try TextIndexReader.block(row, database), leaf.indices.contains(offset) else {
            throw UnreadableTextIndex()
        }
        leaf[offset] |= 1
        try SQLStatement(
            database, "UPDATE message_text_data SET block = ? WHERE id = ?", [.blob(leaf), .integer(row)]
        ).run()
    }
}
