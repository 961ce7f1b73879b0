/// Goes through the lists of a word in one segment, or of all words that begin with it: list by list, document by document.
///
/// The format is that of FTS5's version 4, told at the top of SQLite's fts5_index.c. What is damaged is read as something or
/// refused, but nothing is read past its end.
struct PostingCursor {
    /// Octets of a position list at most.
    private static let longestPositions = 1 << 28

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

    // MARK: The leaf at hand

    private var bytes: UnsafePointer<UInt8>
    private var offset = 0
    /// Where the list ends, or goes on on the next leaf.
    private var end = 0
    private var leafEnd = 0
    private var leafCount = 0
    /// What tells where words begin, each less the one before.
    private var footer = 0
    private var isFirstWord = true
    /// What the next document's id is counted from.
    private var base: Int64 = 0
    /// The first document on the next leaf is of this list and has this id.
    private var nextLeafID = Int64.max
    private var isLeafNeeded = true

    /// Positions that stand on several leaves.
    private let scratch = Block<UInt8>(capacity: 64)

    /// The word that the list is of, with ``TextIndexReader/mainIndex`` before it.
    private(set) var term: [UInt8] = []

    /// - Parameters:
    ///   - leaves: from the one on which the word would stand.
    ///   - term: with ``TextIndexReader/mainIndex`` before it.
    init(_ leaves: LeafReader, _ term: [UInt8], isPrefix: Bool) {
        self.leaves = leaves
        sought = term
        self.isPrefix = isPrefix
        bytes = UnsafePointer(scratch.start)
        positionsStart = bytes
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
    var goesOn: Bool { end == leafEnd }

    // MARK: Documents

    /// A document that stands whole on the leaf at hand, with nothing said of an older one: what most are.
    private struct Plain {
        var difference: UInt64
        var positions: Int
        var length: Int
        var end: Int
    }

    /// What stands at an offset, if it is plain. Behind the list's end stands what makes no document that ends within it.
    @inline(__always)
    private static func plain(_ bytes: UnsafePointer<UInt8>, _ offset: Int, _ end: Int) -> Plain? {
        let (difference, count) = TextVarint.get(bytes + offset)
        let (size, sizeCount) = TextVarint.get(bytes + (offset &+ count))
        let positions = offset &+ count &+ sizeCount
        let length = Int(truncatingIfNeeded: size >> 1)
        let following = positions &+ length
        guard size & 1 == 0, length > 0, length <= longestPositions, following <= end else { return nil }
        return Plain(difference: difference, positions: positions, length: length, end: following)
    }

    /// Goes to the list's next document; false at its end.
    @inline(__always)
    mutating func next() throws -> Bool {
        guard let plain = Self.plain(bytes, offset, end) else { return try readNext() }
        base &+= Int64(bitPattern: plain.difference)
        id = base
        isDeletion = false
        positionsStart = bytes + plain.positions
        length = plain.length
        offset = plain.end
        return true
    }

    /// Hands over the next documents, as long as they stand whole on the leaf at hand and nothing is said of older ones.
    @inline(__always)
    mutating func takePlain(_ take: (Int64, UnsafeBufferPointer<UInt8>) throws -> Void) rethrows {
        // Not the cursor's own: a processor's registers are nearer than memory.
        let (bytes, end) = (bytes, end)
        var (offset, base) = (offset, base)
        defer { (self.offset, self.base) = (offset, base) }
        while let plain = Self.plain(bytes, offset, end) {
            base &+= Int64(bitPattern: plain.difference)
            offset = plain.end
            try take(base, UnsafeBufferPointer(start: bytes + plain.positions, count: plain.length))
        }
    }

    /// Passes over documents below an id, as far as they stand whole on the leaf at hand and nothing is said of older ones.
    @inline(__always)
    mutating func passPlain(below id: Int64) {
        let (bytes, end) = (bytes, end)
        var (offset, base) = (offset, base)
        while let plain = Self.plain(bytes, offset, end) {
            let next = base &+ Int64(bitPattern: plain.difference)
            if next >= id { break }
            base = next
            offset = plain.end
        }
        (self.offset, self.base) = (offset, base)
    }

    /// Passes over documents below an id without a look, where whole leaves can be left out.
    @inline(__always)
    mutating func pass(to id: Int64) throws {
        if id >= nextLeafID { try passLeaves(to: id) }
    }

    @inline(never)
    private mutating func passLeaves(to id: Int64) throws {
        while id >= nextLeafID, end == leafEnd, try goOn() {}
    }

    @inline(never)
    private mutating func readNext() throws -> Bool {
        while offset >= end { guard end == leafEnd, try goOn() else { return false } }
        let (difference, count) = TextVarint.get(bytes + offset)
        offset += count
        guard offset <= end else { throw UnreadableTextIndex() }
        base &+= Int64(bitPattern: difference)
        id = base
        if offset == end { try continueDocument() }
        let (size, sizeCount) = TextVarint.get(bytes + offset)
        offset += sizeCount
        guard offset <= end, size >> 1 <= UInt64(Self.longestPositions) else { throw UnreadableTextIndex() }
        isDeletion = size & 1 == 1
        length = Int(size >> 1)
        if length <= end - offset {
            positionsStart = bytes + offset
            offset += length
            return true
        }
        scratch.keep(0)
        while true {
            let part = min(length - scratch.count, end - offset)
            scratch.append(contentsOf: UnsafeBufferPointer(start: bytes + offset, count: part))
            offset += part
            if scratch.count == length { break }
            try continueDocument()
        }
        // What follows on this leaf is counted anew.
        toFirstDocument()
        scratch.append(repeating: 0, count: LeafReader.padding)
        positionsStart = UnsafePointer(scratch.start)
        return true
    }

    // MARK: Leaves

    /// Loads the next leaf; false at the segment's end.
    private mutating func load() throws -> Bool {
        guard let leaf = try leaves.read() else { return false }
        guard leaf.count >= 4 else { throw UnreadableTextIndex() }
        bytes = leaf.bytes
        leafCount = leaf.count
        leafEnd = Int(bytes[2]) << 8 | Int(bytes[3])
        guard leafEnd >= 4, leafEnd <= leafCount else { throw UnreadableTextIndex() }
        footer = leafEnd
        end = leafEnd
        isFirstWord = true
        offset = 4
        if footer < leafCount {
            end = try Self.number(bytes, leafCount, &footer)
            guard end >= 4, end < leafEnd else { throw UnreadableTextIndex() }
        }
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
        guard end == leafEnd, try load() else { throw UnreadableTextIndex() }
        base = 0
        nextLeafID = end == leafEnd ? leaves.peek()?.firstID ?? .max : .max
    }

    private mutating func toFirstDocument() {
        let first = Int(bytes[0]) << 8 | Int(bytes[1])
        offset = first > 0 && first < end ? first : end
        base = 0
        nextLeafID = end == leafEnd ? leaves.peek()?.firstID ?? .max : .max
    }

    // MARK: Lists

    private enum Order { case before, sought, behind }

    /// Goes to the next list, behind the end of the one at hand; false where there is none.
    mutating func nextList() throws -> Bool {
        if isLeafNeeded {
            isLeafNeeded = false
            guard try load() else { return false }
        } else if !isPrefix {
            return false
        }
        while true {
            while end < leafEnd {
                offset = end
                let common = isFirstWord ? 0 : try Self.number(bytes, leafCount, &offset)
                let length = try Self.number(bytes, leafCount, &offset)
                guard common <= term.count, length > 0, length <= leafEnd - offset else { throw UnreadableTextIndex() }
                term.removeLast(term.count - common)
                term.append(contentsOf: UnsafeBufferPointer(start: bytes + offset, count: length))
                offset += length
                isFirstWord = false
                if footer < leafCount {
                    let step = try Self.number(bytes, leafCount, &footer)
                    guard step > 0, step < leafEnd - end, end + step >= offset else { throw UnreadableTextIndex() }
                    end += step
                } else {
                    end = leafEnd
                }
                switch Self.order(of: term, sought, isPrefix: isPrefix) {
                case .before: continue
                case .behind: return false
                case .sought:
                    base = 0
                    nextLeafID = end == leafEnd ? leaves.peek()?.firstID ?? .max : .max
                    return true
                }
            }
            guard isPrefix, try load() else { return false }
        }
    }

    private static func order(of term: [UInt8], _ sought: [UInt8], isPrefix: Bool) -> Order {
        let most = min(term.count, sought.count)
        var index = 0
        while index < most, term[index] == sought[index] { index &+= 1 }
        if index < most { return term[index] < sought[index] ? .before : .behind }
        if term.count < sought.count { return .before }
        return term.count == sought.count || isPrefix ? .sought : .behind
    }

    /// A number on a leaf of so many bytes.
    private static func number(
        _ bytes: UnsafePointer<UInt8>, _ count: Int, _ offset: inout Int
    ) throws(UnreadableTextIndex) -> Int {
        let (value, length) = TextVarint.get(bytes + offset)
        offset += length
        guard offset <= count, value <= UInt64(LeafReader.longestLeaf) else { throw UnreadableTextIndex() }
        return Int(value)
    }
}
