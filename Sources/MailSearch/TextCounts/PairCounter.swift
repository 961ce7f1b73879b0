/// Counts the documents in which two of some words stand side by side, for all pairs of them at once.
struct PairCounter {
    /// Leaves of each word's list that are read at once: there are many lists.
    private static let leavesOfList = 1
    /// Documents between two questions whether to go on.
    private static let documentsBetweenLooks: UInt32 = 1_024

    private typealias Place = PositionList.Place

    /// A word at a place of the document at hand.
    private struct Word: BitwiseCopyable {
        var place: Place
        var word: UInt32
    }

    /// The same in the table by places: of another document where the number is not this one's.
    private struct Slot: BitwiseCopyable {
        var document: UInt32
        var place: Place
        var word: UInt32
    }

    private let terms: [[UInt8]]
    private var pairs = PairTable()
    private var document: UInt32 = 0
    private let words = Block<Word>()
    /// Open addressing by places; as many as a power of two.
    private let slots = Block<Slot>()
    private let seen: DocumentSet

    /// - Parameters:
    ///   - terms: as the text index has them.
    ///   - newer: documents that newer segments name.
    init(_ terms: [[UInt8]], newer: DocumentSet) throws {
        self.terms = terms
        slots.append(repeating: Slot(document: 0, place: 0, word: 0), count: 4_096)
        seen = DocumentSet()
        try seen.formUnion(newer)
    }

    /// Goes through a segment; the newest first, since it has all words of each document that it names.
    ///
    /// - Returns: whether it came to the end.
    mutating func read(_ segments: TextIndexReader, _ segment: Int, _ isCancelled: () -> Bool) throws -> Bool {
        let cursors = UnsafeMutableBufferPointer<PostingCursor>.allocate(capacity: terms.count)
        _ = cursors.initialize(
            from: try terms.map { try segments.cursor(segment, $0, isPrefix: false, mostLeaves: Self.leavesOfList) })
        let ids = UnsafeMutableBufferPointer<Int64>.allocate(capacity: terms.count)
        ids.initialize(repeating: .max)
        defer {
            cursors.deinitialize()
            cursors.deallocate()
            ids.deallocate()
        }
        for index in cursors.indices where try cursors[index].nextList() {
            if try cursors[index].next() { ids[index] = cursors[index].id }
        }
        while true {
            var id = Int64.max
            for other in ids { id = min(id, other) }
            guard id < .max else { return true }
            let isNew = try seen.insert(id)
            words.keep(0)
            for index in ids.indices where ids[index] == id {
                if isNew {
                    var positions = PositionList.Places(cursors[index].positions)
                    while let place = try positions.read() {
                        words.append(Word(place: place, word: UInt32(truncatingIfNeeded: index)))
                    }
                }
                ids[index] = try cursors[index].next() ? cursors[index].id : .max
            }
            countPairs()
            if document % Self.documentsBetweenLooks == 0, isCancelled() { return false }
        }
    }

    private mutating func countPairs() {
        document += 1
        if words.count * 2 > slots.count {
            slots.append(repeating: Slot(document: 0, place: 0, word: 0), count: words.count * 4 - slots.count)
            let size = 1 << (Int.bitWidth - slots.count.leadingZeroBitCount - 1)
            slots.keep(size)
        }
        let mask = slots.count - 1
        // More than one word may have a place.
        for word in words.elements {
            var slot = Self.slot(word.place, mask)
            while slots.start[slot].document == document { slot = (slot + 1) & mask }
            slots.start[slot] = Slot(document: document, place: word.place, word: word.word)
        }
        for word in words.elements {
            var slot = Self.slot(word.place &+ 1, mask)
            while slots.start[slot].document == document {
                if slots.start[slot].place == word.place &+ 1 {
                    pairs.add(word.word, slots.start[slot].word, in: document)
                }
                slot = (slot + 1) & mask
            }
        }
    }

    /// Neighbours stand side by side.
    @inline(__always)
    private static func slot(_ place: Place, _ mask: Int) -> Int {
        Int(truncatingIfNeeded: place &+ place >> PositionList.positionBits &* 0x9E37_79B1) & mask
    }

    /// The pairs there are.
    var counts: [(key: [UInt8], documents: Int)] {
        pairs.elements.map { (CountKey.pair(terms[Int($0.first)], terms[Int($0.second)]), Int($0.documents)) }
    }
}
