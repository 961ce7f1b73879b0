/// Records of terms in the order of the terms: sorted by their first eight bytes, digit by digit, and by the rest where
/// those are the same.
final class TermOrder {
    struct Entry {
        /// The term's bytes from some word on, as a number.
        var key: UInt64
        var record: UInt32
    }

    private(set) var entries: UnsafeMutablePointer<Entry>
    private(set) var count = 0
    private let capacity: Int

    init(capacity: Int) {
        self.capacity = capacity
        entries = .allocate(capacity: max(capacity, 1))
    }

    deinit { entries.deallocate() }

    @inline(__always)
    func append(_ key: UInt64, _ record: UInt32) {
        guard count < capacity else { return }
        (entries + count).initialize(to: Entry(key: key, record: record))
        count += 1
    }

    /// - Parameter key: the bytes of a record's term at a word, 0 past its end. No term holds a zero.
    func sort(_ key: (_ record: Int, _ word: Int) -> UInt64) {
        radixSort()
        sortTies(0..<count, word: 1, key)
    }

    private func radixSort() {
        guard count > 64 else {
            insertionSort(0..<count)
            return
        }
        let room = UnsafeMutablePointer<Entry>.allocate(capacity: count)
        withUnsafeTemporaryAllocation(of: Int.self, capacity: 8 * 256) { counts in
            guard let counts = counts.baseAddress else { return }
            counts.initialize(repeating: 0, count: 8 * 256)
            for index in 0..<count {
                var rest = entries[index].key
                for digit in 0..<8 {
                    counts[digit &* 256 &+ Int(rest & 0xFF)] &+= 1
                    rest >>= 8
                }
            }
            var from = entries
            var to = room
            for digit in 0..<8 {
                let offsets = counts + digit * 256
                let shift = UInt64(digit * 8)
                // All the same in this digit: nothing to do.
                if offsets[Int(from[0].key >> shift & 0xFF)] == count { continue }
                var sum = 0
                for value in 0..<256 {
                    let number = offsets[value]
                    offsets[value] = sum
                    sum += number
                }
                for index in 0..<count {
                    let entry = from[index]
                    let value = Int(entry.key >> shift & 0xFF)
                    to[offsets[value]] = entry
                    offsets[value] &+= 1
                }
                swap(&from, &to)
            }
            if from != entries { entries.update(from: from, count: count) }
        }
        room.deallocate()
    }

    private func insertionSort(_ range: Range<Int>) {
        for index in range.dropFirst() {
            let entry = entries[index]
            var place = index
            while place > range.lowerBound, entries[place - 1].key > entry.key {
                entries[place] = entries[place - 1]
                place -= 1
            }
            entries[place] = entry
        }
    }

    /// Sorts by the word at `word`, and those after it, what is the same before it.
    private func sortTies(_ range: Range<Int>, word: Int, _ key: (Int, Int) -> UInt64) {
        var start = range.lowerBound
        while start < range.upperBound {
            var end = start + 1
            let first = entries[start].key
            while end < range.upperBound, entries[end].key == first { end += 1 }
            // Terms differ, so those that are the same go on.
            if end - start > 1, first & 0xFF != 0 {
                for index in start..<end { entries[index].key = key(Int(entries[index].record), word) }
                if end - start <= 32 {
                    insertionSort(start..<end)
                } else {
                    var ties = UnsafeMutableBufferPointer(start: entries + start, count: end - start)
                    ties.sort { $0.key < $1.key }
                }
                sortTies(start..<end, word: word + 1, key)
            }
            start = end
        }
    }
}
