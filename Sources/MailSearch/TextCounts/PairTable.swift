/// Counts the documents of pairs of numbers.
struct PairTable {
    struct Element: BitwiseCopyable {
        var first, second: UInt32
        /// How many have it; 0 where there is no pair.
        var documents: UInt32
        /// The one that was counted last.
        fileprivate var last: UInt32
    }

    /// Open addressing; as many as a power of two.
    private var slots = Block<Element>(capacity: 1 << 12)
    private var count = 0

    init() { Self.fill(slots, 1 << 12) }

    private static func fill(_ slots: Block<Element>, _ count: Int) {
        slots.append(repeating: Element(first: 0, second: 0, documents: 0, last: 0), count: count)
    }

    /// Counts a pair of a document, once for each.
    ///
    /// - Parameter document: a number other than those before, above zero.
    @inline(__always)
    mutating func add(_ first: UInt32, _ second: UInt32, in document: UInt32) {
        let slot = slot(first, second)
        if slots.start[slot].documents == 0 {
            slots.start[slot] = Element(first: first, second: second, documents: 1, last: document)
            count += 1
            if count * 2 > slots.count { grow() }
        } else if slots.start[slot].last != document {
            slots.start[slot].documents += 1
            slots.start[slot].last = document
        }
    }

    /// Where a pair is, or would be.
    @inline(__always)
    private func slot(_ first: UInt32, _ second: UInt32) -> Int {
        let mask = slots.count - 1
        let hash = (UInt64(first) << 32 | UInt64(second)) &* 0x9E37_79B9_7F4A_7C15
        var slot = Int(truncatingIfNeeded: hash >> 32) & mask
        while true {
            let element = slots.start[slot]
            if element.documents == 0 || element.first == first && element.second == second { return slot }
            slot = (slot + 1) & mask
        }
    }

    @inline(never)
    private mutating func grow() {
        let old = slots
        slots = Block(capacity: old.count * 4)
        Self.fill(slots, old.count * 4)
        for element in old.elements where element.documents > 0 {
            slots.start[slot(element.first, element.second)] = element
        }
    }

    /// The pairs, in no order.
    var elements: [Element] { slots.elements.filter { $0.documents > 0 } }
}
