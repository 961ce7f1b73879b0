/// The documents that are found, the newest first, as far as they are asked for: the words' lists are walked in pieces from their
/// ends on.
final class NewestHits {
    /// Where the next piece begins; nil at the end. The last piece begins with the least number there is.
    private let nextStart: () throws -> Int64?
    private let find: (Range<Int64>) throws -> DocumentSet
    /// What is behind it is done.
    private var end = Int64.max
    private var hits: DocumentSet.Cursor

    /// - Parameters:
    ///   - nextStart: tells where pieces begin, one after the other, each below the one before; nil for no more.
    ///   - find: what is found among some ids.
    init(nextStart: @escaping () throws -> Int64?, find: @escaping (Range<Int64>) throws -> DocumentSet) {
        self.nextStart = nextStart
        self.find = find
        hits = DocumentSet().cursor(isAscending: false)
    }

    /// Nil at the end.
    ///
    /// - Throws: `UnreadableTextIndex`, and what SQLite throws.
    func next() throws -> Int64? {
        while true {
            if let id = hits.next() { return id }
            guard end > .min, let start = try nextStart() else { return nil }
            if start >= end { continue }
            hits = try find(start..<end).cursor(isAscending: false)
            end = start
        }
    }
}
