/// Reads FTS5's lists of documents from its own tables, for what FTS5 has no call for: how many documents have a word.
///
/// FTS5 gives its hits as rows, one by one; to count a word that half of a million messages have, or to join the lists of a
/// hundred words that begin alike, takes it ten times as long as walking the lists.
///
/// The format is that of FTS5's version 4, told at the top of SQLite's fts5_index.c.
struct TextIndexReader {
    /// Octets of a leaf at most: FTS5's are of 65,000 and one word.
    static let longestPage = 1 << 20
    /// Octets of a position list at most.
    static let longestPositions = 1 << 28
    /// Begins each word in the index: what FTS5 puts before those of the index of whole words.
    static let mainIndex = UInt8(ascii: "0")

    private typealias Segment = TextStructure.Segment

    /// The newest first: what it says of a document is what counts.
    private let segments: [Segment]
    private let pages, branch, nextBranch: SQLStatement

    /// Nil where the index is in a form that is not known here.
    init?(_ database: SQLiteDatabase) throws {
        guard
            try SQLStatement.cached(database, "SELECT v FROM message_text_config WHERE k = 'version'").runForInteger()
                == TextStructure.version
        else { return nil }
        let record = try SQLStatement.cached(database, "SELECT block FROM message_text_data WHERE id = ?")
        record.bind(1, TextStructure.row)
        defer { record.reset() }
        guard try record.step(), let structure = TextStructure(record.blob(0)) else { return nil }
        // A segment whose words have all been merged into another has no pages.
        segments = structure.levels.flatMap { $0.segments.reversed() }.filter { $0.firstPage > 0 }
        pages = try SQLStatement.cached(
            database, "SELECT id, block FROM message_text_data WHERE id BETWEEN ? AND ? ORDER BY id")
        branch = try SQLStatement.cached(
            database,
            "SELECT pgno >> 1 FROM message_text_idx WHERE segid = ? AND term <= ? ORDER BY term DESC LIMIT 1")
        nextBranch = try SQLStatement.cached(
            database, "SELECT pgno >> 1 FROM message_text_idx WHERE segid = ? AND term > ? ORDER BY term LIMIT 1")
    }

    /// Whether no document can be handed over twice.
    var isOnePiece: Bool { segments.count <= 1 }

    private static func row(_ segment: Segment, _ page: Int) -> Int64 {
        TextStructure.rowID(segment: Int64(segment.id), page: Int64(page))
    }

    private func firstPage(of term: [UInt8], in segment: Segment) throws -> Int {
        branch.bind(1, segment.id)
        branch.bind(2, term)
        return max(Int(try branch.runForInteger() ?? 0), segment.firstPage)
    }

    /// How many leaves the lists of a word take, or of all that begin with it: not exact, at least one a segment.
    func pageCount(of term: [UInt8], isPrefix: Bool) throws -> Int {
        var count = 0
        for segment in segments {
            let first = try firstPage(of: term, in: segment)
            nextBranch.bind(1, segment.id)
            // No word has a byte of 255.
            nextBranch.bind(2, isPrefix ? term + [0xFF] : term)
            count += max(Int(try nextBranch.runForInteger() ?? Int64(segment.lastPage)) - first, 1)
        }
        return count
    }

    // MARK: Lists

    /// What newer segments say of documents, by the words: what older ones say of the same is not looked at.
    private final class Newer {
        /// Documents at most, eight octets each.
        static let most = 1 << 23
        let ids = Block<Int64>()
        private var lists: [[UInt8]: [Range<Int>]] = [:]

        func lists(of term: [UInt8]) -> [Range<Int>] { lists.isEmpty ? [] : lists[term] ?? [] }

        /// Makes a list of the ids from `start` on.
        func endList(of term: [UInt8], from start: Int) throws(UnreadableTextIndex) {
            guard ids.count > start else { return }
            guard ids.count <= Self.most else { throw UnreadableTextIndex() }
            lists[term, default: []].append(start..<ids.count)
        }
    }

    /// Hands over each document that has a word, or each of every word that begins with it.
    ///
    /// To a sink that reads positions it is given once for each word, as the newest segment has it; to others perhaps more
    /// than once.
    ///
    /// - Parameter term: in the form in which the index has it, with ``mainIndex`` before it.
    /// - Throws: ``UnreadableTextIndex``, and what SQLite throws.
    func walk<Sink: PostingSink>(_ term: [UInt8], isPrefix: Bool, into sink: inout Sink) throws {
        let newer = Newer()
        let buffer = PageBuffer()
        for (age, segment) in segments.enumerated() {
            var walk = ListWalk(term, isPrefix: isPrefix, isOldest: age == segments.count - 1, newer, buffer)
            var page = try firstPage(of: term, in: segment)
            pages.bind(1, Self.row(segment, page))
            pages.bind(2, Self.row(segment, segment.lastPage))
            defer { pages.reset() }
            while try pages.step() {
                guard pages.integer(0) == Self.row(segment, page) else { throw UnreadableTextIndex() }
                page += 1
                try pages.withBytes(1) { try buffer.load($0) }
                guard try walk.read(into: &sink) else { break }
            }
            try walk.end()
        }
    }

