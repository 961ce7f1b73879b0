/// Parts of long lists, found by the ids with which leaves begin.
extension TextIndexReader {
    /// The leaves on which a word's list may stand in a segment: on the last one it ends, or the next word begins.
    private func leaves(of term: [UInt8], _ segment: Int) throws -> ClosedRange<Int> {
        let first = try firstPage(of: term, segment)
        return first...max(try lastPage(of: term, segment), first)
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

    /// What a segment has of a document under a word; nil where it does not name it there.
    func cursor(_ segment: Int, _ term: [UInt8], at id: Int64) throws -> PostingCursor? {
        guard var cursor = try cursor(segment, term, from: id) else { return nil }
        while try cursor.next() { if cursor.id >= id { return cursor.id == id ? cursor : nil } }
        return nil
    }

    /// A word's list in a segment, before its first document or a later one that is not behind a given one; nil where the
    /// segment has not the word.
    func cursor(_ segment: Int, _ term: [UInt8], from id: Int64) throws -> PostingCursor? {
        var cursor = try cursor(segment, term, isPrefix: false)
        guard try cursor.nextList() else { return nil }
        guard id > .min, cursor.goesOn else { return cursor }
        return try self.cursor(in: segment, of: cursor, before: id, nil) ?? cursor
    }

    /// Leaves of a list at least of which some are passed over.
    private static let fewestLeaves = 4

    /// The same list as a cursor's from a later leaf on; nil where the first one is the one.
    func cursor(
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
}
