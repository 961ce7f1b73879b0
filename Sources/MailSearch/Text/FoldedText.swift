/// A range of a text on one line, and where a query's words stand in it: white space folded, control characters and quote
/// marks left out.
struct FoldedText {
    /// UTF-8.
    private let bytes: [UInt8]
    /// Ranges of `bytes`, in order, not overlapping.
    private let matches: [Range<Int>]

    var fragment: TextFragment {
        let text = String(decoding: bytes, as: UTF8.self)
        // Broken UTF-8 is mended by what is as long as it was, or longer.
        return text.utf8.count == bytes.count ? TextFragment(text: text, matches: matches) : mendedFragment
    }

    private var mendedFragment: TextFragment {
        var fragment = TextFragment(text: "", matches: [])
        var index = 0
        func append(_ end: Int) { fragment.text += String(decoding: bytes[index..<end], as: UTF8.self) }
        for match in matches where match.lowerBound >= index && match.upperBound <= bytes.count {
            append(match.lowerBound)
            index = match.lowerBound
            let start = fragment.text.utf8.count
            append(match.upperBound)
            index = match.upperBound
            fragment.matches.append(start..<fragment.text.utf8.count)
        }
        append(bytes.count)
        return fragment
    }

    /// ``TextFragment/html`` of the same.
    var html: String { bytes.withUnsafeBufferPointer { TextFragment.html($0, matches) } }

    /// Where what can be copied as it is ends: words, and the single blanks between them.
    @inline(__always)
    private static func endOfPlain(_ text: UnsafeBufferPointer<UInt8>, from start: Int, to end: Int) -> Int {
        func isPlain(_ byte: UInt8) -> Bool { byte > 0x20 && byte != 0x7F && byte != 0xC2 }
        var at = start
        while at < end {
            let byte = text[at]
            guard isPlain(byte) || (byte == 0x20 && at > start && at + 1 < end && isPlain(text[at + 1])) else { break }
            at += 1
        }
        return at
    }

    private static let ellipsis: StaticString = "…"

    /// - Parameters:
    ///   - matches: the whole text's, in order, not overlapping.
    ///   - isLines: whether lines may begin with quote marks.
    ///   - hasMoreBefore: tells whether an ellipsis stands before it; `hasMoreAfter` of one behind it.
    init(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, matches: [TermMatcher.Match], isLines: Bool,
        hasMoreBefore: Bool = false, hasMoreAfter: Bool = false
    ) {
        let mark = Self.ellipsis
        var found: [Range<Int>] = []
        // Nothing becomes longer but by the ellipses.
        bytes = [UInt8](unsafeUninitializedCapacity: range.count + 2 * mark.utf8CodeUnitCount) { room, count in
            func put(_ byte: UInt8) {
                room.initializeElement(at: count, to: byte)
                count += 1
            }
            func putMark() {
                for index in 0..<mark.utf8CodeUnitCount { put(mark.utf8Start[index]) }
            }
            if hasMoreBefore { putMark() }
            let begin = count
            var isPendingSpace = false
            var isLineStart = isLines && (range.lowerBound == 0 || text[range.lowerBound - 1] == 0x0A)
            var next = matches.firstIndex { $0.range.upperBound > range.lowerBound } ?? matches.count
            // Where the match at hand began here, and where in the text the next begins or that one ends.
            var opened: Int?
            var bound = next < matches.count ? matches[next].range.lowerBound : Int.max
            var index = range.lowerBound
            while index < range.upperBound {
                if !isLineStart, !isPendingSpace {
                    let end = Self.endOfPlain(text, from: index, to: min(bound, range.upperBound))
                    if end > index, let from = text.baseAddress, let to = room.baseAddress {
                        (to + count).initialize(from: from + index, count: end - index)
                        count += end - index
                        index = end
                        continue
                    }
                }
                let byte = text[index]
                if index >= bound, let start = opened {
                    found.append(start..<count)
                    opened = nil
                    next += 1
                    bound = next < matches.count ? matches[next].range.lowerBound : Int.max
                }
                if Snippet.isSpace(byte) {
                    isPendingSpace = count > begin
                    if byte == 0x0A { isLineStart = isLines }
                } else if isLineStart, byte == UInt8(ascii: ">") {
                    isPendingSpace = count > begin
                } else if byte < 0x20 || byte == 0x7F {
                    // A control character.
                } else if byte == 0xC2, index + 1 < text.count, text[index + 1] < 0xA0 {
                    // So is this one, of two bytes.
                    index += 1
                } else {
                    isLineStart = false
                    if isPendingSpace {
                        put(0x20)
                        isPendingSpace = false
                    }
                    if index >= bound, opened == nil {
                        opened = count
                        bound = matches[next].range.upperBound
                    }
                    put(byte)
                }
                index += 1
            }
            if let start = opened, start < count { found.append(start..<count) }
            if hasMoreAfter { putMark() }
        }
        self.matches = found
    }
}
