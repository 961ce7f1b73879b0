#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Searches over a stretch of memory, `start..<end`, in the C library's speed.
enum ByteScan {
    /// The index of the first `byte` in `start..<end`, or nil.
    @inline(__always)
    static func first(
        _ byte: UInt8, in bytes: UnsafeRawBufferPointer, from start: Int, to end: Int
    ) -> Int? {
        guard let base = bytes.baseAddress, start < end else { return nil }
        guard let found = memchr(base + start, Int32(byte), end - start) else { return nil }
        return UnsafeRawPointer(found) - base
    }

    /// Whether `start..<end` holds no octet above 0x7F.
    static func isASCII(_ bytes: UnsafeRawBufferPointer) -> Bool {
        asciiPrefix(bytes, from: 0) == bytes.count
    }

    /// The index of the first octet above 0x7F at or after `start`, or the count.
    static func asciiPrefix(_ bytes: UnsafeRawBufferPointer, from start: Int) -> Int {
        guard let base = bytes.baseAddress else { return 0 }
        let count = bytes.count
        var index = start
        while index &+ 32 <= count {
            let a = base.loadUnaligned(fromByteOffset: index, as: SIMD4<UInt64>.self)
            if ((a[0] | a[1]) | (a[2] | a[3])) & 0x8080_8080_8080_8080 != 0 { break }
            index &+= 32
        }
        while index &+ 8 <= count {
            let high = base.loadUnaligned(fromByteOffset: index, as: UInt64.self) & 0x8080_8080_8080_8080
            if high != 0 { return index &+ UInt64(littleEndian: high).trailingZeroBitCount / 8 }
            index &+= 8
        }
        while index < count {
            if base.load(fromByteOffset: index, as: UInt8.self) >= 0x80 { return index }
            index &+= 1
        }
        return count
    }

    /// How well bytes read as UTF-8.
    struct UTF8Census {
        /// Well-formed sequences of two octets and more.
        var sequences = 0
        /// Octets that belong to no well-formed sequence.
        var faults = 0
    }

    /// Counts UTF-8 sequences; stops at `faultLimit` faults.
    static func utf8Census(_ bytes: UnsafeRawBufferPointer, faultLimit: Int = .max) -> UTF8Census {
        var census = UTF8Census()
        guard let base = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return census }
        let count = bytes.count
        var index = asciiPrefix(bytes, from: 0)
        while index < count {
            let length = utf8SequenceLength(base, index, count)
            if length == 0 {
                census.faults &+= 1
                if census.faults >= faultLimit { return census }
                index &+= 1
            } else {
                census.sequences &+= 1
                index &+= length
            }
            if index < count, base[index] < 0x80 {
                // Scripts with spaces and punctuation have short runs of ASCII; only past those is the wide scan worth
                // its call.
                index &+= 1
                if index < count, base[index] < 0x80 { index = asciiPrefix(bytes, from: index) }
            }
        }
        return census
    }

    /// The length of the well-formed UTF-8 sequence of two octets or more at `index` (RFC 3629), or 0.
    @inline(__always)
    static func utf8SequenceLength(_ base: UnsafePointer<UInt8>, _ index: Int, _ count: Int) -> Int {
        let lead = base[index]
        if lead < 0xC2 { return 0 }
        if lead < 0xE0 {
            return index &+ 1 < count && base[index &+ 1] & 0xC0 == 0x80 ? 2 : 0
        }
        if lead < 0xF0 {
            guard index &+ 2 < count else { return 0 }
            let second = base[index &+ 1]
            guard second & 0xC0 == 0x80, base[index &+ 2] & 0xC0 == 0x80 else { return 0 }
            if lead == 0xE0 && second < 0xA0 { return 0 }
            if lead == 0xED && second >= 0xA0 { return 0 }
            return 3
        }
        guard lead < 0xF5, index &+ 3 < count else { return 0 }
        let second = base[index &+ 1]
        guard second & 0xC0 == 0x80, base[index &+ 2] & 0xC0 == 0x80, base[index &+ 3] & 0xC0 == 0x80 else {
            return 0
        }
        if lead == 0xF0 && second < 0x90 { return 0 }
        if lead == 0xF4 && second >= 0x90 { return 0 }
        return 4
    }
}

extension UnsafeRawBufferPointer {
    /// The octets in `range`, cut to what is there.
    @inline(__always)
    func slice(_ range: Range<Int>) -> UnsafeRawBufferPointer {
        let lower = Swift.max(0, Swift.min(range.lowerBound, count))
        let upper = Swift.max(lower, Swift.min(range.upperBound, count))
        return UnsafeRawBufferPointer(rebasing: self[lower..<upper])
    }

    /// Without blanks (space, tab, CR, LF) at both ends.
    func trimmed() -> UnsafeRawBufferPointer {
        var lower = 0
        var upper = count
        while lower < upper, ASCII.isBlank(self[lower]) { lower &+= 1 }
        while upper > lower, ASCII.isBlank(self[upper &- 1]) { upper &-= 1 }
        return UnsafeRawBufferPointer(rebasing: self[lower..<upper])
    }

    /// Whether these octets are `other` in any case of ASCII letters.
    func equalsIgnoringCase(_ other: StaticString) -> Bool {
        guard count == other.utf8CodeUnitCount else { return false }
        let theirs = other.utf8Start
        for index in 0..<count where ASCII.lowercased(self[index]) != ASCII.lowercased(theirs[index]) {
            return false
        }
        return true
    }

    /// Whether these octets begin with `other` in any case of ASCII letters.
    func startsIgnoringCase(_ other: StaticString) -> Bool {
        count >= other.utf8CodeUnitCount
            && UnsafeRawBufferPointer(rebasing: self[0..<other.utf8CodeUnitCount]).equalsIgnoringCase(other)
    }

    /// The place of `needle` at or after `start`.
    func firstIndex(of needle: StaticString, from start: Int = 0) -> Int? {
        let length = needle.utf8CodeUnitCount
        guard length > 0, let base = baseAddress else { return nil }
        let first = needle.utf8Start[0]
        var index = start
        while let found = ByteScan.first(first, in: self, from: index, to: count - length + 1) {
            if memcmp(base + found, needle.utf8Start, length) == 0 { return found }
            index = found + 1
        }
        return nil
    }

    /// The octets with ASCII letters in lower case, as text.
    func lowercasedString() -> String {
        String(unsafeUninitializedCapacity: count) { out in
            for index in 0..<count { out[index] = ASCII.lowercased(self[index]) }
            return count
        }
    }
}
