/// A set of UIDs, kept as sorted ranges that neither overlap nor touch (RFC 3501, sequence-set).
///
/// `*` is read as the largest UID and written as 4294967295, so that a set never silently grows to hold
/// the mailbox's last message, as `n:*` does.
public struct UIDSet: Hashable, Sendable {
    /// Ascending, with a gap between each two.
    public private(set) var ranges: [ClosedRange<UID>]

    public init() {
        ranges = []
    }

    public init(_ range: ClosedRange<UID>) {
        ranges = [range]
    }

    public init(_ uid: UID) {
        ranges = [uid...uid]
    }

    /// From UIDs in any order, with or without duplicates.
    public init(_ uids: some Sequence<UID>) {
        self.init(normalizing: uids.map { $0...$0 })
    }

    /// From ranges in any order, overlapping or not.
    public init(ranges: some Sequence<ClosedRange<UID>>) {
        self.init(normalizing: Array(ranges))
    }

    /// From plain numbers; 0 is left out.
    public init(rawRanges: some Sequence<ClosedRange<UInt32>>) {
        self.init(
            normalizing: rawRanges.compactMap { range in
                guard let upper = UID(rawValue: range.upperBound) else { return nil }
                return (UID(rawValue: range.lowerBound) ?? .min)...upper
            })
    }

