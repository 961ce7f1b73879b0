/// The characters of scripts without spaces that words which are looked for begin with, and how a text of such scripts is
/// looked through for them sixteen bytes at a time.
struct RunBeginnings: Sendable {
    /// So many different ones at most: with more of them it is faster to look at each character.
    static let most = 2

    /// The first bytes of what is passed over.
    static let firstBytes: ClosedRange<UInt8> = 0xE3...0xED

    /// The three bytes of a character, each in every byte of a block.
    private struct Character {
        var first = ByteLanes(0)
        var second = ByteLanes(0)
        var third = ByteLanes(0)

        @inline(__always)
        func stands(_ block: ByteLanes, _ next: ByteLanes, _ afterNext: ByteLanes) -> ByteLanes {
            (block == first) & (next == second) & (afterNext == third)
        }
    }

    /// How many there are, more than `most` if there are too many.
    private var count = 0
    /// None, or `most`. In memory of their own, since who scans is copied now and again.
    private var characters: [Character] = []

    /// False where there are too many of them.
    var isUsable: Bool { count <= Self.most }

    /// The character that a word begins with, if it is one of those that would be passed over.
    mutating func insert(_ word: [UInt8]) {
        guard word.count >= 3, Self.firstBytes.contains(word[0]) else { return }
        let character = Character(first: ByteLanes(word[0]), second: ByteLanes(word[1]), third: ByteLanes(word[2]))
        if characters.isEmpty { characters = Array(repeating: Character(), count: Self.most) }
        if count < Self.most { characters[count] = character }
        count = min(count + 1, Self.most + 1)
    }

    /// How far no wanted word begins, over characters of Chinese, Japanese and Korean text that stand for themselves and
    /// part words: up to one that may be wanted, to another, or to the text's last bytes.
    ///
    /// - Parameter start: where a character begins, and no word goes on that began before.
    /// - Returns: where a character begins or none is. One of another kind may join the one before it, and then both are
    ///   left.
    func pass(_ text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        let (one, two) = characters.isEmpty ? (Character(), Character()) : (characters[0], characters[1])
        var at = start
        while end &- at > ByteLanes.count &+ 1 {
            let block = ByteLanes(text, at: at)
            let next = ByteLanes(text, at: at &+ 1)
            let afterNext = ByteLanes(text, at: at &+ 2)
            let passed = Self.isPassed(block, next, afterNext)
            let wanted = one.stands(block, next, afterNext) | two.stands(block, next, afterNext)
            guard let stop = (wanted | ~passed).first else {
                at &+= ByteLanes.count
                continue
            }
            at &+= stop
            if passed[stop] != 0 || text[at] < 0x80 { return at }
            break
        }
        while at > start, at < end, text[at] & 0xC0 == 0x80 { at &-= 1 }
        if at > start { at &-= 1 }
        while at > start, text[at] & 0xC0 == 0x80 { at &-= 1 }
        return at
    }

    /// Bytes of characters which stand for themselves, part words and never join others: ideographs, kana but for marks
    /// that voice them, Hangul syllables, and punctuation of theirs.
    @inline(__always)
    private static func isPassed(_ block: ByteLanes, _ next: ByteLanes, _ afterNext: ByteLanes) -> ByteLanes {
        let rest = block.isByte(0x80, of: 0xC0)
        let ideographs = block.isByte(0xE4, of: 0xFC) | block.isByte(0xE8, of: 0xFE)
        // From U+AC00 to U+D77F.
        let hangul =
            block.isByte(0xEB) | block.isByte(0xEC) | block.isByte(0xEA) & next.isByte(0xB0, of: 0xF0)
            | block.isByte(0xED) & next.isByte(0x80, of: 0xE0) & ~next.isByte(0x9E, of: 0xFE)
        // From U+3099 to U+309F they voice the character before them, or are more than one, as U+30FF is.
        let others =
            next.isByte(0x82) & afterNext.isByte(0x98, of: 0xF8) | next.isByte(0x83) & afterNext.isByte(0xBF)
        let kana = next.isByte(0x80, of: 0xFC) & ~next.isByte(0x80) & ~others
        let signs = next.isByte(0x80) & afterNext.isByte(0x80, of: 0xFC)
        return rest | ideographs | hangul | block.isByte(0xE3) & (kana | signs)
    }
}
