import MailSearch

/// Lays terms and their documents out as FTS5's leaves, and writes them: the pages of one segment, the rows that find a
/// term's page, and the indexes of long lists of documents.
///
/// What comes out is what FTS5's own writer makes of the same, byte for byte.
struct TextSegmentWriter: ~Copyable {
    private let segment: Int64
    /// Octets of a leaf, about.
    private let pageSize: Int
    private let statements: TextIndexStatements

    private(set) var page: Int64 = 1
    private var leaf: ByteBlock
    /// Of the leaf: where its terms begin, each less the one before.
    private var termOffsets = ByteBlock(capacity: 1_024)
    private var lastTermOffset = 0
    private var lastTerm = ByteBlock(capacity: 256)
    private var isFirstTermInPage = true
    private var isFirstDocumentInPage = false
    /// Leaves without a term since the last that has one.
    private var termlessPages = 0
    /// The row that finds the last leaf with a term, not written yet: what the leaf's terms are not smaller than.
    private var branchTerm = ByteBlock(capacity: 256)
    private var branchPage: Int64 = 1
    private var listIndex: [ListIndexLevel] = [ListIndexLevel()]
    /// Written after the leaves, since their rows come after them.
    private var listIndexRows: [(id: Int64, bytes: [UInt8])] = []

    private struct ListIndexLevel {
        var page: Int64 = 0
        var last: Int64?
        var bytes: [UInt8] = []
    }

    /// With fewer leaves without a term, a list has no index.
    private static let leastTermlessPages = 4
    private static let header = 4

    init(segment: Int, pageSize: Int, _ statements: TextIndexStatements) {
        self.segment = Int64(segment)
        self.pageSize = pageSize
        self.statements = statements
        leaf = ByteBlock(capacity: pageSize + 512)
        leaf.append(varint: 0)
        leaf.append(varint: 0)
        leaf.append(varint: 0)
        leaf.append(varint: 0)
    }

    private static func listIndexRowID(segment: Int64, level: Int, page: Int64) -> Int64 {
        segment << 37 + 1 << 36 + Int64(level) << 31 + page
    }

    // MARK: Terms and documents

    /// Adds a term, larger than those before, and its documents.
    ///
    /// - Parameter list: FTS5's doclist: for each document the difference of its number to that of the one before, the
    ///   size of its position list, doubled, and that list.
    mutating func add(_ term: UnsafeBufferPointer<UInt8>, _ list: UnsafeBufferPointer<UInt8>) throws {
        try add(term: term)
        guard let bytes = list.baseAddress else { return }
        if pageSize >= leaf.count + termOffsets.count + list.count + 1 {
            leaf.append(bytes, list.count)
            return
        }
        var document: Int64 = 0
        var offset = 0
        while offset < list.count {
            let (difference, length) = TextVarint.get(bytes + offset)
            offset += length
            document &+= Int64(bitPattern: difference)
            if isFirstDocumentInPage {
                leaf.start[0] = UInt8(truncatingIfNeeded: leaf.count >> 8)
                leaf.start[1] = UInt8(truncatingIfNeeded: leaf.count)
                leaf.append(varint: UInt64(bitPattern: document))
                isFirstDocumentInPage = false
                appendToListIndex(document)
            } else {
                leaf.append(varint: difference)
            }
            let (size, sizeLength) = TextVarint.get(bytes + offset)
            let count = sizeLength + Int(size / 2)
            if leaf.count + termOffsets.count + count <= pageSize {
                leaf.append(bytes + offset, count)
            } else {
                try addParts(bytes + offset, count)
            }
            offset += count
        }
    }

    /// A position list that ends on another leaf; no varint of it is parted.
    private mutating func addParts(_ bytes: UnsafePointer<UInt8>, _ count: Int) throws {
        var done = 0
        while done < count {
            let room = pageSize - leaf.count - termOffsets.count
            var part = count - done
            if part > room {
                part = TextVarint.get(bytes + done).length
                while part < room {
                    let next = TextVarint.get(bytes + done + part).length
                    if part + next > room { break }
                    part += next
                }
            }
            leaf.append(bytes + done, part)
            done += part
            if leaf.count + termOffsets.count >= pageSize { try writeLeaf() }
        }
    }

    private mutating func add(term: UnsafeBufferPointer<UInt8>) throws {
        guard let bytes = term.baseAddress else { return }
        if leaf.count + termOffsets.count + term.count + 2 >= pageSize, leaf.count > Self.header { try writeLeaf() }
        termOffsets.append(varint: UInt64(leaf.count - lastTermOffset))
        lastTermOffset = leaf.count
        var common = 0
        let most = min(lastTerm.count, term.count)
        while common < most, lastTerm.start[common] == bytes[common] { common &+= 1 }
        if isFirstTermInPage {
            if page != 1 { try beginBranch(bytes, lastTerm.count > 0 ? common + 1 : term.count) }
            common = 0
        } else {
            leaf.append(varint: UInt64(common))
        }
        leaf.append(varint: UInt64(term.count - common))
        leaf.append(bytes + common, term.count - common)
        lastTerm.count = 0
        lastTerm.append(bytes, term.count)
        isFirstTermInPage = false
        isFirstDocumentInPage = false
        listIndex[0].page = page
    }

