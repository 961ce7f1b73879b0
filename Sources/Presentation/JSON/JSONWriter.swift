/// Writes JSON (RFC 8259) straight into octets.
///
/// Commas are seen to; that what is begun is ended, and that each key has its value, is the caller's part. Control
/// characters, DEL, C1 controls, and characters that turn the reading direction round are written as `\u` escapes:
/// the same text to a JSON reader, and harmless where it ends on a terminal.
///
/// Unchecked because of the pointer, which nobody else has: an answer has thousands of strings, and to append each to an
/// array takes longer than to look through it.
public struct JSONWriter: ~Copyable, @unchecked Sendable {
    private var start: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    private var count = 0
    private var needsComma = false

    public init(reserving capacity: Int = 512) {
        self.capacity = max(capacity, Self.spare)
        start = .allocate(capacity: self.capacity)
    }

    deinit { start.deallocate() }

    /// What was written so far.
    public var bytes: [UInt8] { octets(from: 0) }

    private func octets(from first: Int) -> [UInt8] {
        Array(UnsafeBufferPointer(start: start + first, count: count - first))
    }

    // MARK: Room

    /// Octets that can be written behind what was asked for: text is copied eight at a time.
    private static let spare = 16

    /// Where the next octets go, of which there may be so many and ``spare`` ones.
    @inline(__always)
    private mutating func room(for more: Int) -> UnsafeMutablePointer<UInt8> {
        if capacity &- count < more &+ Self.spare { grow(by: more) }
        return start + count
    }

    /// For who knows how much will be written.
    public mutating func reserve(_ more: Int) { _ = room(for: more) }

