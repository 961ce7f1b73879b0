/// Goes through the words of one leaf, to the list of each.
///
/// The format is that of FTS5's version 4, told at the top of SQLite's fts5_index.c. What is damaged is read as something or
/// refused, but nothing is read past its end.
struct LeafWords {
    let bytes: UnsafePointer<UInt8>
    private let count: Int
    /// Where the lists end, and what tells where words begin stands.
    private let listsEnd: Int
    /// What tells where words begin, each less the one before.
    private var footer: Int
    private var isFirst = true
    /// Where the list at hand is read on: behind its word at first, and before the first word at the beginning of what goes on
    /// from the leaf before.
    var offset = 4
    /// Where the list at hand ends, or goes on on the next leaf.
    private(set) var end: Int

    /// - Parameter leaf: with ``LeafReader/padding`` behind it.
    init(_ leaf: LeafReader.Leaf) throws(UnreadableTextIndex) {
        guard leaf.count >= 4 else { throw UnreadableTextIndex() }
        bytes = leaf.bytes
        count = leaf.count
        listsEnd = Int(bytes[2]) << 8 | Int(bytes[3])
        guard listsEnd >= 4, listsEnd <= count else { throw UnreadableTextIndex() }
        footer = listsEnd
        end = listsEnd
        guard footer < count else { return }
        end = try number(&footer)
        guard end >= 4, end < listsEnd else { throw UnreadableTextIndex() }
    }

    /// A leaf without anything.
    init(none bytes: UnsafePointer<UInt8>) {
        self.bytes = bytes
        (count, listsEnd, footer, offset, end) = (0, 0, 0, 0, 0)
    }

    /// Whether the list at hand is the last one, and may go on on the next leaf.
    var isLast: Bool { end == listsEnd }

    /// Goes to the list of the next word; false where there is none.
    ///
    /// - Parameter word: the one before, and then that one.
    mutating func next(_ word: inout [UInt8]) throws(UnreadableTextIndex) -> Bool {
        guard let found = try nextWord(word.count) else { return false }
        word.removeLast(word.count - found.common)
        word.append(contentsOf: UnsafeBufferPointer(start: bytes + found.start, count: found.length))
        return true
    }

    /// Goes to the first word that does not stand before some octets, of all words of the leaf; nil where there is none.
    ///
    /// Looks at no more of each word than it takes to tell; words are in order, and each says how much it has in common with
    /// the one before.
    ///
    /// - Parameter word: becomes that word, where it begins with those octets.
    /// - Returns: whether it does.
    mutating func seek(_ sought: [UInt8], _ word: inout [UInt8]) throws(UnreadableTextIndex) -> Bool? {
        // Of the word at hand: its length, and the octets at its beginning that are those of the sought.
        var (count, matched) = (0, 0)
        while let found = try nextWord(count) {
            count = found.common + found.length
            // It goes before the sought where the one before did.
            if found.common > matched { continue }
            if found.common < matched { return false }
            var place = 0
            while place < found.length, matched < sought.count, bytes[found.start + place] == sought[matched] {
                place += 1
                matched += 1
            }
            if matched == sought.count {
                word = sought
                if place < found.length {
                    let rest = UnsafeBufferPointer(start: bytes + found.start + place, count: found.length - place)
                    word.append(contentsOf: rest)
                }
                return true
            }
            if place < found.length, bytes[found.start + place] > sought[matched] { return false }
        }
        return nil
    }

    /// Goes to the list of the next word, behind one of so many octets: how many they have in common, and where its others
    /// stand; nil where there is none.
    @inline(__always)
    private mutating func nextWord(
        _ count: Int
    ) throws(UnreadableTextIndex) -> (common: Int, start: Int, length: Int)? {
        guard end < listsEnd else { return nil }
        offset = end
        let common = isFirst ? 0 : try number(&offset)
        let length = try number(&offset)
        guard common <= count, length > 0, length <= listsEnd - offset else { throw UnreadableTextIndex() }
        let start = offset
        offset += length
        isFirst = false
        if footer < self.count {
            let step = try number(&footer)
            guard step > 0, step < listsEnd - end, end + step >= offset else { throw UnreadableTextIndex() }
            end += step
        } else {
            end = listsEnd
        }
        return (common, start, length)
    }

    /// A number on the leaf.
    private func number(_ offset: inout Int) throws(UnreadableTextIndex) -> Int {
        let (value, length) = TextVarint.get(bytes + offset)
        offset += length
        guard offset <= count, value <= UInt64(LeafReader.longestLeaf) else { throw UnreadableTextIndex() }
        return Int(value)
    }
}