    /// A leaf in memory, with zeros behind it, so that a number can be read without asking whether it ends.
    private final class PageBuffer {
        static let padding = 2 * TextVarint.longest
        private(set) var start: UnsafeMutablePointer<UInt8>
        private(set) var count = 0
        private var capacity: Int

        init() {
            capacity = 1 << 14
            start = .allocate(capacity: capacity)
        }

        deinit { start.deallocate() }

        func load(_ bytes: UnsafeRawBufferPointer) throws(UnreadableTextIndex) {
            guard bytes.count <= TextIndexReader.longestPage, let base = bytes.baseAddress else {
                throw UnreadableTextIndex()
            }
            if bytes.count + Self.padding > capacity {
                start.deallocate()
                capacity = bytes.count + Self.padding
                start = .allocate(capacity: capacity)
            }
            count = bytes.count
            UnsafeMutableRawPointer(start).copyMemory(from: base, byteCount: count)
            (start + count).initialize(repeating: 0, count: Self.padding)
        }
    }

    /// The walk through one segment.
    private struct ListWalk {
        private let sought: [UInt8]
        private let isPrefix: Bool
        private let isOldest: Bool
        private let newer: Newer
        private let buffer: PageBuffer
        /// The word that was read last.
        private var term: [UInt8] = []
        /// A list that is sought goes on on the next leaf.
        private var isInList = false
        private var id: Int64 = 0
        private var isDeletion = false
        /// The id is read, but the length of its positions stands on the next leaf.
        private var isLengthDue = false
        /// The document's positions are not read to their end.
        private var isOpen = false
        private var length = 0
        /// Octets of them that are to come.
        private var due = 0
        private let positions = Block<UInt8>()
        /// The lists of this word in newer segments, as far as they are not passed.
        private var newerLists: [Range<Int>] = []
        /// Where this list begins among those.
        private var listStart = 0

        init(_ sought: [UInt8], isPrefix: Bool, isOldest: Bool, _ newer: Newer, _ buffer: PageBuffer) {
            self.sought = sought
            self.isPrefix = isPrefix
            self.isOldest = isOldest
            self.newer = newer
            self.buffer = buffer
        }

        /// Reads the leaf; whether there may be more on the next.
        mutating func read<Sink: PostingSink>(into sink: inout Sink) throws(UnreadableTextIndex) -> Bool {
            let bytes = buffer.start
            guard buffer.count >= 4 else { throw UnreadableTextIndex() }
            let firstDocument = Int(bytes[0]) << 8 | Int(bytes[1])
            let end = Int(bytes[2]) << 8 | Int(bytes[3])
            guard end >= 4, end <= buffer.count else { throw UnreadableTextIndex() }
            // Where words begin, each less the one before, stands behind the leaf's end.
            var footer = end
            var next = end
            if footer < buffer.count {
                next = try number(&footer)
                guard next >= 4, next < end else { throw UnreadableTextIndex() }
            }
            if isInList {
                try goOn(firstDocument, until: next, into: &sink)
                if next == end { return true }
                try endList()
            }
            var isFirst = true
            while next < end {
                var offset = next
                let common = isFirst ? 0 : try number(&offset)
                let length = try number(&offset)
                guard common <= term.count, length > 0, length <= end - offset else { throw UnreadableTextIndex() }
                term.removeLast(term.count - common)
                term.append(contentsOf: UnsafeBufferPointer(start: bytes + offset, count: length))
                offset += length
                isFirst = false
                if footer < buffer.count {
                    let step = try number(&footer)
                    guard step > 0, step < end - next, next + step >= offset else { throw UnreadableTextIndex() }
                    next += step
                } else {
                    next = end
                }
                switch order() {
                case .before: continue
                case .behind: return false
                case .sought:
                    newerLists = newer.lists(of: term)
                    listStart = newer.ids.count
                    sink.begin()
                    isInList = true
                    id = 0
                    try documents(from: offset, until: next, into: &sink)
                    if next < end {
                        try endList()
                        if !isPrefix { return false }
                    }
                }
            }
            return isPrefix || isInList
        }

        /// To be called at the segment's end.
        mutating func end() throws(UnreadableTextIndex) {
            if isInList { try endList() }
        }