    @inline(never)
    private mutating func grow(by more: Int) {
        capacity = max(capacity * 2, count + more + more / 8 + Self.spare)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: capacity)
        larger.moveInitialize(from: start, count: count)
        start.deallocate()
        start = larger
    }

    @inline(__always)
    private mutating func put(_ byte: UInt8) {
        room(for: 0)[0] = byte
        count &+= 1
    }

    private mutating func append(_ octets: UnsafeBufferPointer<UInt8>) {
        guard let from = octets.baseAddress else { return }
        room(for: octets.count).initialize(from: from, count: octets.count)
        count &+= octets.count
    }

    private mutating func append(_ text: StaticString) { text.withUTF8Buffer { append($0) } }

    // MARK: Structure

    public mutating func beginObject() { begin(UInt8(ascii: "{")) }
    public mutating func endObject() { end(UInt8(ascii: "}")) }
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        put(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        put(bracket)
        needsComma = true
    }

    @inline(__always)
    private mutating func separate() {
        if needsComma { put(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// A member's name that needs no escapes; its value must follow.
    public mutating func key(_ name: StaticString) {
        separate()
        put(UInt8(ascii: "\""))
        append(name)
        put(UInt8(ascii: "\""))
        put(UInt8(ascii: ":"))
        needsComma = false
    }

    public mutating func key(_ name: String) {
        string(name)
        put(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    public mutating func null() {
        separate()
        append("null")
    }

    public mutating func bool(_ value: Bool) {
        separate()
        append(value ? "true" : "false")
    }

    public mutating func integer(_ value: some BinaryInteger) {
        separate()
        appendDigits(Int64(clamping: value))
    }

    /// Not-a-number and infinities, which JSON has no way to write, become null.
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        var text = value.description
        text.withUTF8 { append($0) }
    }

    public mutating func string(_ value: String) {
        separate()
        put(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { appendEscaped($0) }
        put(UInt8(ascii: "\""))
    }

    /// A string or null.
    public mutating func string(_ value: String?) {
        if let value { string(value) } else { null() }
    }

    public mutating func strings(_ values: some Sequence<String>) {
        beginArray()
        for value in values { string(value) }
        endArray()
    }

    /// A moment in RFC 3339's form, as UTC or with the offset given: `2024-03-05T13:34:56+01:00`.
    public mutating func date(_ secondsSince1970: Int64, offsetMinutes: Int? = nil) {
        separate()
        put(UInt8(ascii: "\""))
        count &+= RFC3339.write(secondsSince1970, offsetMinutes: offsetMinutes, to: room(for: RFC3339.longest))
        put(UInt8(ascii: "\""))
    }

    /// A value that is JSON already.
    public mutating func raw(_ json: [UInt8]) {
        separate()
        json.withUnsafeBufferPointer { append($0) }
    }

    /// Writes one value, and hands it over by itself too.
    public mutating func value(_ write: (inout JSONWriter) throws -> Void) rethrows -> [UInt8] {
        separate()
        needsComma = false
        let first = count
        try write(&self)
        return octets(from: first)
    }

    /// A line's end between values that stand by themselves (JSON lines).
    public mutating func newline() {
        put(10)
        needsComma = false
    }

    /// What has been written so far; the writer starts anew, with its space kept.
    public mutating func removeAll() {
        count = 0
        needsComma = false
    }

    private mutating func appendDigits(_ value: Int64) {
        if value < 0 { put(UInt8(ascii: "-")) }
        var magnitude = value.magnitude
        var digits = 1
        var least: UInt64 = 10
        // 10^19, the last one it comes to, is more than any magnitude, and still a number of 64 bits.
        while magnitude >= least {
            digits &+= 1
            least &*= 10
        }
        let room = room(for: digits)
        for place in stride(from: digits &- 1, through: 0, by: -1) {
            room[place] = UInt8(ascii: "0") &+ UInt8(truncatingIfNeeded: magnitude % 10)
            magnitude /= 10
        }
        count &+= digits
    }

    // MARK: Escapes

    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var index = 0
        while true {
            let end = Self.copyPlain(text, from: index, to: room(for: text.count &- index))
            count &+= end &- index
            index = end
            guard index < text.count else { return }
            let (scalar, length) = Self.scalarToEscape(text, at: index)
            if let scalar {
                appendEscape(scalar)
            } else {
                append(UnsafeBufferPointer(rebasing: text[index..<(index + length)]))
            }
            index += length
        }
    }

    /// Copies up to the first octet from `start` on that must be escaped, or with which a character begins that must perhaps,
    /// and tells where that is.
    ///
    /// - Parameter room: for all of the text from `start` on, and ``spare`` octets.
    @inline(__always)
    private static func copyPlain(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, to room: UnsafeMutablePointer<UInt8>
    ) -> Int {
        guard let base = UnsafeRawPointer(text.baseAddress) else { return 0 }
        let to = UnsafeMutableRawPointer(room)
        /// Octets that are not plain, of eight, which it copies: in each of them, the highest bit tells.
        func others(_ index: Int) -> UInt64 {
            let every: UInt64 = 0x0101_0101_0101_0101
            let bytes = base.loadUnaligned(fromByteOffset: index, as: UInt64.self)
            to.storeBytes(of: bytes, toByteOffset: index &- start, as: UInt64.self)
            let octets = UInt64(littleEndian: bytes)
            let low = octets & (every &* 0x7F)
            /// Overflows into the highest bit but where the lower ones are these.
            func differ(_ bits: UInt64) -> UInt64 { (low ^ every &* bits) &+ every &* 0x7F }
            // A quote, a backslash; below a space or DEL.
            let ascii = ~(differ(0x22) & differ(0x5C)) | ~(low &+ every &* 0x60) | (low &+ every)
            // 0xC2, 0xD8, 0xE2.
            let beyond = ~(differ(0x42) & differ(0x58) & differ(0x62))
            return (ascii & ~octets | beyond & octets) & (every &* 0x80)
        }
        var index = start
        while text.count &- index >= 8 {
            let others = others(index)
            if others != 0 { return index &+ others.trailingZeroBitCount / 8 }
            index &+= 8
        }
        // The last few together with some that were looked at.
        if index < text.count, text.count &- start >= 8, others(text.count &- 8) == 0 { return text.count }
        while index < text.count {
            switch text[index] {
            case 0x20...0x21, 0x23...0x5B, 0x5D...0x7E: break
            // What goes on, or begins, a character.
            case 0x80...0xC1, 0xC3...0xD7, 0xD9...0xE1, 0xE3...0xFF: break
            default: return index
            }
            room[index &- start] = text[index]
            index &+= 1
        }
        return index
    }

    /// The character at `index` where it must be escaped, and how many octets to go on by.
    private static func scalarToEscape(
        _ text: UnsafeBufferPointer<UInt8>, at index: Int
    ) -> (scalar: UInt16?, length: Int) {
        let byte = text[index]
        if byte < 0x80 { return (UInt16(byte), 1) }
        func next(_ offset: Int) -> UInt8 { index + offset < text.count ? text[index + offset] : 0 }
        switch byte {
        case 0xC2 where next(1) < 0xA0:  // C1 controls
            return (UInt16(next(1)), 2)
        case 0xD8 where next(1) == 0x9C:  // Arabic letter mark
            return (0x061C, 2)
        case 0xE2 where next(1) == 0x80 && (0x8E...0x8F).contains(next(2)):  // direction marks
            return (0x2000 | UInt16(next(2) & 0x3F), 3)
        case 0xE2 where next(1) == 0x80 && (0xA8...0xAE).contains(next(2)):  // line ends, embeddings, overrides
            return (0x2000 | UInt16(next(2) & 0x3F), 3)
        case 0xE2 where next(1) == 0x81 && (0xA6...0xA9).contains(next(2)):  // isolates
            return (0x2040 | UInt16(next(2) & 0x3F), 3)
        default:
            return (nil, 1)
        }
    }

    private mutating func appendEscape(_ scalar: UInt16) {
        put(UInt8(ascii: "\\"))
        switch scalar {
        case 0x22: put(UInt8(ascii: "\""))
        case 0x5C: put(UInt8(ascii: "\\"))
        case 0x08: put(UInt8(ascii: "b"))
        case 0x09: put(UInt8(ascii: "t"))
        case 0x0A: put(UInt8(ascii: "n"))
        case 0x0C: put(UInt8(ascii: "f"))
        case 0x0D: put(UInt8(ascii: "r"))
        default:
            put(UInt8(ascii: "u"))
            for shift in [12, 8, 4, 0] {
                let digit = UInt8((scalar >> UInt16(shift)) & 0xF)
                put(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
