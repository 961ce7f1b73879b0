/// The documents of one word in one segment, or in several that a merge has under way: each document once, in the order of
/// their ids, as the newest of the segments has it.
struct PostingStream {
    /// From the newest segment on.
    private let cursors: UnsafeMutableBufferPointer<PostingCursor>
    /// Where each is; the greatest number there is at its end.
    private let ids: UnsafeMutableBufferPointer<Int64>
    /// The one that has the document at hand; -1 before the first.
    private var current = -1
    /// The least id of the others.
    private var bound = Int64.max

    /// The document at hand; the greatest number there is at the end.
    private(set) var id = Int64.min
    /// Octets of its positions; with none it is but taken out.
    var length: Int { cursors[current].length }
    /// Valid until the next; eight bytes behind them can be read.
    var positions: UnsafeBufferPointer<UInt8> { cursors[current].positions }

    /// Ends with ``deallocate()``.
    ///
    /// - Parameter found: cursors of the segments that have the word, from the newest on, each in its list.
    init(_ found: [PostingCursor]) throws {
        cursors = .allocate(capacity: found.count)
        _ = cursors.initialize(from: found)
        ids = .allocate(capacity: found.count)
        ids.initialize(repeating: .max)
        do {
            for index in cursors.indices { try advance(index) }
        } catch {
            deallocate()
            throw error
        }
    }

    func deallocate() {
        cursors.deinitialize()
        cursors.deallocate()
        ids.deallocate()
    }

    /// Goes to the next document; false at the end.
    @inline(__always)
    mutating func next() throws -> Bool {
        guard current >= 0 else { return try settle() }
        guard try cursors[current].next() else {
            ids[current] = .max
            return try settle()
        }
        id = cursors[current].id
        if id < bound { return true }
        ids[current] = id
        return try settle()
    }

    /// Passes over documents below an id, as far as that is done without a look at each.
    @inline(__always)
    mutating func pass(to id: Int64) throws {
        guard current >= 0 else { return }
        try cursors[current].pass(to: min(id, bound))
        cursors[current].passPlain(below: min(id, bound))
    }

    /// Goes to the first document with this id or above, or to the end.
    @inline(__always)
    mutating func advance(to least: Int64) throws {
        while id < least {
            try pass(to: least)
            guard try next() else { return }
        }
    }

    private func advance(_ index: Int) throws {
        ids[index] = try cursors[index].next() ? cursors[index].id : .max
    }

    /// Goes to the least document that any is at; of several segments the newest tells it.
    @inline(never)
    private mutating func settle() throws -> Bool {
        var best = 0
        for index in ids.indices where ids[index] < ids[best] { best = index }
        id = ids.isEmpty ? .max : ids[best]
        bound = .max
        guard id < .max else { return false }
        for index in ids.indices where index != best {
            if ids[index] == id { try advance(index) }
            bound = min(bound, ids[index])
        }
        current = best
        return true
    }
}
