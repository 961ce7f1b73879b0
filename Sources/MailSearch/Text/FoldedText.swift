/// A range of a text on one line, and where a query's words stand in it: white space folded, control characters and quote
/// marks left out.
struct FoldedText {
    /// UTF-8.
    private var bytes: [UInt8] = []
    /// Ranges of `bytes`, in order, not overlapping.
    private var matches: [Range<Int>] = []

    var fragment: TextFragment { TextFragment(text: String(decoding: bytes, as: UTF8.self), matches: matches) }

    /// ``TextFragment/html`` of the same.
    var html: String { bytes.withUnsafeBufferPointer { TextFragment.html($0, matches) } }

    private static let ellipsis: StaticString = "…"

    /// - Parameters:
    ///   - matches: the whole text's, in order, not overlapping.
    ///   - isLines: whether lines may begin with quote marks.
    ///   - hasMoreBefore: tells whether an ellipsis stands before it; `hasMoreAfter` of one behind it.
    init(
        _ text: UnsafeBufferPointer<UInt8>, _ range: Range<Int>, matches: [TermMatcher.Match], isLines: Bool,
        hasMoreBefore: Bool = false, hasMoreAfter: Bool = false
    ) {
        let mark = UnsafeBufferPointer(
            start: Self.ellipsis.utf8Start, count: Self.ellipsis.utf8CodeUnitCount)
        bytes.reserveCapacity(range.count + 2 * mark.count)
        if hasMoreBefore { bytes.append(contentsOf: mark) }
        let begin = bytes.count
        var isPendingSpace = false
        var isLineStart = isLines && (range.lowerBound == 0 || text[range.lowerBound - 1] == 0x0A)
        var next = matches.firstIndex { $0.range.upperBound > range.lowerBound } ?? matches.count
        // Where in `bytes` the match at hand began, and where in the text the next begins or that one ends.
        var opened: Int?
        var bound = next < matches.count ? matches[next].range.lowerBound : Int.max
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = text[index]
            if let start = opened, index >= bound {
                self.matches.append(start..<bytes.count)
                opened = nil
                next += 1
                bound = next < matches.count ? matches[next].range.lowerBound : Int.max
            }
            if Snippet.isSpace(byte) {
                isPendingSpace = bytes.count > begin
                if byte == 0x0A { isLineStart = isLines }
            } else if isLineStart, byte == UInt8(ascii: ">") {
                isPendingSpace = bytes.count > begin
            } else if byte < 0x20 || byte == 0x7F {
                // A control character.
            } else if byte == 0xC2, index + 1 < text.count, text[index + 1] < 0xA0 {
                // So is this one, of two bytes.
                index += 1
            } else {
                isLineStart = false
                if isPendingSpace {
                    bytes.append(0x20)
                    isPendingSpace = false
                }
                if opened == nil, index >= bound {
                    opened = bytes.count
                    bound = matches[next].range.upperBound
                }
                bytes.append(byte)
            }
            index += 1
        }
        if let start = opened, start < bytes.count { self.matches.append(start..<bytes.count) }
        if hasMoreAfter { bytes.append(contentsOf: mark) }
    }
}
