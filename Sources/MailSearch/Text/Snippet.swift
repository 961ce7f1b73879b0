#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Chooses what of a text to show for a query.
public enum Snippet {
    /// Characters (Unicode scalars) of a fragment, more or less.
    public static let length = 160
    /// Characters shown before the first match.
    static let lead = 50
    /// So many bytes of a text are looked at: what stands further down is not worth a wait.
    static let readBytes = 1 << 20
    /// Bytes of a character at most.
    static let longestScalar = 4
    /// Bytes looked back over for a line's beginning.
    static let longestLine = 1_000
    /// Bytes of a signature at most, but for the line that parts it from the text.
    static let longestSignature = 8_187

    /// The fragment that shows most of the query's words close together, in new text rather than in what is quoted or
    /// signed; nil if the column has none of them.
    public static func fragment(
        of text: String, column: TextColumns, terms: TermMatcher, length: Int = length
    ) -> TextFragment? {
        var text = text
        return text.withUTF8 { cutting(of: $0, column: column, terms: terms, length: length)?.fragment }
    }

    /// As above of UTF-8, as a part that can be shown in more than one form.
    static func cutting(
        of bytes: UnsafeBufferPointer<UInt8>, column: TextColumns, terms: TermMatcher, length: Int = length
    ) -> FoldedText? {
        let read = UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, readBytes)])
        let matches = terms.matches(in: read, column: column, span: length * longestScalar)
        guard !matches.isEmpty else { return nil }
        let best = bestWindow(matches, in: read, length: length)
        return cut(bytes, around: best, matches: matches, length: length)
    }

    /// The whole text on one line, marked; nil if it has none of the query's words. For subjects.
    public static func whole(_ text: String, column: TextColumns, terms: TermMatcher) -> TextFragment? {
        foldedWhole(text, column: column, terms: terms)?.fragment
    }

    static func foldedWhole(_ text: String, column: TextColumns, terms: TermMatcher) -> FoldedText? {
        var text = text
        return text.withUTF8 { bytes in
            let matches = terms.matches(in: bytes, column: column)
            guard !matches.isEmpty else { return nil }
            return FoldedText(bytes, 0..<bytes.count, matches: matches, isLines: false)
        }
    }

    // MARK: Choice

    private static func bestWindow(
        _ matches: [TermMatcher.Match], in bytes: UnsafeBufferPointer<UInt8>, length: Int
    ) -> Range<Int> {
        var signature = Signature(of: bytes)
        var best = (score: Int.min, window: 0..<0)
        for (index, first) in matches.enumerated() {
            let limit = first.range.lowerBound + length - lead / 2
            // One bit each: there are no more than ``TermMatcher/mostPhrases``.
            var phrases: UInt64 = 0
            var count = 0
            var end = first.range.upperBound
            for match in matches[index...] {
                guard match.range.upperBound <= max(limit, first.range.upperBound) else { break }
                phrases |= 1 << UInt64(match.phrase & 63)
                count += 1
                end = match.range.upperBound
            }
            let isNew =
                !isQuoted(first.range.lowerBound, in: bytes) && !signature.hasBegun(before: first.range.lowerBound)
            let score = phrases.nonzeroBitCount * 10 + min(count, 4) + (isNew ? 6 : 0)
            if score > best.score { best = (score, first.range.lowerBound..<end) }
        }
        return best.window
    }

    /// Whether what stands at `index` is in a line of quoted text.
    static func isQuoted(_ index: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        var start = index
        while start > 0, index - start < longestLine, bytes[start - 1] != 0x0A { start -= 1 }
        while start < index, bytes[start] == 0x20 || bytes[start] == 0x09 { start += 1 }
        return start < bytes.count && bytes[start] == UInt8(ascii: ">")
    }

    /// Looks for the line of `-- ` that ends a message, as far down as is asked: what is sought mostly stands far above it.
    private struct Signature {
        private static let mark: StaticString = "\n-- \n"

        private let bytes: UnsafeBufferPointer<UInt8>
        /// Up to here none begins.
        private var sought: Int
        private var start = Int.max

        init(of bytes: UnsafeBufferPointer<UInt8>) {
            self.bytes = bytes
            // Signatures are short: one that stands further up is no signature.
            sought = max(0, bytes.count - Self.mark.utf8CodeUnitCount - longestSignature)
        }

        /// Whether it begins above `place`; places must not come down.
        mutating func hasBegun(before place: Int) -> Bool {
            let length = Self.mark.utf8CodeUnitCount
            let end = min(place, bytes.count - length + 1)
            guard start == .max, sought < end, let base = bytes.baseAddress else { return start < place }
            while sought < end, let found = memchr(base + sought, Int32(Self.mark.utf8Start[0]), end - sought) {
                let line = UnsafeRawPointer(found) - UnsafeRawPointer(base)
                if memcmp(base + line, Self.mark.utf8Start, length) == 0 {
                    start = line
                    return true
                }
                sought = line + 1
            }
            sought = end
            return false
        }
    }

    // MARK: Cutting

    private static func cut(
        _ bytes: UnsafeBufferPointer<UInt8>, around window: Range<Int>, matches: [TermMatcher.Match], length: Int
    ) -> FoldedText {
        var start = window.lowerBound
        var before = 0
        // Back by characters, then forward to a word's beginning.
        while start > 0, before < lead {
            start -= 1
            if bytes[start] & 0xC0 != 0x80 { before += 1 }
        }
        while start < window.lowerBound, bytes[start] & 0xC0 == 0x80 { start += 1 }
        if start > 0, !isSpace(bytes[start - 1]) {
            var ahead = start
            while ahead < window.lowerBound, !isSpace(bytes[ahead]) { ahead += 1 }
            if ahead < window.lowerBound { start = ahead }
        }
        var end = start
        var count = 0
        if let base = UnsafeRawPointer(bytes.baseAddress) {
            // Eight bytes at a time, as far as they can't be too many.
            while bytes.count &- end >= 8, length &- count >= 8 {
                let eight = base.loadUnaligned(fromByteOffset: end, as: UInt64.self)
                // Bytes that a character goes on with, in each of which the highest bit tells.
                let following = eight & ~eight << 1 & 0x8080_8080_8080_8080
                count &+= 8 &- following.nonzeroBitCount
                end &+= 8
            }
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        }
        while end < bytes.count, count < length || end < window.upperBound {
            end += 1
            while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
            count += 1
        }
        if end < bytes.count, !isSpace(bytes[end]) {
            var back = end
            while back > window.upperBound, !isSpace(bytes[back - 1]) { back -= 1 }
            // A script without spaces is cut where it is.
            if back > window.upperBound, end - back < 40 { end = back }
        }
        return FoldedText(
            bytes, start..<end, matches: matches, isLines: true, hasMoreBefore: hasText(bytes, 0..<start),
            hasMoreAfter: hasText(bytes, end..<bytes.count))
    }

    private static func hasText(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        bytes[range].contains { !isSpace($0) && $0 != UInt8(ascii: ">") }
    }

    @inline(__always)
    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }
}
