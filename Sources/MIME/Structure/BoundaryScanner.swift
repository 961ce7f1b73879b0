#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Splits a multipart's body at its boundary lines (RFC 2046 §5.1.1).
enum BoundaryScanner {
    struct Result {
        /// Each part, header and body, without the line end that belongs to the boundary after it.
        var parts: [Range<Int>] = []
        var isClosed = false
        var isTruncated = false
    }

    /// Looks for `--boundary` lines in `range`. A boundary that is another's beginning is told from it by what follows
    /// on its line: blanks alone may. At most `limit` parts. An empty boundary is a line of two hyphens alone: with a
    /// blank after them they are how signatures begin.
    static func split(
        _ bytes: UnsafeRawBufferPointer, in range: Range<Int>, boundary: UnsafeRawBufferPointer, limit: Int
    ) -> Result {
        var result = Result()
        guard let base = bytes.baseAddress, let needle = boundary.baseAddress else { return result }
        let end = range.upperBound
        var open: Int?
        var index = range.lowerBound
        // Hyphens are rarer than line ends, and base64 has none.
        while let dash = ByteScan.first(0x2D, in: bytes, from: index, to: end) {
            let isLineStart = dash == range.lowerBound || bytes[dash - 1] == 0x0A || bytes[dash - 1] == 0x0D
            let label = dash + 2
            guard isLineStart, label + boundary.count <= end, bytes[dash + 1] == 0x2D,
                memcmp(base + label, needle, boundary.count) == 0
            else {
                index = dash + 1
                while index < end, bytes[index] == 0x2D { index &+= 1 }
                continue
            }
            var after = label + boundary.count
            var closes = false
            if after + 1 < end, bytes[after] == 0x2D, bytes[after + 1] == 0x2D {
                closes = true
                after += 2
            }
            while after < end, bytes[after] == 0x20 || bytes[after] == 0x09, !boundary.isEmpty { after += 1 }
            guard after >= end || bytes[after] == 0x0A || bytes[after] == 0x0D else {
                index = label
                continue
            }
            if let start = open {
                result.parts.append(start..<max(start, partEnd(bytes, start, dash)))
                open = nil
            }
            while after < end, bytes[after] == 0x0D { after += 1 }
            if after < end, bytes[after] == 0x0A { after += 1 }
            result.isClosed = closes
            if !closes {
                if result.parts.count >= limit {
                    result.isTruncated = true
                    return result
                }
                open = after
            }
            index = after
        }
        // A boundary at the very end opens nothing.
        if let start = open, start < end { result.parts.append(start..<end) }
        return result
    }

    /// The boundary in use where the header names none or a wrong one: the first line that begins with two hyphens and
    /// has a header after it.
    static func guess(_ bytes: UnsafeRawBufferPointer, in range: Range<Int>) -> Range<Int>? {
        var index = range.lowerBound
        let end = range.upperBound
        var tries = 0
        while let dash = ByteScan.first(0x2D, in: bytes, from: index, to: end), tries < 100 {
            index = dash + 1
            let isLineStart = dash == range.lowerBound || bytes[dash - 1] == 0x0A
            guard isLineStart, dash + 2 < end, bytes[dash + 1] == 0x2D, !ASCII.isBlank(bytes[dash + 2]) else {
                while index < end, bytes[index] == 0x2D { index &+= 1 }
                continue
            }
            tries += 1
            let lineFeed = ByteScan.first(0x0A, in: bytes, from: dash, to: end) ?? end
            var lineEnd = lineFeed
            while lineEnd > dash + 2, ASCII.isBlank(bytes[lineEnd - 1]) { lineEnd -= 1 }
            let next = bytes.slice(min(lineFeed + 1, end)..<end)
            if lineEnd - dash < 200, next.startsIgnoringCase("content-") { return (dash + 2)..<lineEnd }
            index = lineFeed
        }
        return nil
    }

    private static func partEnd(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ dash: Int) -> Int {
        var end = dash
        if end > start, bytes[end - 1] == 0x0A { end -= 1 }
        if end > start, bytes[end - 1] == 0x0D { end -= 1 }
        return end
    }
}
