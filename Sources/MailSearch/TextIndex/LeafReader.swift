/// Reads a segment's leaves one after the other, into memory of its own: several lists are walked side by side.
final class LeafReader {
    typealias Segment = TextStructure.Segment

    /// Octets of a leaf at most: FTS5's are of 65,000 and one word.
    static let longestLeaf = 1 << 20
    /// Zeros behind each leaf, so that numbers can be read without asking whether they end.
    static let padding = 2 * TextVarint.longest
    /// Leaves that are read at once: one at first, since most lists end there. Eight of the usual length are less than what
    /// glibc has mapped and unmapped each time.
    static let mostLeaves = 8

    struct Leaf {
        var bytes: UnsafePointer<UInt8>
        var count: Int

        /// Where the first document that begins on it has its id; 0 where none begins.
        var firstOffset: Int { count < 4 ? 0 : Int(bytes[0]) << 8 | Int(bytes[1]) }

        /// That id.
        var firstID: Int64? {
            let offset = firstOffset
            return offset >= 4 && offset < count ? Int64(bitPattern: TextVarint.get(bytes + offset).value) : nil
        }
    }

    private let pages: LeafPages
    private let segment: Segment
    private var page: Int
    private let mostLeaves: Int
    private var chunk = 1
    private let memory = LeafMemory.take()
    /// Where the leaves that were read stand in memory, and how long they are.
    private let leaves = Block<(start: Int, count: Int)>(capacity: LeafReader.mostLeaves)
    private var next = 0

    /// - Parameters:
    ///   - page: of the first leaf that is wanted.
    ///   - mostLeaves: that are read at once.
    init(_ pages: LeafPages, _ segment: Segment, from page: Int, mostLeaves: Int = LeafReader.mostLeaves) {
        self.mostLeaves = mostLeaves
        self.pages = pages
        self.segment = segment
        self.page = page
    }

    deinit { memory.giveBack() }

    /// The next leaf, valid until the next but ``peek()``; nil at the segment's end.
    ///
    /// - Throws: `UnreadableTextIndex` where one is missing, and what SQLite throws, also once the search is given up.
    func read() throws -> Leaf? {
        if next == leaves.count {
            try fill()
            if leaves.count == 0 { return nil }
        }
        next += 1
        return leaf(next - 1)
    }

    /// The number of the leaf that was read last.
    var current: Int { page - leaves.count + next - 1 }

    /// The leaf behind the one that was read last, if it is in memory already.
    func peek() -> Leaf? { next < leaves.count ? leaf(next) : nil }

    private func leaf(_ index: Int) -> Leaf {
        let leaf = leaves.start[index]
        return Leaf(bytes: memory.octets.start + leaf.start, count: leaf.count)
    }

    private func fill() throws {
        memory.octets.keep(0)
        leaves.keep(0)
        next = 0
        guard page <= segment.lastPage else { return }
        let last = min(page + chunk - 1, segment.lastPage)
        chunk = min(chunk * 2, mostLeaves)
        try pages.limit?.check()
        let rows = pages.rows
        rows.bind(1, row(page))
        rows.bind(2, row(last))
        defer { rows.reset() }
        while try rows.step() {
            guard rows.integer(0) == row(page) else { throw UnreadableTextIndex() }
            try rows.withBytes(1) { bytes in
                guard bytes.count <= Self.longestLeaf else { throw UnreadableTextIndex() }
                leaves.append((memory.octets.count, bytes.count))
                memory.octets.append(contentsOf: bytes.bindMemory(to: UInt8.self))
                memory.octets.append(repeating: 0, count: Self.padding)
            }
            page += 1
        }
        guard page == last + 1 else { throw UnreadableTextIndex() }
    }

    /// The id of the first document that begins on a leaf, of those of the list that goes on there from the leaf before; nil
    /// where none does.
    static func firstID(_ pages: LeafPages, _ segment: Segment, on page: Int) throws -> Int64? {
        let reader = LeafReader(pages, segment, from: page, mostLeaves: 1)
        // The leaf stands in its memory.
        return try withExtendedLifetime(reader) {
            guard let leaf = try reader.read(), leaf.count >= 4 else { throw UnreadableTextIndex() }
            let footer = Int(leaf.bytes[2]) << 8 | Int(leaf.bytes[3])
            if footer < leaf.count, TextVarint.get(leaf.bytes + footer).value <= leaf.firstOffset { return nil }
            return leaf.firstID
        }
    }

    private func row(_ page: Int) -> Int64 {
        TextStructure.rowID(segment: Int64(segment.id), page: Int64(page))
    }
}
