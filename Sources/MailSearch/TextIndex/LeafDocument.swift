/// A document in a word's list that stands whole on its leaf, with nothing said of an older one: what most are.
struct LeafDocument {
    /// Octets of a position list at most.
    static let longestPositions = 1 << 28

    /// Its id, less that of the one before.
    var difference: UInt64
    /// Where its positions stand.
    var positions: Int
    /// Octets of its positions.
    var length: Int
    /// Behind it.
    var end: Int

    /// What stands at an offset, if it is such a one. Behind the list's end stands what makes no document that ends within it.
    @inline(__always)
    init?(_ bytes: UnsafePointer<UInt8>, _ offset: Int, _ end: Int) {
        let (difference, count) = TextVarint.get(bytes + offset)
        let (size, sizeCount) = TextVarint.get(bytes + (offset &+ count))
        let positions = offset &+ count &+ sizeCount
        let length = Int(truncatingIfNeeded: size >> 1)
        let following = positions &+ length
        guard size & 1 == 0, length > 0, length <= Self.longestPositions, following <= end else { return nil }
        self.difference = difference
        self.positions = positions
        self.length = length
        self.end = following
    }
}
