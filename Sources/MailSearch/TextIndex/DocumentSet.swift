/// Ids of documents: a bit for each, in pages of those that lie near one another.
final class DocumentSet {
    /// Small pages, since the hits of most words lie far apart.
    static let bitsOfPage: Int64 = 10
    fileprivate static let wordsOfPage = 1 << bitsOfPage / 64
    /// Pages at most, of 128 octets each: ids of a hundred years of mail have 200,000.
    static let mostPages = 1 << 19

    private let memory: DocumentSetMemory
    /// The pages one after the other, in the order in which they came.
    private let words: Block<UInt64>
    /// Their numbers.
    private let numbers: Block<Int64>
    /// Open addressing by a page's number: its place, or -1. As many as a power of two.
    private let slots: Block<Int32>
    /// The same for pages of numbers from `directoryStart` on, once there are many near one another: lists that are walked one
    /// after the other come to each of them again and again, always in order.
    private let directory: Block<Int32>
    private var directoryStart: Int64 = 0
    /// Pages whose numbers are in the directory.
    private var listed = 0
    private var isExtensible = false
    private var inserted = 0
    /// Whether there is more, or less, than was inserted.
    private var isJoined = false
    private var lastNumber = Int64.min
    private var lastPage: UnsafeMutablePointer<UInt64>

    private static let fewestOfDirectory = 512
    /// Numbers for each page there is, at most.
    private static let sparsestDirectory: Int64 = 64

    init() {
        memory = DocumentSetMemory.take()
        (words, numbers, slots, directory) = (memory.words, memory.numbers, memory.slots, memory.directory)
        slots.append(repeating: -1, count: 64)
        lastPage = words.start
    }

    deinit { memory.giveBack() }

    // MARK: Ids

    /// Whether the id is new.
    @inline(__always) @discardableResult
    func insert(_ id: Int64) throws(UnreadableTextIndex) -> Bool {
        let number = id >> Self.bitsOfPage
        if number != lastNumber { try turn(to: number) }
        let bit = Int(truncatingIfNeeded: id) & (1 << Self.bitsOfPage - 1)
        let word = lastPage[bit >> 6]
        let mask: UInt64 = 1 << UInt64(bit & 63)
        lastPage[bit >> 6] = word | mask
        let isNew = word & mask == 0
        inserted &+= isNew ? 1 : 0
        return isNew
    }

    func insert(contentsOf ids: UnsafeBufferPointer<Int64>) throws(UnreadableTextIndex) {
        for id in ids { try insert(id) }
    }

    /// Makes it empty; its memory stays its own.
    func removeAll() {
        memory.clear()
        slots.append(repeating: -1, count: 64)
        (directoryStart, listed, isExtensible, inserted, isJoined) = (0, 0, false, 0, false)
        (lastNumber, lastPage) = (.min, words.start)
    }

    func remove(_ id: Int64) {
        guard let page = page(id >> Self.bitsOfPage) else { return }
        isJoined = true
        let bit = Int(truncatingIfNeeded: id) & (1 << Self.bitsOfPage - 1)
        page[bit >> 6] &= ~(1 << UInt64(bit & 63))
    }

    func contains(_ id: Int64) -> Bool {
        guard let page = page(id >> Self.bitsOfPage) else { return false }
        let bit = Int(truncatingIfNeeded: id) & (1 << Self.bitsOfPage - 1)
        return page[bit >> 6] >> UInt64(bit & 63) & 1 == 1
    }

    var count: Int { isJoined ? words.elements.reduce(0) { $0 &+ $1.nonzeroBitCount } : inserted }

    /// Makes the page the one that is written to, empty if it is new.
    private func turn(to number: Int64) throws(UnreadableTextIndex) {
        if let known = page(number) { lastPage = known } else { lastPage = try newPage(number) }
        lastNumber = number
    }

    private func newPage(_ number: Int64) throws(UnreadableTextIndex) -> UnsafeMutablePointer<UInt64> {
        let place = numbers.count
        guard place < Self.mostPages else { throw UnreadableTextIndex() }
        words.append(repeating: 0, count: Self.wordsOfPage)
        numbers.append(number)
        if numbers.count * 2 > slots.count {
            let count = slots.count * 4
            slots.keep(0)
            slots.append(repeating: -1, count: count)
            for place in 0..<numbers.count { enter(place) }
            makeDirectory()
        } else {
            enter(place)
            list(number, at: place)
        }
        return words.start + place * Self.wordsOfPage
    }

    private func list(_ number: Int64, at place: Int) {
        guard directory.count > 0, number >= directoryStart else { return }
        let (index, isTooLong) = number.subtractingReportingOverflow(directoryStart)
        if index >= directory.count || isTooLong {
            // What is left out once must not come to lie within it.
            isExtensible = isExtensible && !isTooLong && index < Int64(numbers.count) * Self.sparsestDirectory
            guard isExtensible else { return }
            directory.append(repeating: -1, count: Int(index) + 1 - directory.count)
        }
        directory.start[Int(index)] = Int32(place)
        listed += 1
    }

    private func makeDirectory() {
        directory.keep(0)
        listed = 0
        guard numbers.count >= Self.fewestOfDirectory, let least = numbers.elements.min(),
            let greatest = numbers.elements.max()
        else { return }
        let (range, isTooLong) = greatest.subtractingReportingOverflow(least)
        guard !isTooLong, range < Int64(numbers.count) * Self.sparsestDirectory else { return }
        directory.append(repeating: -1, count: Int(range) + 1)
        directoryStart = least
        listed = numbers.count
        isExtensible = true
        for (place, number) in numbers.elements.enumerated() { directory.start[Int(number - least)] = Int32(place) }
    }

