/// What segments have that FTS5 is merging, of the words that are left in them.
package struct MergeInputs {
    private let reader: TextIndexReader

    /// - Parameter segments: from the oldest on.
    package init(_ segments: some Sequence<TextStructure.Segment>, in database: SQLiteDatabase) throws {
        let left = segments.filter { $0.firstPage > 0 }
        reader = try TextIndexReader(database, [TextStructure.Part(layers: [left])])
    }

    /// The words at which the merge goes on in any of them.
    package var firstTerms: Set<[UInt8]> {
        get throws {
            let terms = try reader.segments.indices.map { segment in
                var cursor = try reader.cursorOfAllWords(segment)
                guard try cursor.nextList() else { throw UnreadableTextIndex() }
                return cursor.term
            }
            return Set(terms)
        }
    }

    /// The numbers of the segments that have a word.
    package func segments(with term: [UInt8]) throws -> Set<Int> {
        let found = try reader.segments.indices.filter { segment in
            var cursor = try reader.cursor(segment, term, isPrefix: false)
            return try cursor.nextList()
        }
        return Set(found.map { reader.segments[$0].id })
    }

    /// The documents that some of the segments have under a word and of which they say that older segments have them too.
    package func marked(_ term: [UInt8], in ids: Set<Int>) throws -> Set<Int64> {
        var documents: Set<Int64> = []
        for segment in reader.segments.indices where ids.contains(reader.segments[segment].id) {
            var cursor = try reader.cursor(segment, term, isPrefix: false)
            guard try cursor.nextList() else { continue }
            while try cursor.next() { if cursor.isDeletion { documents.insert(cursor.id) } }
        }
        return documents
    }

    /// Where the oldest segment that has a document under a word would say that older segments have it too: the row of the
    /// leaf, and the octet whose lowest bit it is. Nil where it says so.
    package func missingMark(of document: Int64, _ term: [UInt8]) throws -> (row: Int64, offset: Int)? {
        for (segment, known) in reader.segments.enumerated() {
            guard let entry = try reader.cursor(segment, term, at: document) else { continue }
            if entry.isDeletion { return nil }
            let mark = entry.mark
            return (TextStructure.rowID(segment: Int64(known.id), page: Int64(mark.page)), mark.offset)
        }
        return nil
    }
}
