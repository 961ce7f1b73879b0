/// Goes through the lists of a word in one segment, or of all words that begin with it: list by list, document by document.
///
/// The format is that of FTS5's version 4, told at the top of SQLite's fts5_index.c. What is damaged is read as something or
/// refused, but nothing is read past its end.
struct PostingCursor {
    private let leaves: LeafReader
    private let sought: [UInt8]
    private let isPrefix: Bool

    // MARK: The document at hand

    private(set) var id: Int64 = 0
    /// Whether an older one was taken out; where there are no positions, nothing has come in its place.
    private(set) var isDeletion = false
    private var positionsStart: UnsafePointer<UInt8>
    /// Octets of its positions; with none it is but taken out.
    private(set) var length = 0

    /// Its positions as FTS5 lays them down, valid until the next; eight bytes behind them can be read.
    var positions: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: positionsStart, count: length) }

    /// The octet whose lowest bit is ``isDeletion``, the last before the positions, and its leaf.
    var mark: (page: Int, offset: Int) {
        positionsStart == UnsafePointer(scratch.start)
            ? markOfScratch : (leaves.current, positionsStart - leaf.bytes - 1)
    }

    // MARK: The leaf at hand

    private var leaf: LeafWords
    /// What the next document's id is counted from.
    private var base: Int64 = 0
    /// The first document on the next leaf is of this list and has this id.
    private var nextLeafID = Int64.max
    private var isLeafNeeded = true

    /// Positions that stand on several leaves.
    private let scratch = Block<UInt8>(capacity: 64)
    private var markOfScratch = (page: 0, offset: 0)

    /// The word that the list is of, with ``TextIndexReader/mainIndex`` before it.
    private(set) var term: [UInt8] = []

    /// - Parameters:
    ///   - leaves: from the one on which the word would stand.
    ///   - term: with ``TextIndexReader/mainIndex`` before it.
    init(_ leaves: LeafReader, _ term: [UInt8], isPrefix: Bool) {
        self.leaves = leaves
        sought = term
        self.isPrefix = isPrefix
        positionsStart = UnsafePointer(scratch.start)
        leaf = LeafWords(none: positionsStart)
    }

    /// In the midst of a word's list, before the first document that begins on the leaf that is read next.
    ///
    /// - Parameter beginning: of all words whose lists are to be gone through; nil for the one alone.
    init(_ leaves: LeafReader, continuing term: [UInt8], of beginning: [UInt8]? = nil) throws {
        self.init(leaves, beginning ?? term, isPrefix: beginning != nil)
        self.term = term
        isLeafNeeded = false
        guard try goOn() else { throw UnreadableTextIndex() }
    }

    /// The number of the leaf at hand.
    var page: Int { leaves.current }

    /// Whether the list may go on on the next leaf.
    var goesOn: Bool { leaf.isLast }

    // MARK: Documents

    /// Goes to the list's next document; false at its end.
    @inline(__always)
    mutating func next() throws -> Bool {
        let bytes = leaf.bytes
        guard let plain = LeafDocument(bytes, leaf.offset, leaf.end) else { return try readNext() }
        base &+= Int64(bitPattern: plain.difference)
        id = base
        isDeletion = false
        positionsStart = bytes + plain.positions
        length = plain.length
        leaf.offset = plain.end
        return true
    }

    /// Hands over the next documents, as long as they stand whole on the leaf at hand and nothing is said of older ones.
    @inline(__always)
    mutating func takePlain(_ take: (Int64, UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
        // Not the cursor's own: a processor's registers are nearer than memory.
        let (bytes, end) = (leaf.bytes, leaf.end)
        var (offset, base) = (leaf.offset, base)
        defer { (leaf.offset, self.base) = (offset, base) }
        while let plain = LeafDocument(bytes, offset, end) {
            base &+= Int64(bitPattern: plain.difference)
            offset = plain.end
            try take(base, UnsafeBufferPointer(start: bytes + plain.positions, count: plain.length))
        }
    }

    /// Passes over documents below an id, as far as they stand whole on the leaf at hand and nothing is said of older ones.
    @inline(__always)
    mutating func passPlain(below id: Int64) {
        let (bytes, end) = (leaf.bytes, leaf.end)
        var (offset, base) = (leaf.offset, base)
        while let plain = LeafDocument(bytes, offset, end) {
            let next = base &+ Int64(bitPattern: plain.difference)
            if next >= id { break }
            base = next
            offset = plain.end
        }
        (leaf.offset, self.base) = (offset, base)
    }

    /// Passes over documents below an id without a look, where whole leaves can be left out.
    @inline(__always)
    mutating func pass(to id: Int64) throws {
        if id >= nextLeafID { try passLeaves(to: id) }
    }

    @inline(never)
    private mutating func passLeaves(to id: Int64) throws {
        while id >= nextLeafID, leaf.isLast, try goOn() {}
    }

    @inline(never)
    private mutating func readNext() throws -> Bool {
        while leaf.offset >= leaf.end { guard leaf.isLast, try goOn() else { return false } }
        base &+= Int64(bitPattern: try number())
        id = base
        if leaf.offset == leaf.end { try continueDocument() }
        let size = try number()
        guard size >> 1 <= UInt64(LeafDocument.longestPositions) else { throw UnreadableTextIndex() }
        isDeletion = size & 1 == 1
        length = Int(size >> 1)
        if length <= leaf.end - leaf.offset {
            positionsStart = leaf.bytes + leaf.offset
            leaf.offset += length
            return true
        }
        markOfScratch = (leaves.current, leaf.offset - 1)
        scratch.keep(0)
        while true {
            let part = min(length - scratch.count, leaf.end - leaf.offset)
            scratch.append(contentsOf: UnsafeBufferPointer(start: leaf.bytes + leaf.offset, count: part))
            leaf.offset += part
            if scratch.count == length { break }
            try continueDocument()
        }
        // What follows on this leaf is counted anew.
        toFirstDocument()
        scratch.append(repeating: 0, count: LeafReader.padding)
        positionsStart = UnsafePointer(scratch.start)
        return true
    }

    /// A number in the list.
    private mutating func number() throws(UnreadableTextIndex) -> UInt64 {
        let (value, count) = TextVarint.get(leaf.bytes + leaf.offset)
        leaf.offset += count
        guard leaf.offset <= leaf.end else { throw UnreadableTextIndex() }
        return value
    }

    // MARK: Leaves

    /// Loads the next leaf; false at the segment's end.
    private mutating func load() throws -> Bool {
        guard let next = try leaves.read() else { return false }
        leaf = try LeafWords(next)
        return true
    }

    /// Goes to the next leaf's first document that begins there; false where the list does not go on.
    private mutating func goOn() throws -> Bool {
        guard try load() else {
            nextLeafID = .max
            return false
        }
        toFirstDocument()
        return true
    }

    /// Goes to the next leaf in the midst of a document.
    private mutating func continueDocument() throws {
        guard leaf.isLast, try load() else { throw UnreadableTextIndex() }
        toList()
    }

    private mutating func toFirstDocument() {
        let first = Int(leaf.bytes[0]) << 8 | Int(leaf.bytes[1])
        leaf.offset = first > 0 && first < leaf.end ? first : leaf.end
        toList()
    }

    /// What is to be known of a list, or of what of it stands on a leaf, before its documents are read.
    private mutating func toList() {
        base = 0
        nextLeafID = leaf.isLast ? leaves.peek()?.firstID ?? .max : .max
    }

    // MARK: Lists

    /// Goes to the next list, behind the end of the one at hand; false where there is none.
    mutating func nextList() throws -> Bool {
        if isLeafNeeded {
            isLeafNeeded = false
            guard try load() else { return false }
            // Where the leaf has but what goes before, the first one of the next is the first that may begin so.
            if let isBegun = try leaf.seek(sought, &term) { return isBegun && toSought() }
        } else if try isPrefix && leaf.next(&term) {
            return toSought()
        }
        while isPrefix, try load() { if try leaf.next(&term) { return toSought() } }
        return false
    }

    /// Whether the list at hand is of what is sought: those that are stand one after the other.
    private mutating func toSought() -> Bool {
        guard isPrefix ? term.starts(with: sought) : term.count == sought.count else { return false }
        toList()
        return true
    }
}