    @inline(__always)
    private func slot(_ number: Int64) -> Int {
        Int(truncatingIfNeeded: UInt64(bitPattern: number) &* 0x9E37_79B9_7F4A_7C15 >> 32) & (slots.count - 1)
    }

    private func enter(_ place: Int) {
        var slot = slot(numbers.start[place])
        while slots.start[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots.start[slot] = Int32(place)
    }

    @inline(__always)
    private func page(_ number: Int64) -> UnsafeMutablePointer<UInt64>? {
        let index = Int(truncatingIfNeeded: number &- directoryStart)
        if index >= 0, index < directory.count {
            let place = Int(directory.start[index])
            return place < 0 ? nil : words.start + place * Self.wordsOfPage
        }
        var slot = slot(number)
        while slots.start[slot] >= 0 {
            let place = Int(slots.start[slot])
            if numbers.start[place] == number { return words.start + place * Self.wordsOfPage }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    // MARK: Sets

    func copy() throws(UnreadableTextIndex) -> DocumentSet {
        let copy = DocumentSet()
        try copy.formUnion(self)
        return copy
    }

    func formUnion(_ other: DocumentSet) throws(UnreadableTextIndex) {
        isJoined = true
        for (place, number) in other.numbers.elements.enumerated() {
            try turn(to: number)
            let theirs = other.words.start + place * Self.wordsOfPage
            for word in 0..<Self.wordsOfPage { lastPage[word] |= theirs[word] }
        }
    }

    func formIntersection(_ other: DocumentSet) {
        isJoined = true
        for (place, number) in numbers.elements.enumerated() {
            let mine = words.start + place * Self.wordsOfPage
            let theirs = other.page(number)
            for word in 0..<Self.wordsOfPage { mine[word] &= theirs?[word] ?? 0 }
        }
    }

    /// Leaves what is in a range or in the other, or what is in neither.
    func keep(_ isWithin: Bool, _ range: ClosedRange<Int64>?, _ other: DocumentSet) {
        isJoined = true
        for (place, number) in numbers.elements.enumerated() {
            let mine = words.start + place * Self.wordsOfPage
            let theirs = other.page(number)
            let first = number << Self.bitsOfPage
            for word in 0..<Self.wordsOfPage {
                let kept = Self.bits(of: range, from: first + Int64(word) * 64) | (theirs?[word] ?? 0)
                mine[word] &= isWithin ? kept : ~kept
            }
        }
    }

    /// Which of sixty-four ids are in a range.
    private static func bits(of range: ClosedRange<Int64>?, from first: Int64) -> UInt64 {
        guard let range, first <= range.upperBound, first + 63 >= range.lowerBound else { return 0 }
        let low = max(range.lowerBound - first, 0)
        let high = min(range.upperBound - first, 63)
        return (~0 << UInt64(low)) & (~0 >> UInt64(63 - high))
    }

    func subtract(_ other: DocumentSet) {
        isJoined = true
        for (place, number) in other.numbers.elements.enumerated() {
            guard let mine = page(number) else { continue }
            let theirs = other.words.start + place * Self.wordsOfPage
            for word in 0..<Self.wordsOfPage { mine[word] &= ~theirs[word] }
        }
    }

    // MARK: In order

    /// Goes through the ids; the set must not change meanwhile.
    struct Cursor {
        private let set: DocumentSet
        /// The pages that the directory doesn't tell, in order: some before those that it tells, the others behind them.
        private let others: [(number: Int64, place: Int)]
        private let before: Int
        private let isAscending: Bool
        /// Of the others that are done, and of the directory's places.
        private var other = 0
        private var listed = 0
        /// Words of the page that are done.
        private var word = 0
        /// What is left of the word that is next.
        private var rest: UInt64?

        fileprivate init(_ set: DocumentSet, isAscending: Bool) {
            self.set = set
            self.isAscending = isAscending
            let start = set.directoryStart
            // What the directory doesn't tell never lies within it.
            let end = start + Int64(set.directory.count)
            var others: [(number: Int64, place: Int)] = []
            if set.listed < set.numbers.count {
                for (place, number) in set.numbers.elements.enumerated() where number < start || number >= end {
                    others.append((number, place))
                }
                others.sort { isAscending ? $0.number < $1.number : $0.number > $1.number }
            }
            self.others = others
            before = others.firstIndex { isAscending ? $0.number >= start : $0.number < start } ?? others.count
        }

        /// The page at hand; nil behind the last one.
        private mutating func found() -> (number: Int64, place: Int)? {
            if other < before { return others[other] }
            let directory = set.directory.elements
            while listed < directory.count {
                let index = isAscending ? listed : directory.count - 1 - listed
                if directory[index] >= 0 { return (set.directoryStart + Int64(index), Int(directory[index])) }
                listed += 1
            }
            return other < others.count ? others[other] : nil
        }

        private mutating func turn() {
            if other < before || listed == set.directory.count { other += 1 } else { listed += 1 }
        }

        mutating func next() -> Int64? {
            while let found = found() {
                let place = isAscending ? word : DocumentSet.wordsOfPage - 1 - word
                let bits = rest ?? set.words.start[found.place * DocumentSet.wordsOfPage + place]
                if bits != 0 {
                    let bit = isAscending ? bits.trailingZeroBitCount : 63 - bits.leadingZeroBitCount
                    rest = bits & ~(1 << UInt64(bit))
                    return found.number << DocumentSet.bitsOfPage + Int64(place * 64 + bit)
                }
                rest = nil
                word += 1
                if word == DocumentSet.wordsOfPage {
                    word = 0
                    turn()
                }
            }
            return nil
        }
    }

    func cursor(isAscending: Bool) -> Cursor { Cursor(self, isAscending: isAscending) }
}
