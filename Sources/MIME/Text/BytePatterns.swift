#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension UnsafeBufferPointer where Element == UInt8 {
    /// The place of the first `byte` at or after `start`.
    func firstIndex(of byte: UInt8, from start: Int) -> Int? {
        guard let baseAddress, start < count,
            let found = memchr(baseAddress + start, Int32(byte), count - start)
        else { return nil }
        return UnsafeRawPointer(baseAddress).distance(to: UnsafeRawPointer(found))
    }

    /// The place of the first `pattern` at or after `start`. Linear, for the patterns are short.
    func firstIndex(of pattern: StaticString, from start: Int = 0) -> Int? {
        var from = start
        while let found = firstIndex(of: pattern.utf8Start[0], from: from) {
            if matches(pattern, at: found) { return found }
            from = found + 1
        }
        return nil
    }

    func holds(_ pattern: StaticString) -> Bool {
        firstIndex(of: pattern) != nil
    }

    /// Whether `pattern` stands at `start`.
    func matches(_ pattern: StaticString, at start: Int = 0) -> Bool {
        let length = pattern.utf8CodeUnitCount
        guard start >= 0, let baseAddress, count - start >= length else { return false }
        return memcmp(baseAddress + start, pattern.utf8Start, length) == 0
    }
}