        private mutating func endList() throws(UnreadableTextIndex) {
            guard !isOpen, !isLengthDue else { throw UnreadableTextIndex() }
            isInList = false
            try newer.endList(of: term, from: listStart)
        }

        private enum Order { case before, sought, behind }

        private func order() -> Order {
            let most = min(term.count, sought.count)
            var index = 0
            while index < most, term[index] == sought[index] { index &+= 1 }
            if index < most { return term[index] < sought[index] ? .before : .behind }
            if term.count < sought.count { return .before }
            return term.count == sought.count || isPrefix ? .sought : .behind
        }

        /// A list goes on on this leaf.
        private mutating func goOn<Sink: PostingSink>(
            _ firstDocument: Int, until end: Int, into sink: inout Sink
        ) throws(UnreadableTextIndex) {
            var offset = 4
            if isLengthDue {
                offset = try length(at: offset, until: end)
                isLengthDue = false
            }
            if isOpen {
                let part = min(due, end - offset)
                if Sink.readsPositions {
                    positions.append(contentsOf: UnsafeBufferPointer(start: buffer.start + offset, count: part))
                }
                due -= part
                if due > 0 { return }
                try give(positions.elements, into: &sink)
            }
            guard firstDocument > 0, firstDocument < end else { return }
            id = 0
            try documents(from: firstDocument, until: end, into: &sink)
        }

        /// Opens a document by the length of its positions, which says too whether it was taken out; the offset behind.
        private mutating func length(at offset: Int, until end: Int) throws(UnreadableTextIndex) -> Int {
            let (size, count) = TextVarint.get(buffer.start + offset)
            guard offset + count <= end, size >> 1 <= UInt64(TextIndexReader.longestPositions) else {
                throw UnreadableTextIndex()
            }
            isDeletion = size & 1 == 1
            length = Int(size >> 1)
            due = length
            isOpen = true
            positions.keep(0)
            return offset + count
        }

        private mutating func documents<Sink: PostingSink>(
            from start: Int, until end: Int, into sink: inout Sink
        ) throws(UnreadableTextIndex) {
            let bytes = buffer.start
            let isPlain = newerLists.isEmpty && (!Sink.readsPositions || isOldest)
            var id = id
            var offset = start
            while offset < end {
                let (difference, count) = TextVarint.get(bytes + offset)
                offset &+= count
                id &+= Int64(bitPattern: difference)
                if offset < end {
                    let (size, count) = TextVarint.get(bytes + offset)
                    let length = Int(truncatingIfNeeded: size >> 1)
                    let following = offset &+ count &+ length
                    // What is there for most, with nothing to look at twice.
                    if size & 1 == 0, isPlain, length > 0, length <= TextIndexReader.longestPositions, following <= end
                    {
                        try sink.take(id, UnsafeBufferPointer(start: bytes + offset + count, count: length))
                        offset = following
                        continue
                    }
                }
                self.id = id
                guard offset < end else {
                    guard offset == end else { throw UnreadableTextIndex() }
                    isLengthDue = true
                    return
                }
                offset = try length(at: offset, until: end)
                let part = min(due, end - offset)
                let here = UnsafeBufferPointer(start: UnsafePointer(bytes + offset), count: part)
                due -= part
                offset += part
                if due > 0 {
                    if Sink.readsPositions { positions.append(contentsOf: here) }
                    return
                }
                try give(here, into: &sink)
            }
            self.id = id
        }

        /// The open document is read whole.
        private mutating func give<Sink: PostingSink>(
            _ positions: UnsafeBufferPointer<UInt8>, into sink: inout Sink
        ) throws(UnreadableTextIndex) {
            isOpen = false
            // For a set it is enough to know what was taken out.
            if !isOldest, Sink.readsPositions || isDeletion { newer.ids.append(id) }
            if length > 0, !isInNewerList() { try sink.take(id, positions) }
        }

        private mutating func isInNewerList() -> Bool {
            var isFound = false
            for list in newerLists.indices {
                var first = newerLists[list].lowerBound
                let end = newerLists[list].upperBound
                while first < end, newer.ids.start[first] < id { first += 1 }
                newerLists[list] = first..<end
                if first < end, newer.ids.start[first] == id { isFound = true }
            }
            return isFound
        }

        @inline(__always)
        private func number(_ offset: inout Int) throws(UnreadableTextIndex) -> Int {
            let (value, count) = TextVarint.get(buffer.start + offset)
            offset += count
            guard offset <= buffer.count, value <= UInt64(TextIndexReader.longestPage) else {
                throw UnreadableTextIndex()
            }
            return Int(value)
        }
    }
}
