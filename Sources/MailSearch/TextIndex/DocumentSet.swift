/// Ids of documents: a bit for each, in pages of those that lie near one another.
final class DocumentSet {
    /// Small pages, since the hits of most words lie far apart.
    static let bitsOfPage: Int64 = 10
    fileprivate static let wordsOfPage = 1 << bitsOfPage / 64
    /// Pages at most, of 128 octets each: ids of a hundred years of mail have 200,000.
    static let mostPages = 1 << 19

    /// The pages one after the other, in the order in which they came.
    private let words = Block<UInt64>(capacity: 16 * wordsOfPage)
    /// Their numbers.
    private let numbers = Block<Int64>(capacity: 16)
    /// Open addressing by a page's number: its place, or -1.
    private var slots: UnsafeMutableBufferPointer<Int32>
    /// The same for pages of numbers from `directoryStart` on, once there are many near one another: lists that are walked one
    /// after the other come to each of them again and again, always in order.
    private var directory = UnsafeMutableBufferPointer<Int32>(start: nil, count: 0)
    private var directoryStart: Int64 = 0
    private static let fewestOfDirectory = 512
    /// Numbers for each page there is, at most.
    private static let sparsestDirectory: Int64 = 64
    private var lastNumber = Int64.min
    private var lastPage: UnsafeMutablePointer<UInt64>

    init() {
        slots = .allocate(capacity: 64)
        slots.initialize(repeating: -1)
        lastPage = words.start
    }

    deinit {
        slots.deallocate()
        directory.deallocate()
    }

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
        return word & mask == 0
    }

    func contains(_ id: Int64) -> Bool {
        guard let page = page(id >> Self.bitsOfPage) else { return false }
        let bit = Int(truncatingIfNeeded: id) & (1 << Self.bitsOfPage - 1)
        return page[bit >> 6] >> UInt64(bit & 63) & 1 == 1
    }

    var count: Int { words.elements.reduce(0) { $0 &+ $1.nonzeroBitCount } }

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
            let larger = UnsafeMutableBufferPointer<Int32>.allocate(capacity: slots.count * 4)
            larger.initialize(repeating: -1)
            slots.deallocate()
            slots = larger
            for place in 0..<numbers.count { enter(place) }
            makeDirectory()
        } else {
            enter(place)
            let index = Int(truncatingIfNeeded: number &- directoryStart)
            if directory.indices.contains(index) { directory[index] = Int32(place) }
        }
        return words.start + place * Self.wordsOfPage
    }

    private func makeDirectory() {
        directory.deallocate()
        directory = UnsafeMutableBufferPointer(start: nil, count: 0)
        guard numbers.count >= Self.fewestOfDirectory, let least = numbers.elements.min(),
            let greatest = numbers.elements.max()
        else { return }
        let (range, isTooLong) = greatest.subtractingReportingOverflow(least)
        guard !isTooLong, range < Int64(numbers.count) * Self.sparsestDirectory else { return }
        directory = .allocate(capacity: Int(range) + 1)
        directory.initialize(repeating: -1)
        directoryStart = least
        for (place, number) in numbers.elements.enumerated() { directory[Int(number - least)] = Int32(place) }
    }

    @inline(__always)
    private func slot(_ number: Int64) -> Int {
        Int(truncatingIfNeeded: UInt64(bitPattern: number) &* 0x9E37_79B9_7F4A_7C15 >> 32) & (slots.count - 1)
    }

    private func enter(_ place: Int) {
        var slot = slot(numbers.start[place])
        while slots[slot] >= 0 { slot = (slot + 1) & (slots.count - 1) }
        slots[slot] = Int32(place)
    }

    @inline(__always)
    private func page(_ number: Int64) -> UnsafeMutablePointer<UInt64>? {
        let index = Int(truncatingIfNeeded: number &- directoryStart)
        if index >= 0, index < directory.count {
            let place = Int(directory[index])
            return place < 0 ? nil : words.start + place * Self.wordsOfPage
        }
        let slots = slots
        var slot = slot(number)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if numbers.start[place] == number { return words.start + place * Self.wordsOfPage }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    // MARK: Sets

    func formUnion(_ other: DocumentSet) throws(UnreadableTextIndex) {
        for (place, number) in other.numbers.elements.enumerated() {
            try turn(to: number)
            let theirs = other.words.start + place * Self.wordsOfPage
            for word in 0..<Self.wordsOfPage { lastPage[word] |= theirs[word] }
        }
    }

    func formIntersection(_ other: DocumentSet) {
        for (place, number) in numbers.elements.enumerated() {
            let mine = words.start + place * Self.wordsOfPage
            let theirs = other.page(number)
            for word in 0..<Self.wordsOfPage { mine[word] &= theirs?[word] ?? 0 }
        }
    }

    func subtract(_ other: DocumentSet) {
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
        private let pages: [(number: Int64, place: Int)]
        private let isAscending: Bool
        private var page = 0
        /// Words of the page that are done.
        private var word = 0
        /// What is left of the word that is next.
        private var rest: UInt64?

        fileprivate init(_ set: DocumentSet, isAscending: Bool) {
            self.set = set
            self.isAscending = isAscending
            pages = set.numbers.elements.enumerated().map { (number: $1, place: $0) }
                .sorted { isAscending ? $0.number < $1.number : $0.number > $1.number }
        }

        mutating func next() -> Int64? {
            while page < pages.count {
                let place = isAscending ? word : DocumentSet.wordsOfPage - 1 - word
                let bits = rest ?? set.words.start[pages[page].place * DocumentSet.wordsOfPage + place]
                if bits != 0 {
                    let bit = isAscending ? bits.trailingZeroBitCount : 63 - bits.leadingZeroBitCount
                    rest = bits & ~(1 << UInt64(bit))
                    return pages[page].number << DocumentSet.bitsOfPage + Int64(place * 64 + bit)
                }
                rest = nil
                word += 1
                if word == DocumentSet.wordsOfPage {
                    word = 0
                    page += 1
                }
            }
            return nil
        }
    }

    func cursor(isAscending: Bool) -> Cursor { Cursor(self, isAscending: isAscending) }
}
