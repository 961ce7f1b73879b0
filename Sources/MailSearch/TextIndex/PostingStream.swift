/// The documents of one word in segments that a merge has under way, or in one segment: each document once, in the order of
/// their ids, as the newest of the segments has it.
///
/// Between two pieces of a merge, the beginning of the alphabet stands in the merge's output and the rest in its inputs.
struct PostingStream {
    private struct Source {
        var cursor: PostingCursor
        /// Of several that have a document, the least counts.
        var age: Int
    }

    /// The one that has the document at hand.
    private var current: Source
    /// The others, each at a document that has not been handed out.
    private var others: [Source] = []
    /// The least id among those.
    private var bound = Int64.max

    /// The document at hand; the greatest number there is at the end.
    private(set) var id = Int64.min
    /// Octets of its positions; with none it is but taken out.
    var length: Int { current.cursor.length }
    /// Valid until the next; eight bytes behind them can be read.
    var positions: UnsafeBufferPointer<UInt8> { current.cursor.positions }

    /// - Parameters:
    ///   - cursors: of the segments from the newest on, each before its first list.
    ///   - end: one that has nothing.
    init(_ cursors: [PostingCursor], end: PostingCursor) throws {
        for (age, var cursor) in cursors.enumerated() {
            guard try cursor.nextList(), try cursor.next() else { continue }
            others.append(Source(cursor: cursor, age: age))
        }
        current = Source(cursor: end, age: 0)
    }

    /// Goes to the next document; false at the end.
    @inline(__always)
    mutating func next() throws -> Bool {
        guard try current.cursor.next() else { return try settle() }
        guard current.cursor.id < bound else {
            others.append(current)
            return try settle()
        }
        id = current.cursor.id
        return true
    }

    /// Passes over documents below an id, where whole leaves can be left out.
    @inline(__always)
    mutating func pass(to id: Int64) throws { try current.cursor.pass(to: min(id, bound)) }

    /// Goes to the first document with this id or above, or to the end.
    @inline(__always)
    mutating func advance(to least: Int64) throws {
        while id < least {
            try pass(to: least)
            guard try next() else { return }
        }
    }

    /// Makes that of the others current which has the least id, and of several the newest.
    @inline(never)
    private mutating func settle() throws -> Bool {
        guard let first = others.first else {
            id = .max
            return false
        }
        var best = (index: 0, id: first.cursor.id, age: first.age)
        for index in others.indices {
            let (id, age) = (others[index].cursor.id, others[index].age)
            if (id, age) < (best.id, best.age) { best = (index, id, age) }
        }
        current = others.remove(at: best.index)
        id = best.id
        // What older segments say of the same document doesn't count.
        for index in others.indices.reversed() where others[index].cursor.id == id {
            if try !others[index].cursor.next() { others.remove(at: index) }
        }
        bound = others.reduce(.max) { min($0, $1.cursor.id) }
        return true
    }
}
