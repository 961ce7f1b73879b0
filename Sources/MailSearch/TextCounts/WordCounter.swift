/// Counts the documents of all words in some segments, and of their beginnings, as it goes through the lists once.
struct WordCounter {
    private let cursors: UnsafeMutableBufferPointer<PostingCursor>
    /// What newer segments name: what stands here is out of date.
    private let newer: DocumentSet
    private let hasNewer: Bool
    private let fewest: Int

    /// Words of enough documents, as the text index has them.
    private(set) var words: [(term: [UInt8], documents: Int)] = []
    private(set) var beginnings: BeginningCounter
    /// What is out of date.
    let outdated = DocumentSet()

    private var ids = Block<Int64>()

    /// Ends with ``deallocate()``.
    init(_ segments: TextIndexReader, newer: DocumentSet, fewest: Int) throws {
        cursors = .allocate(capacity: segments.segmentCount)
        _ = cursors.initialize(from: try (0..<segments.segmentCount).map { try segments.cursorOfAllWords($0) })
        self.newer = newer
        hasNewer = newer.count > 0
        self.fewest = fewest
        beginnings = BeginningCounter(fewest: fewest)
    }

    func deallocate() {
        cursors.deinitialize()
        cursors.deallocate()
    }

    /// - Returns: whether it came to the end.
    mutating func run(_ isCancelled: () -> Bool) throws -> Bool {
        var open = try cursors.indices.filter { try cursors[$0].nextList() }
        while var least = open.first {
            if isCancelled() { return false }
            for index in open.dropFirst() where Self.isLess(cursors[index].term, cursors[least].term) { least = index }
            let term = cursors[least].term
            let lists = open.filter { cursors[$0].term == term }
            ids.keep(0)
            if lists.count == 1 { try read(least) } else { try join(lists) }
            if !Self.isStem(term), ids.count > 0 {
                if ids.count >= fewest { words.append((term, ids.count)) }
                try beginnings.add(term, &ids)
            }
            for index in lists where try !cursors[index].nextList() { open.removeAll { $0 == index } }
        }
        try beginnings.finish()
        return true
    }

    private static func isLess(_ one: [UInt8], _ other: [UInt8]) -> Bool { one.lexicographicallyPrecedes(other) }

    private static func isStem(_ term: [UInt8]) -> Bool { term.dropFirst().starts(with: Stemming.markerBytes) }

    private func read(_ list: Int) throws {
        while true {
            try cursors[list].takePlain { id, _ in try take(id) }
            guard try cursors[list].next() else { return }
            if cursors[list].length > 0 { try take(cursors[list].id) }
        }
    }

    /// Each document once, as the newest segment has it.
    private func join(_ lists: [Int]) throws {
        var ids = try lists.map { try cursors[$0].next() ? cursors[$0].id : .max }
        while let id = ids.min(), id < .max {
            var isNewest = true
            for (place, list) in lists.enumerated() where ids[place] == id {
                if isNewest, cursors[list].length > 0 { try take(id) }
                isNewest = false
                ids[place] = try cursors[list].next() ? cursors[list].id : .max
            }
        }
    }

    @inline(__always)
    private func take(_ id: Int64) throws(UnreadableTextIndex) {
        if hasNewer, newer.contains(id) { try outdated.insert(id) } else { ids.append(id) }
    }
}
