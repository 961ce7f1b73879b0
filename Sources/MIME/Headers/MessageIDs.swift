/// Message identifiers (RFC 5322 §3.6.4).
enum MessageIDs {
    /// The identifiers in Message-ID, In-Reply-To or References, without angle brackets. Where there are no brackets at
    /// all, each word that holds an `@`, or the only word, is one.
    static func parse(_ bytes: UnsafeRawBufferPointer, limit: Int = 10_000) -> [String] {
        var result: [String] = []
        var index = 0
        var hasBracket = false
        while let open = ByteScan.first(0x3C, in: bytes, from: index, to: bytes.count), result.count < limit {
            hasBracket = true
            // A bracket that nothing closes ends where the next one opens.
            var end = open + 1
            while end < bytes.count, bytes[end] != 0x3E, bytes[end] != 0x3C { end += 1 }
            if let id = identifier(bytes.slice((open + 1)..<end)) { result.append(id) }
            index = end < bytes.count && bytes[end] == 0x3E ? end + 1 : end
        }
        if hasBracket { return result }
        var words: [String] = []
        var start = 0
        while start < bytes.count, words.count < limit {
            while start < bytes.count, ASCII.isBlank(bytes[start]) || bytes[start] == 0x2C { start += 1 }
            var end = start
            while end < bytes.count, !ASCII.isBlank(bytes[end]), bytes[end] != 0x2C { end += 1 }
            if let id = identifier(bytes.slice(start..<end)) { words.append(id) }
            start = end
        }
        if words.count == 1 { return words }
        return words.filter { $0.utf8.contains(UInt8(ascii: "@")) }
    }

    /// Folds and blanks inside of an identifier come from broken folding and don't belong to it.
    private static func identifier(_ bytes: UnsafeRawBufferPointer) -> String? {
        let bytes = bytes.trimmed()
        guard bytes.count > 0 else { return nil }
        if bytes.contains(where: ASCII.isBlank) {
            let squeezed = bytes.filter { !ASCII.isBlank($0) }
            return squeezed.withUnsafeBytes { TextDecoder.string($0, as: nil) }
        }
        return TextDecoder.string(bytes, as: nil)
    }
}
