/// The documents that have a phrase, the newest first, as far as they are asked for: the words' lists are walked in pieces from
/// their ends on.
final class NewestOfPhrase {
    /// Leaves of the longest list in the first piece, at least.
    static let fewestLeaves = 8
    /// Of what is expected to be enough, so much is walked at first: hits are spread unevenly.
    private static let reserve = 1.5

    private let reader: TextIndexReader
    private let terms: [[UInt8]]
    private var matcher: PhraseMatcher
    /// Where the pieces that are left begin, the next one last.
    private var bounds: [Int64]
    /// What is behind it is done.
    private var end = Int64.max
    private var hits: DocumentSet.Cursor

    /// - Parameters:
    ///   - terms: two at least, as the index has them.
    ///   - share: of all hits that are wanted at first, up to 1.
    init(
        _ reader: TextIndexReader, _ terms: [[UInt8]], _ columns: TextColumns, share: Double,
        fewestLeaves: Int = fewestLeaves
    ) throws {
        self.reader = reader
        self.terms = terms
        matcher = PhraseMatcher(words: terms.count, columns)
        let bounds = try reader.bounds(of: terms) { leaves in
            max(Int(min(share, 1) * Self.reserve * Double(leaves)), fewestLeaves)
        }
        self.bounds = [.min] + bounds.reversed()
        hits = DocumentSet().cursor(isAscending: false)
    }

    /// Nil at the end.
    ///
    /// - Throws: `UnreadableTextIndex`, and what SQLite throws.
    func next() throws -> Int64? {
        while true {
            if let id = hits.next() { return id }
            guard let start = bounds.popLast() else { return nil }
            let found = DocumentSet()
            try reader.walk(all: terms, ids: start..<end) { walk in
                while try walk.next() { if try matcher.matches(walk.lists) { try found.insert(walk.id) } }
            }
            hits = found.cursor(isAscending: false)
            end = start
        }
    }
}
