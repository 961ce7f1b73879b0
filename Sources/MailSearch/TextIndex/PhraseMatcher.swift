/// Tells whether words follow one another in a document, by their positions.
///
/// To walk lists of positions side by side takes a decision at each step that no processor foresees. To mark the places
/// behind each of the one, and to look at each of the other whether it is marked, takes none.
struct PhraseMatcher {
    typealias Lists = UnsafeMutableBufferPointer<UnsafeBufferPointer<UInt8>>
    typealias Place = PositionList.Place
    private typealias Mark = UInt16

    /// How many places of a column have a mark: the most have body and attachments. A text that goes further is looked
    /// through place by place.
    private static let marksOfText = 1 << 12
    private static let marksOfField = 1 << 9
    /// Positions are looked at in groups of eight, each less than 128 behind the one before.
    private static let group = 8
    private static let marks = 2 * marksOfText + (PositionList.columns.count - 2) * marksOfField + group * 0x80

    /// The places of a column among the marks.
    @inline(__always)
    private static func marks(of column: Int) -> Range<Int> {
        let first = column == 0 ? 0 : marksOfText &+ (column &- 1) &* marksOfField
        let isText = column == 0 || column == PositionList.columns.count - 1
        return first..<(first &+ (isText ? marksOfText : marksOfField))
    }

    private let words: Int
    private let columns: TextColumns
    /// Whose mark a place has: each word of each document makes another, so that nothing must be wiped off.
    private let marksOfEven, marksOfOdd: Block<Mark>
    private var mark: Mark = 0
    /// Where the next word is to stand.
    private var expected = Block<Place>(capacity: 64)
    private var following = Block<Place>(capacity: 64)

    /// - Parameters:
    ///   - words: how many the phrase has.
    ///   - columns: those that it may stand in.
    init(words: Int, _ columns: TextColumns) {
        self.words = words
        self.columns = columns
        marksOfEven = Block(capacity: Self.marks)
        // Of two words the second makes no marks.
        marksOfOdd = Block(capacity: words > 2 ? Self.marks : 1)
        clear()
    }

    private mutating func clear() {
        marksOfEven.keep(0)
        marksOfEven.append(repeating: 0, count: Self.marks)
        marksOfOdd.keep(0)
        marksOfOdd.append(repeating: 0, count: words > 2 ? Self.marks : 0)
        mark = 0
    }

    // MARK: Marks

    /// Whether the words, as many as were told, stand one behind the other, each by its positions; behind those eight bytes
    /// more can be read.
    mutating func matches(_ lists: Lists) throws(UnreadableTextIndex) -> Bool {
        if Int(mark) + lists.count > Int(Mark.max) { clear() }
        var here = mark &+ 1
        mark &+= Mark(truncatingIfNeeded: lists.count)
        var (from, to) = (marksOfEven.start, marksOfOdd.start)
        var isKnown = Self.places(lists[0]) { place, _ in from[place &+ 1] = here }
        for list in lists[1..<(lists.count - 1)] where isKnown {
            isKnown = Self.places(list) { place, _ in to[place &+ 1] = from[place] == here ? here &+ 1 : 0 }
            (from, to) = (to, from)
            here &+= 1
        }
        guard isKnown else { return try !ends(lists).isEmpty }
        var isFound: Mark = 0
        isKnown =
            if columns == .all {
                Self.places(lists[lists.count - 1]) { place, _ in isFound |= from[place] == here ? 1 : 0 }
            } else {
                Self.places(lists[lists.count - 1]) { place, column in
                    isFound |= from[place] == here && columns.contains(PositionList.columns[column]) ? 1 : 0
                }
            }
        return isKnown ? isFound == 1 : try !ends(lists).isEmpty
    }

    /// Goes through positions as places among the marks; false where one has none, or where they can't be read.
    @inline(__always)
    private static func places(_ list: UnsafeBufferPointer<UInt8>, _ take: (_ place: Int, _ column: Int) -> Void)
        -> Bool
    {
        guard var next = list.baseAddress else { return true }
        let end = next + list.count
        var column = 0
        var place = 0
        // A phrase doesn't go on into the next column.
        var limit = marks(of: 0).upperBound &- 1
        let twos: UInt64 = 0x0202_0202_0202_0202
        while next < end {
            // As far as all are near the one before; what is behind those stays where the last one is.
            let word = UInt64(littleEndian: UnsafeRawPointer(next).loadUnaligned(as: UInt64.self))
            let others = (word | (word &- twos)) & 0x8080_8080_8080_8080
            let count = min(end - next, others.trailingZeroBitCount >> 3)
            if count > 0 {
                let kept: UInt64 = count == group ? .max : 1 &<< UInt64(truncatingIfNeeded: count &* 8) &- 1
                var steps = (word &- twos) & kept
                for _ in 0..<group {
                    place &+= Int(truncatingIfNeeded: steps & 0xFF)
                    steps >>= 8
                    take(place, column)
                }
                guard place < limit else { return false }
                next += count
                if count == group || next == end { continue }
            }
            let byte = Int(next[0])
            if byte == 1 {
                column = Int(next[1])
                guard column > 0, column < PositionList.columns.count else { return false }
                place = marks(of: column).lowerBound
                limit = marks(of: column).upperBound &- 1
                next += 2
            } else {
                let step = (byte & 0x7F) << 7 &+ Int(next[1]) &- 2
                // In more octets than it takes it is nothing that FTS5 writes.
                guard byte > 0x80, next[1] < 0x80 else { return false }
                place &+= step
                next += 2
                guard place < limit else { return false }
                take(place, column)
            }
        }
        return next == end
    }

    // MARK: Place by place

    /// The places behind each of the phrase's, ascending, valid until the next call.
    mutating func ends(_ lists: Lists) throws(UnreadableTextIndex) -> UnsafeBufferPointer<Place> {
        expected.keep(0)
        var places = PositionList.Places(lists[0])
        while let place = try places.read() {
            if columns.contains(PositionList.column(of: place)) { expected.append(place &+ 1) }
        }
        for list in lists[1...] {
            following.keep(0)
            var places = PositionList.Places(list)
            let sought = expected.elements
            var index = 0
            while index < sought.count, let place = try places.read() {
                while index < sought.count, sought[index] < place { index += 1 }
                if index < sought.count, sought[index] == place { following.append(place &+ 1) }
            }
            (expected, following) = (following, expected)
        }
        return expected.elements
    }
}
