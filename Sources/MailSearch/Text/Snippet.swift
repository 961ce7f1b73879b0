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

    /// The fragment that shows most of the query's words close together, in new text rather than in what is quoted or
    /// signed; nil if the column has none of them.
    public static func fragment(
        of text: String, column: TextColumns, terms: TermMatcher, length: Int = length
    ) -> TextFragment? {
        var text = text
        return text.withUTF8 { fragment(of: $0, column: column, terms: terms, length: length) }
    }

    /// As above, from UTF-8.
    public static func fragment(
        of bytes: UnsafeBufferPointer<UInt8>, column: TextColumns, terms: TermMatcher, length: Int = length
    ) -> TextFragment? {
        let read = UnsafeBufferPointer(rebasing: bytes[..<min(bytes.count, readBytes)])
        let matches = terms.matches(in: read, column: column, span: length * longestScalar)
        guard !matches.isEmpty else { return nil }
        let best = bestWindow(matches, in: read, length: length)
        return cut(bytes, around: best, matches: matches, length: length)
    }

    /// The whole text on one line, marked; nil if it has none of the query's words. For subjects.
    public static func whole(_ text: String, column: TextColumns, terms: TermMatcher) -> TextFragment? {
        var text = text
        return text.withUTF8 { bytes in
            let matches = terms.matches(in: bytes, column: column)
            guard !matches.isEmpty else { return nil }
            return folded(bytes, 0..<bytes.count, matches: matches, isLines: false)
        }
    }

    // MARK: Choice

    private static func bestWindow(
        _ matches: [TermMatcher.Match], in bytes: UnsafeBufferPointer<UInt8>, length: Int
    ) -> Range<Int> {
        let signature = signatureStart(bytes)
        var best = (score: Int.min, window: 0..<0)
        for (index, first) in matches.enumerated() {
            let limit = first.range.lowerBound + length - lead / 2
            var phrases: Set<Int> = []
            var count = 0
            var end = first.range.upperBound
            for match in matches[index...] {
                guard match.range.upperBound <= max(limit, first.range.upperBound) else { break }
                phrases.insert(match.phrase)
                count += 1
                end = match.range.upperBound
            }
            let isNew = first.range.lowerBound < signature && !isQuoted(first.range.lowerBound, in: bytes)
            let score = phrases.count * 10 + min(count, 4) + (isNew ? 6 : 0)
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

    /// Where a line of `-- ` ends the message, or the text's end.
    private static func signatureStart(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var last = bytes.count
        guard bytes.count > 4 else { return last }
        var index = bytes.count - 5
        // Signatures are short: one that stands further up is no signature.
        let floor = max(0, bytes.count - 8_192)
        while index >= floor {
            if bytes[index] == 0x0A, bytes[index + 1] == 0x2D, bytes[index + 2] == 0x2D, bytes[index + 3] == 0x20,
                bytes[index + 4] == 0x0A
            {
                last = index
            }
            index -= 1
        }
        return last
    }

    // MARK: Cutting

    private static func cut(
        _ bytes: UnsafeBufferPointer<UInt8>, around window: Range<Int>, matches: [TermMatcher.Match], length: Int
    ) -> TextFragment {
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
        var fragment = folded(bytes, start..<end, matches: matches, isLines: true)
        if hasText(bytes, 0..<start) { fragment = prefixed(fragment) }
        if hasText(bytes, end..<bytes.count) { fragment.text += "…" }
        return fragment
    }

    private static func hasText(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        bytes[range].contains { !isSpace($0) && $0 != UInt8(ascii: ">") }
    }

    private static func prefixed(_ fragment: TextFragment) -> TextFragment {
        let mark = "…"
        let shift = mark.utf8.count
        return TextFragment(
            text: mark + fragment.text,
            matches: fragment.matches.map { ($0.lowerBound + shift)..<($0.upperBound + shift) })
    }

    @inline(__always)
    private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    /// A range of a text on one line: white space folded, control characters and quote marks left out.
    private static func folded(
        _ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, matches: [TermMatcher.Match], isLines: Bool
    ) -> TextFragment {
        var out: [UInt8] = []
        out.reserveCapacity(range.count)
        var ranges: [Range<Int>] = []
        var opened: Int?
        var isPendingSpace = false
        var isLineStart = isLines && (range.lowerBound == 0 || bytes[range.lowerBound - 1] == 0x0A)
        var next = matches.firstIndex { $0.range.upperBound > range.lowerBound } ?? matches.count
        var index = range.lowerBound
        func isControl(_ index: Int) -> Bool {
            bytes[index] < 0x20 || bytes[index] == 0x7F
                || (bytes[index] == 0xC2 && index + 1 < bytes.count && bytes[index + 1] < 0xA0)
        }
        while index < range.upperBound {
            if let start = opened, next < matches.count, index >= matches[next].range.upperBound {
                ranges.append(start..<out.count)
                opened = nil
                next += 1
            }
            let byte = bytes[index]
            if isSpace(byte) {
                isPendingSpace = !out.isEmpty
                if byte == 0x0A { isLineStart = isLines }
            } else if isLineStart, byte == UInt8(ascii: ">") {
                isPendingSpace = !out.isEmpty
            } else if isControl(index) {
                // C1 controls have two bytes.
                if byte == 0xC2 { index += 1 }
            } else {
                isLineStart = false
                if isPendingSpace {
                    out.append(0x20)
                    isPendingSpace = false
                }
                if opened == nil, next < matches.count, index >= matches[next].range.lowerBound { opened = out.count }
                out.append(byte)
            }
            index += 1
        }
        if let start = opened, start < out.count { ranges.append(start..<out.count) }
        return TextFragment(text: String(decoding: out, as: UTF8.self), matches: ranges)
    }
}
