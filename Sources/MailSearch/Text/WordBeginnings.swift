/// The first two letters of the words that are looked for, and how a text of ASCII is looked through for them sixteen bytes
/// at a time.
///
/// What else a word may begin with stands in no such text: letters with accents, and the characters of other scripts.
struct WordBeginnings: Sendable {
    /// So many different beginnings at most: with more of them it is faster to look at each word.
    static let most = 4

    /// Two letters, each in every byte of a block; `any` says yes where it may go on with any.
    private struct Pair {
        // No byte of ASCII, until they are set.
        var first = ByteLanes(0xFF)
        var second = ByteLanes(0xFF)
        var any = ByteLanes(0)

        /// `letters` are in lower case, `next` the same from the second byte on.
        @inline(__always)
        func stands(_ letters: ByteLanes, _ next: ByteLanes) -> ByteLanes {
            (letters == first) & ((next == second) | any)
        }
    }

    /// How many there are, more than `most` if there are too many.
    private var count = 0
    /// None, or `most`. In memory of their own, since who scans is copied now and again.
    private var pairs: [Pair] = []

    /// False where there are too many of them.
    var isUsable: Bool { count <= Self.most }

    /// - Parameters:
    ///   - first: an ASCII letter in lower case or a digit, as `second`.
    ///   - second: nil for any.
    mutating func insert(_ first: UInt8, _ second: UInt8?) {
        var pair = Pair()
        pair.first = ByteLanes(first)
        if let second { pair.second = ByteLanes(second) } else { pair.any = ByteLanes(0xFF) }
        if pairs.isEmpty { pairs = Array(repeating: Pair(), count: Self.most) }
        if count < Self.most { pairs[count] = pair }
        count = min(count + 1, Self.most + 1)
    }

    /// How far no wanted word begins: up to one that may be wanted, to one that has more than ASCII letters and digits in
    /// it or beside it, or to the text's last bytes.
    ///
    /// - Parameter start: where no word goes on that began before.
    /// - Returns: where a word begins or none is.
    func pass(_ text: UnsafePointer<UInt8>, from start: Int, to end: Int) -> Int {
        count <= 2
            ? pass(text, from: start, to: end, isMany: false) : pass(text, from: start, to: end, isMany: true)
    }

    @inline(__always)
    private func pass(_ text: UnsafePointer<UInt8>, from start: Int, to end: Int, isMany: Bool) -> Int {
        let hasPairs = !pairs.isEmpty
        let (one, two) = hasPairs ? (pairs[0], pairs[1]) : (Pair(), Pair())
        let (three, four) = hasPairs && isMany ? (pairs[2], pairs[3]) : (Pair(), Pair())
        let kinds = Folding.kinds.utf8Start
        var at = start
        while end &- at > ByteLanes.count {
            let block = ByteLanes(text, at: at)
            // Letters in lower case; digits stay what they are.
            let letters = block | ByteLanes(0x20)
            let next = ByteLanes(text, at: at &+ 1) | ByteLanes(0x20)
            var wanted = one.stands(letters, next) | two.stands(letters, next)
            if isMany { wanted = wanted | three.stands(letters, next) | four.stands(letters, next) }
            guard let stop = (wanted | block | (block == ByteLanes(UInt8(ascii: "'")))).first else {
                at &+= ByteLanes.count
                continue
            }
            at &+= stop
            if kinds[Int(text[at])] == Folding.otherKind { break }
            // In the midst of a word, nothing begins.
            if at == start || kinds[Int(text[at &- 1])] != Folding.letterKind { return at }
            at &+= 1
        }
        while at > start, kinds[Int(text[at &- 1])] == Folding.letterKind { at &-= 1 }
        return at
    }
}
