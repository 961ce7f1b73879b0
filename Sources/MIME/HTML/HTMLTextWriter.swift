#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The text under construction: bytes, and the white space that is still owed to them.
///
/// White space is only noted when it is met, and written when text follows: so runs fold, and nothing trails.
struct HTMLTextWriter: ~Copyable {
    /// What parts the last text from the next one within a line; the larger wins.
    private enum Separator {
        static let none: UInt8 = 0
        static let lineFeed: UInt8 = 1
        static let space: UInt8 = 2
        static let tab: UInt8 = 3
    }

    /// Quotes deeper than this are marked as this deep.
    static let quoteLimit = 16

    private var buffer: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private(set) var count = 0
    private let limit: Int

    private var newlines = 0
    private var separator = Separator.none
    /// The last byte of a ZWNJ or ZWJ, which is kept between letters that are not ASCII alone.
    private var joiner: UInt8 = 0
    private var marker: ListMarker = .none
    /// Whether anything at all is owed before the next text.
    private var owes = true
    private var lineHasText = false
    private var writtenQuoteDepth = 0
    var quoteDepth = 0

    enum ListMarker {
        case none
        case bullet
        case number(Int)
    }

    init(expected: Int, limit: Int) {
        self.limit = limit
        capacity = max(256, min(expected, limit) + 64)
        buffer = .allocate(capacity: capacity)
    }

    deinit {
        buffer.deallocate()
    }

    var isFull: Bool { count >= limit }

    // MARK: White space

    mutating func space() {
        if lineHasText, separator < Separator.space {
            separator = Separator.space
            owes = true
        }
    }

    /// White space that holds a line end: it vanishes between ideographs.
    mutating func foldedLineEnd() {
        if lineHasText, separator < Separator.lineFeed {
            separator = Separator.lineFeed
            owes = true
        }
    }

    mutating func tab() {
        if lineHasText {
            separator = Separator.tab
            owes = true
        }
    }

    /// `<br>`: ends a line, even an empty one.
    mutating func lineBreak() {
        newlines = lineHasText ? 1 : min(newlines + 1, 2)
        endLine()
    }

    /// The edge of a block: what follows begins a line, after an empty one if `emptyLine`.
    mutating func block(emptyLine: Bool = false) {
        newlines = max(newlines, emptyLine ? 2 : 1)
        endLine()
    }

    private mutating func endLine() {
        separator = Separator.none
        joiner = 0
        lineHasText = false
        owes = true
    }

    mutating func mark(_ marker: ListMarker) {
        self.marker = marker
        owes = true
    }

    mutating func join(_ lastByte: UInt8) {
        joiner = lastByte
        owes = true
    }

    // MARK: Text

    /// Appends text that holds no white space but single spaces between words.
    @inline(__always)
    mutating func put(_ bytes: UnsafePointer<UInt8>, _ length: Int) {
        guard length > 0 else { return }
        if owes { settle(next: bytes[0]) }
        reserve(length)
        memcpy(buffer + count, bytes, length)
        count += length
        lineHasText = true
    }

    mutating func put(_ scalar: Unicode.Scalar) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 4) { bytes in
            var length = 0
            for byte in UTF8.encode(scalar)! {
                bytes[length] = byte
                length += 1
            }
            put(UnsafePointer(bytes.baseAddress!), length)
        }
    }

    mutating func putLiteral(_ text: StaticString) {
        put(text.utf8Start, text.utf8CodeUnitCount)
    }

    /// A space or tab of preformatted text, which is written as it stands.
    mutating func putVerbatim(space byte: UInt8) {
        separator = Separator.none
        if newlines > 0 || count == 0 { settle(next: byte) }
        raw(byte)
    }

    private mutating func reserve(_ length: Int) {
        if count + length > capacity { grow(length) }
    }

    @inline(never)
    private mutating func grow(_ length: Int) {
        let larger = max(capacity * 2, count + length + 64)
        let moved = UnsafeMutablePointer<UInt8>.allocate(capacity: larger)
        memcpy(moved, buffer, count)
        buffer.deallocate()
        buffer = moved
        capacity = larger
    }

    private mutating func raw(_ byte: UInt8) {
        reserve(1)
        buffer[count] = byte
        count += 1
    }

    /// Writes what is owed before a text that begins with `next`.
    @inline(never)
    private mutating func settle(next: UInt8) {
        owes = false
        if newlines > 0 || count == 0 {
            let depth = min(quoteDepth, Self.quoteLimit)
            if count > 0 {
                raw(UInt8(ascii: "\n"))
                for _ in 1..<max(newlines, 1) {
                    for _ in 0..<min(depth, writtenQuoteDepth) { raw(UInt8(ascii: ">")) }
                    raw(UInt8(ascii: "\n"))
                }
            }
            writtenQuoteDepth = depth
            for _ in 0..<depth { raw(UInt8(ascii: ">")) }
            if depth > 0 { raw(UInt8(ascii: " ")) }
            newlines = 0
            writeMarker()
        } else if separator == Separator.tab {
            raw(UInt8(ascii: "\t"))
        } else if separator == Separator.space {
            raw(UInt8(ascii: " "))
        } else if separator == Separator.lineFeed {
            if !(Self.beginsIdeograph(next) && count >= 3 && Self.beginsIdeograph(buffer[count - 3])) {
                raw(UInt8(ascii: " "))
            }
        } else if joiner != 0, next >= 0x80, count > 0, buffer[count - 1] >= 0x80 {
            raw(0xE2)
            raw(0x80)
            raw(joiner)
        }
        separator = Separator.none
        joiner = 0
    }

    private mutating func writeMarker() {
        switch marker {
        case .none: break
        case .bullet:
            raw(UInt8(ascii: "-"))
            raw(UInt8(ascii: " "))
        case .number(let number):
            for byte in "\(number). ".utf8 { raw(byte) }
        }
        marker = .none
    }

    /// Whether a UTF-8 lead byte begins U+3000…U+9FFF: kana and ideographs, which are written without spaces.
    private static func beginsIdeograph(_ byte: UInt8) -> Bool {
        byte >= 0xE3 && byte <= 0xE9
    }

    // MARK: Result

    /// Whether the last line written is `-- `, which opens a signature.
    var endsWithSignatureLine: Bool {
        guard count >= 2 else { return false }
        var end = count
        while end > 0, buffer[end - 1] == UInt8(ascii: " ") { end -= 1 }
        return end >= 2 && buffer[end - 1] == UInt8(ascii: "-") && buffer[end - 2] == UInt8(ascii: "-")
            && (end == 2 || buffer[end - 3] == UInt8(ascii: "\n"))
    }

    /// The text so far, of at most `limit` bytes, cut between characters.
    func text() -> (text: String, isTruncated: Bool) {
        var length = count
        if length > limit {
            length = limit
            while length > 0, buffer[length] & 0xC0 == 0x80 { length -= 1 }
        }
        let bytes = UnsafeBufferPointer(start: buffer, count: length)
        return (String(decoding: bytes, as: UTF8.self), count > limit)
    }
}