    // MARK: Pages

    private mutating func writeLeaf() throws {
        leaf.start[2] = UInt8(truncatingIfNeeded: leaf.count >> 8)
        leaf.start[3] = UInt8(truncatingIfNeeded: leaf.count)
        if isFirstTermInPage {
            if isFirstDocumentInPage, !listIndex[0].bytes.isEmpty { listIndex[0].bytes.append(0) }
            termlessPages += 1
        } else {
            leaf.append(termOffsets.start, termOffsets.count)
        }
        try statements.writeData(
            TextStructure.rowID(segment: segment, page: page),
            UnsafeRawBufferPointer(start: leaf.start, count: leaf.count))
        leaf.count = Self.header
        UnsafeMutableRawPointer(leaf.start).storeBytes(of: 0, as: UInt32.self)
        termOffsets.count = 0
        lastTermOffset = 0
        page += 1
        isFirstTermInPage = true
        isFirstDocumentInPage = true
    }

    /// A leaf has its first term: what finds the one before it is complete.
    private mutating func beginBranch(_ term: UnsafePointer<UInt8>, _ count: Int) throws {
        try writeBranch()
        branchTerm.count = 0
        branchTerm.append(term, count)
        branchPage = page
    }

    private mutating func writeBranch() throws {
        let hasListIndex = !listIndex[0].bytes.isEmpty && termlessPages >= Self.leastTermlessPages
        endListIndex(isKept: hasListIndex)
        termlessPages = 0
        try statements.writeBranch(
            segment, UnsafeRawBufferPointer(start: branchTerm.start, count: branchTerm.count),
            branchPage << 1 | (hasListIndex ? 1 : 0))
    }

    /// Writes what is left; how many leaves there are.
    mutating func finish() throws -> Int {
        if leaf.count > Self.header { try writeLeaf() }
        guard page > 1 else { return 0 }
        try writeBranch()
        for row in listIndexRows.sorted(by: { $0.id < $1.id }) {
            try row.bytes.withUnsafeBytes { try statements.writeData(row.id, $0) }
        }
        return Int(page - 1)
    }

    // MARK: The index of a long list

    /// A document is the first on a leaf that has no term before it.
    private mutating func appendToListIndex(_ document: Int64) {
        var level = 0
        while true {
            let isFull = listIndex[level].bytes.count >= pageSize
            if isFull {
                listIndex[level].bytes[0] = 1
                keepListIndex(level)
                if level + 1 == listIndex.count { listIndex.append(ListIndexLevel()) }
                if listIndex[level + 1].bytes.isEmpty {
                    // It was the root: its first document stands in the new root too.
                    let first = firstDocument(listIndex[level].bytes)
                    var root = ListIndexLevel(page: listIndex[level].page, last: first)
                    root.bytes.append(0)
                    TextVarint.append(UInt64(listIndex[level].page), to: &root.bytes)
                    TextVarint.append(UInt64(bitPattern: first), to: &root.bytes)
                    listIndex[level + 1] = root
                }
                listIndex[level].bytes.removeAll(keepingCapacity: true)
                listIndex[level].last = nil
                listIndex[level].page += 1
            }
            if let last = listIndex[level].last {
                TextVarint.append(UInt64(bitPattern: document &- last), to: &listIndex[level].bytes)
            } else {
                let below = level == 0 ? page : listIndex[level - 1].page
                listIndex[level].bytes.append(isFull ? 1 : 0)
                TextVarint.append(UInt64(below), to: &listIndex[level].bytes)
                TextVarint.append(UInt64(bitPattern: document), to: &listIndex[level].bytes)
            }
            listIndex[level].last = document
            guard isFull else { return }
            level += 1
        }
    }

    private func firstDocument(_ bytes: [UInt8]) -> Int64 {
        var index = 1
        _ = TextVarint.read(bytes, &index)
        return Int64(bitPattern: TextVarint.read(bytes, &index) ?? 0)
    }

    private mutating func keepListIndex(_ level: Int) {
        listIndexRows.append(
            (
                Self.listIndexRowID(segment: segment, level: level, page: listIndex[level].page),
                listIndex[level].bytes
            ))
    }

    private mutating func endListIndex(isKept: Bool) {
        for level in listIndex.indices {
            guard !listIndex[level].bytes.isEmpty else { break }
            if isKept { keepListIndex(level) }
            listIndex[level].bytes.removeAll(keepingCapacity: true)
            listIndex[level].last = nil
        }
    }
}
