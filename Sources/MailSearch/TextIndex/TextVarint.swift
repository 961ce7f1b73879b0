/// SQLite's integers of one to nine bytes, as FTS5's records hold them: seven bits a byte, the highest first; the ninth
/// byte has eight.
public enum TextVarint {
    @inlinable public static var longest: Int { 9 }

    /// Writes a value to `out` (room for ``longest`` bytes); its length.
    @inlinable @inline(__always)
    public static func put(_ value: UInt64, _ out: UnsafeMutablePointer<UInt8>) -> Int {
        if value < 0x80 {
            out[0] = UInt8(truncatingIfNeeded: value)
            return 1
        }
        if value < 0x4000 {
            out[0] = UInt8(truncatingIfNeeded: value >> 7) | 0x80
            out[1] = UInt8(truncatingIfNeeded: value) & 0x7F
            return 2
        }
        return putLong(value, out)
    }

    @inlinable @inline(never)
    public static func putLong(_ value: UInt64, _ out: UnsafeMutablePointer<UInt8>) -> Int {
        if value >> 56 != 0 {
            out[8] = UInt8(truncatingIfNeeded: value)
            var rest = value >> 8
            for place in stride(from: 7, through: 0, by: -1) {
                out[place] = UInt8(truncatingIfNeeded: rest) | 0x80
                rest >>= 7
            }
            return longest
        }
        let count = length(value)
        var rest = value
        for place in stride(from: count - 1, through: 0, by: -1) {
            out[place] = UInt8(truncatingIfNeeded: rest) & 0x7F | (place == count - 1 ? 0 : 0x80)
            rest >>= 7
        }
        return count
    }

    @inlinable @inline(__always)
    public static func length(_ value: UInt64) -> Int {
        if value < 0x80 { return 1 }
        return min(longest, (64 - value.leadingZeroBitCount + 6) / 7)
    }

    /// The value at `bytes`, of which there are enough, and its length.
    @inlinable @inline(__always)
    public static func get(_ bytes: UnsafePointer<UInt8>) -> (value: UInt64, length: Int) {
        let first = UInt64(bytes[0])
        if first < 0x80 { return (first, 1) }
        var value = first & 0x7F
        for place in 1..<8 {
            let byte = UInt64(bytes[place])
            value = value << 7 | byte & 0x7F
            if byte < 0x80 { return (value, place + 1) }
        }
        return (value << 8 | UInt64(bytes[8]), longest)
    }

    public static func append(_ value: UInt64, to bytes: inout [UInt8]) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longest) { room in
            guard let base = room.baseAddress else { return }
            bytes.append(contentsOf: UnsafeBufferPointer(start: base, count: put(value, base)))
        }
    }

    /// The value at `index`, which goes behind it; nil where the bytes end before it does.
    @inlinable
    public static func read<Bytes: RandomAccessCollection>(_ bytes: Bytes, _ index: inout Int) -> UInt64?
    where Bytes.Element == UInt8, Bytes.Index == Int {
        var value: UInt64 = 0
        for place in 0..<longest {
            guard index < bytes.count else { return nil }
            let byte = UInt64(bytes[index])
            index += 1
            if place == longest - 1 { return value << 8 | byte }
            value = value << 7 | byte & 0x7F
            if byte < 0x80 { return value }
        }
        return value
    }

    /// All values there are; nil where the bytes end within one.
    public static func readAll(_ bytes: [UInt8]) -> [UInt64]? {
        var values: [UInt64] = []
        var index = 0
        while index < bytes.count {
            guard let value = read(bytes, &index) else { return nil }
            values.append(value)
        }
        return values
    }
}
