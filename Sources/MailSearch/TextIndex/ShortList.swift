/// The documents of a word of which an index has few, told with as little as can be.
///
/// A process that answers one search has nothing ready: FTS5 first reads its own settings and makes its tokenizer, and
/// ``TextIndexReader`` what it needs for lists of any length. Either takes longer than to read such a list.
struct ShortList {
    /// Segments of an index at most: each costs a look for its leaf, and the leaf.
    private static let mostSegments = 8
    /// Octets of a leaf at most.
    private static let longestLeaf = 1 << 16

    /// The newest first; nil where the index is in a form that is not known here or is being merged, where it says that something
    /// was taken out, or where a list goes on on a second leaf.
    static func documents(_ term: [UInt8], _ database: SQLiteDatabase) throws -> [Int64]? {
        var list = ShortList(term, database)
        do {
            return try list.gather() ? list.ids.sorted(by: >) : nil
        } catch is UnreadableTextIndex {
            return nil
        }
    }

    private let term: [UInt8]
    private let database: SQLiteDatabase
    private var ids: [Int64] = []

    private init(_ term: [UInt8], _ database: SQLiteDatabase) {
        self.term = term
        self.database = database
    }

    private mutating func gather() throws -> Bool {
        guard let record = try block(TextStructure.row, padding: 0) else { return false }
        // One statement, as each takes longer to prepare than to run.
        let branch = try SQLStatement.cached(
            database,
            """
            SELECT (SELECT v FROM message_text_config WHERE k = 'version'),
                (SELECT pgno >> 1 FROM message_text_idx WHERE segid = ? AND term <= ? ORDER BY term DESC LIMIT 1)
            """)
        branch.bind(2, term)
        defer { branch.reset() }
        var segments = 0
        let writes = try TextStructure.read(record) { merging in
            merging == 0
        } segment: { segment in
            segments += 1
            // Of one without leaves all was taken out.
            return try segment.firstPage == 0 || segments <= Self.mostSegments && gather(segment, branch)
        }
        return writes != nil
    }

    private mutating func gather(_ segment: TextStructure.Segment, _ branch: SQLStatement) throws -> Bool {
        branch.reset()
        branch.bind(1, segment.id)
        guard try branch.step(), branch.integer(0) == TextStructure.version else { return false }
        let page = max(Int(branch.integer(1)), segment.firstPage)
        let row = TextStructure.rowID(segment: Int64(segment.id), page: Int64(page))
        guard page <= segment.lastPage, let leaf = try block(row, padding: LeafReader.padding) else { return false }
        return try leaf.withUnsafeBufferPointer { bytes in
            guard let base = bytes.baseAddress else { return false }
            let leaf = LeafReader.Leaf(bytes: base, count: bytes.count - LeafReader.padding)
            return try gather(LeafWords(leaf), isLast: page == segment.lastPage)
        }
    }

    private mutating func gather(
        _ words: consuming LeafWords, isLast: Bool
    ) throws(UnreadableTextIndex) -> Bool {
        var word: [UInt8] = []
        guard try words.seek(term, &word) == true, word.count == term.count else { return true }
        guard isLast || !words.isLast else { return false }
        var id: Int64 = 0
        while let document = LeafDocument(words.bytes, words.offset, words.end) {
            id &+= Int64(bitPattern: document.difference)
            ids.append(id)
            words.offset = document.end
        }
        return words.offset == words.end
    }

    /// A row of FTS5's data, with so many zeros behind it.
    private func block(_ row: Int64, padding: Int) throws -> [UInt8]? {
        try database.withBlob("message_text_data", "block", row) { count, read -> [UInt8]? in
            guard count <= Self.longestLeaf else { return nil }
            return try [UInt8](unsafeUninitializedCapacity: count + padding) { buffer, initialized in
                let bytes = UnsafeMutableRawBufferPointer(buffer)
                try read(UnsafeMutableRawBufferPointer(rebasing: bytes[..<count]))
                bytes[count..<count + padding].initializeMemory(as: UInt8.self, repeating: 0)
                initialized = count + padding
            }
        } ?? nil
    }
}