    init(normalizing unordered: [ClosedRange<UID>]) {
        ranges = unordered
        guard ranges.count > 1 else { return }
        var isNormal = true
        for i in 1..<ranges.count
        where UInt64(ranges[i].lowerBound.rawValue) <= UInt64(ranges[i - 1].upperBound.rawValue) + 1 {
            isNormal = false
            break
        }
        if isNormal { return }
        ranges.sort { $0.lowerBound < $1.lowerBound }
        var merged: [ClosedRange<UID>] = []
        merged.reserveCapacity(ranges.count)
        for range in ranges {
            if let last = merged.last, Self.touches(last, range) {
                merged[merged.count - 1] = last.lowerBound...Swift.max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        ranges = merged
    }

    /// Whether `next`, which starts at or after `range`'s start, overlaps it or follows it without a gap.
    private static func touches(_ range: ClosedRange<UID>, _ next: ClosedRange<UID>) -> Bool {
        UInt64(next.lowerBound.rawValue) <= UInt64(range.upperBound.rawValue) + 1
    }

    /// The ranges as plain numbers.
    public var rawRanges: [ClosedRange<UInt32>] {
        ranges.map { $0.lowerBound.rawValue...$0.upperBound.rawValue }
    }

    public var isEmpty: Bool { ranges.isEmpty }

    /// How many UIDs are in the set (up to 2³²−1, whatever the platform's Int holds).
    public var count: Int {
        var sum: UInt64 = 0
        for range in ranges { sum += UInt64(range.upperBound.rawValue - range.lowerBound.rawValue) + 1 }
        return Int(clamping: sum)
    }

    public var min: UID? { ranges.first?.lowerBound }
    public var max: UID? { ranges.last?.upperBound }

    /// The index of the first range whose upper bound is not below `uid`.
    private func firstRange(reaching uid: UID) -> Int {
        var low = 0
        var high = ranges.count
        while low < high {
            let middle = (low + high) / 2
            if ranges[middle].upperBound < uid { low = middle + 1 } else { high = middle }
        }
        return low
    }

    public func contains(_ uid: UID) -> Bool {
        let index = firstRange(reaching: uid)
        return index < ranges.count && ranges[index].lowerBound <= uid
    }

    /// Whether each UID of `other` is in this set.
    public func isSuperset(of other: UIDSet) -> Bool {
        other.subtracting(self).isEmpty
    }

    public mutating func insert(_ uid: UID) {
        insert(uid...uid)
    }

    public mutating func insert(_ range: ClosedRange<UID>) {
        guard let last = ranges.last else {
            ranges.append(range)
            return
        }
        if range.lowerBound >= last.lowerBound {
            // The common case: UIDs come in ascending order.
            if Self.touches(last, range) {
                ranges[ranges.count - 1] = last.lowerBound...Swift.max(last.upperBound, range.upperBound)
            } else {
                ranges.append(range)
            }
            return
        }
        var lower = range.lowerBound
        var upper = range.upperBound
        let first = firstRange(reaching: lower.predecessor ?? lower)
        var end = first
        while end < ranges.count, UInt64(ranges[end].lowerBound.rawValue) <= UInt64(upper.rawValue) + 1 {
            lower = Swift.min(lower, ranges[end].lowerBound)
            upper = Swift.max(upper, ranges[end].upperBound)
            end += 1
        }
        ranges.replaceSubrange(first..<end, with: CollectionOfOne(lower...upper))
    }

    public mutating func remove(_ uid: UID) {
        subtract(UIDSet(uid))
    }

    public mutating func formUnion(_ other: UIDSet) {
        self = union(other)
    }

    public func union(_ other: UIDSet) -> UIDSet {
        if isEmpty { return other }
        if other.isEmpty { return self }
        return UIDSet(normalizing: ranges + other.ranges)
    }

    public mutating func subtract(_ other: UIDSet) {
        self = subtracting(other)
    }

    public func subtracting(_ other: UIDSet) -> UIDSet {
        guard !other.isEmpty, !isEmpty else { return self }
        var result = UIDSet()
        var index = 0
        for range in ranges {
            var lower = UInt64(range.lowerBound.rawValue)
            let upper = UInt64(range.upperBound.rawValue)
            while index < other.ranges.count, other.ranges[index].upperBound < range.lowerBound { index += 1 }
            var cut = index
            while cut < other.ranges.count, lower <= upper {
                let hole = other.ranges[cut]
                let holeLower = UInt64(hole.lowerBound.rawValue)
                if holeLower > upper { break }
                if holeLower > lower { result.append(lower, holeLower - 1) }
                lower = Swift.max(lower, UInt64(hole.upperBound.rawValue) + 1)
                cut += 1
            }
            if lower <= upper { result.append(lower, upper) }
        }
        return result
    }

    public func intersection(_ other: UIDSet) -> UIDSet {
        var result = UIDSet()
        var i = 0
        var j = 0
        while i < ranges.count, j < other.ranges.count {
            let lower = Swift.max(ranges[i].lowerBound, other.ranges[j].lowerBound)
            let upper = Swift.min(ranges[i].upperBound, other.ranges[j].upperBound)
            if lower <= upper { result.ranges.append(lower...upper) }
            if ranges[i].upperBound < other.ranges[j].upperBound { i += 1 } else { j += 1 }
        }
        return result
    }

    private mutating func append(_ lower: UInt64, _ upper: UInt64) {
        guard let low = UID(rawValue: UInt32(clamping: lower)), let high = UID(rawValue: UInt32(clamping: upper))
        else { return }
        ranges.append(low...high)
    }

    /// The set cut into pieces of at most `size` UIDs each, in the order in which to fetch them.
    ///
    /// Within a piece the UIDs ascend in any case; `newestFirst` orders the pieces.
    public func windows(of size: Int, newestFirst: Bool = false) -> [UIDSet] {
        let size = UInt64(Swift.max(1, size))
        var windows: [UIDSet] = []
        var window: [ClosedRange<UID>] = []
        var room = size
        func close() {
            if !window.isEmpty { windows.append(UIDSet(normalizing: newestFirst ? window.reversed() : window)) }
            window.removeAll()
            room = size
        }
        for range in newestFirst ? ranges.reversed() : ranges {
            var lower = UInt64(range.lowerBound.rawValue)
            var upper = UInt64(range.upperBound.rawValue)
            while lower <= upper {
                let take = Swift.min(room, upper - lower + 1)
                let from = newestFirst ? upper - take + 1 : lower
                let to = newestFirst ? upper : lower + take - 1
                window.append(UID(unchecked: UInt32(clamping: from))...UID(unchecked: UInt32(clamping: to)))
                room -= take
                if room == 0 { close() }
                if newestFirst {
                    if from == lower { break }
                    upper = from - 1
                } else {
                    lower = to + 1
                }
            }
        }
        close()
        return windows
    }
}

extension UIDSet: Sequence {
    public struct Iterator: IteratorProtocol {
        private let ranges: [ClosedRange<UID>]
        private var index = 0
        private var next_: UInt64 = 0

        init(_ ranges: [ClosedRange<UID>]) {
            self.ranges = ranges
        }

        public mutating func next() -> UID? {
            while index < ranges.count {
                let range = ranges[index]
                let value = Swift.max(next_, UInt64(range.lowerBound.rawValue))
                if value <= UInt64(range.upperBound.rawValue) {
                    next_ = value + 1
                    return UID(rawValue: UInt32(clamping: value))
                }
                index += 1
            }
            return nil
        }
    }

    public func makeIterator() -> Iterator { Iterator(ranges) }
    public var underestimatedCount: Int { 0 }
}

extension UIDSet: CustomStringConvertible {
    public var description: String { wireForm }
}

extension UIDSet: ExpressibleByArrayLiteral {
    public init(arrayLiteral elements: UID...) {
        self.init(elements)
    }
}
