/// Writes JSON (RFC 8259) straight into octets.
///
/// Commas are seen to; that what is begun is ended, and that each key has its value, is the caller's part. Control
/// characters, DEL, C1 controls, and characters that turn the reading direction round are written as `\u` escapes:
/// the same text to a JSON reader, and harmless where it ends on a terminal.
public struct JSONWriter: Sendable {
    public private(set) var bytes: [UInt8] = []
    private var needsComma = false

    public init(reserving capacity: Int = 512) {
        bytes.reserveCapacity(capacity)
    }

    // MARK: Structure

    public mutating func beginObject() { begin(UInt8(ascii: "{")) }
    public mutating func endObject() { end(UInt8(ascii: "}")) }
    public mutating func beginArray() { begin(UInt8(ascii: "[")) }
    public mutating func endArray() { end(UInt8(ascii: "]")) }

    private mutating func begin(_ bracket: UInt8) {
        separate()
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func end(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    /// A member's name that needs no escapes; its value must follow.
    public mutating func key(_ name: StaticString) {
        name.withUTF8Buffer { appendQuoted($0, isKey: true) }
        needsComma = false
    }

    public mutating func key(_ name: String) {
        string(name)
        bytes.append(UInt8(ascii: ":"))
        needsComma = false
    }

    // MARK: Values

    public mutating func null() {
        separate()
        bytes.append(contentsOf: "null".utf8)
    }

    public mutating func bool(_ value: Bool) {
        separate()
        if value { bytes.append(contentsOf: "true".utf8) } else { bytes.append(contentsOf: "false".utf8) }
    }

    public mutating func integer(_ value: some BinaryInteger) {
        separate()
        appendDigits(Int64(clamping: value))
    }

    /// Not-a-number and infinities, which JSON has no way to write, become null.
    public mutating func double(_ value: Double) {
        guard value.isFinite else { return null() }
        separate()
        bytes.append(contentsOf: value.description.utf8)
    }

    public mutating func string(_ value: String) {
        var value = value
        value.withUTF8 { text in
            if text.count <= Self.longestAtOnce, Self.endOfPlain(text, from: 0) == text.count {
                appendQuoted(text, isKey: false)
            } else {
                separate()
                bytes.append(UInt8(ascii: "\""))
                appendEscaped(text)
                bytes.append(UInt8(ascii: "\""))
            }
        }
    }

    /// Octets of a plain string that is put together before it is appended: to append is dearer than to copy so few.
    private static let longestAtOnce = 512

    /// What needs no escapes, with what stands before and behind it.
    private mutating func appendQuoted(_ text: UnsafeBufferPointer<UInt8>, isKey: Bool) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: text.count + 4) { room in
            var count = 0
            func put(_ byte: UInt8) {
                room.initializeElement(at: count, to: byte)
                count += 1
            }
            if needsComma { put(UInt8(ascii: ",")) }
            put(UInt8(ascii: "\""))
            if let from = text.baseAddress, let to = room.baseAddress {
                (to + count).initialize(from: from, count: text.count)
                count += text.count
            }
            put(UInt8(ascii: "\""))
            if isKey { put(UInt8(ascii: ":")) }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: room[..<count]))
        }
        needsComma = true
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
        bytes.append(UInt8(ascii: "\""))
        RFC3339.append(secondsSince1970, offsetMinutes: offsetMinutes, to: &bytes)
        bytes.append(UInt8(ascii: "\""))
    }

    /// A value that is JSON already.
    public mutating func raw(_ json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
    }

    /// A line's end between values that stand by themselves (JSON lines).
    public mutating func newline() {
        bytes.append(10)
        needsComma = false
    }

    /// What has been written so far; the writer starts anew, with its space kept.
    public mutating func removeAll() {
        bytes.removeAll(keepingCapacity: true)
        needsComma = false
    }

    private mutating func appendDigits(_ value: Int64) {
        if value < 0 { bytes.append(UInt8(ascii: "-")) }
        var magnitude = value.magnitude
        let start = bytes.count
        repeat {
            bytes.append(UInt8(ascii: "0") + UInt8(magnitude % 10))
            magnitude /= 10
        } while magnitude > 0
        bytes[start...].reverse()
    }

    // MARK: Escapes

    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        guard !text.isEmpty else { return }
        var start = 0
        var index = 0
        while true {
            index = Self.endOfPlain(text, from: index)
            guard index < text.count else { break }
            let (scalar, length) = Self.scalarToEscape(text, at: index)
            guard let scalar else {
                index += length
                continue
            }
            bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<index]))
            appendEscape(scalar)
            index += length
            start = index
        }
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: text[start..<text.count]))
    }

    /// The first octet from `index` on that is none of plain ASCII, and none of those that no character to be escaped
    /// begins with.
    private static func endOfPlain(_ text: UnsafeBufferPointer<UInt8>, from index: Int) -> Int {
        guard let base = UnsafeRawPointer(text.baseAddress) else { return 0 }
        /// Octets that are not plain, of eight: in each of them, the highest bit tells.
        func others(_ index: Int) -> UInt64 {
            let every: UInt64 = 0x0101_0101_0101_0101
            let octets = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: index, as: UInt64.self))
            let low = octets & (every &* 0x7F)
            // Overflows into the highest bit: for the first two where a quote and a backslash are.
            let quotes = ~((low ^ every &* 0x22) &+ every &* 0x7F)
            let backslashes = ~((low ^ every &* 0x5C) &+ every &* 0x7F)
            let controls = ~(low &+ every &* 0x60) | (low &+ every)
            return (quotes | backslashes | controls | octets) & (every &* 0x80)
        }
        var index = index
        while true {
            // Eight octets at a time, as far as they go; the last of them together with some that were looked at.
            while text.count &- index >= 8 {
                let others = others(index)
                if others != 0 {
                    index &+= others.trailingZeroBitCount / 8
                    break
                }
                index &+= 8
            }
            if index < text.count, text.count &- index < 8, text.count >= 8, others(text.count &- 8) == 0 {
                return text.count
            }
            repeat {
                guard index < text.count else { return text.count }
                switch text[index] {
                case 0x20...0x21, 0x23...0x5B, 0x5D...0x7E: break
                // What goes on, or begins, a character.
                case 0x80...0xC1, 0xC3...0xD7, 0xD9...0xE1, 0xE3...0xFF: break
                default: return index
                }
                index &+= 1
            } while index < text.count && text[index] >= 0x80
        }
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
        bytes.append(UInt8(ascii: "\\"))
        switch scalar {
        case 0x22: bytes.append(UInt8(ascii: "\""))
        case 0x5C: bytes.append(UInt8(ascii: "\\"))
        case 0x08: bytes.append(UInt8(ascii: "b"))
        case 0x09: bytes.append(UInt8(ascii: "t"))
        case 0x0A: bytes.append(UInt8(ascii: "n"))
        case 0x0C: bytes.append(UInt8(ascii: "f"))
        case 0x0D: bytes.append(UInt8(ascii: "r"))
        default:
            bytes.append(UInt8(ascii: "u"))
            for shift in [12, 8, 4, 0] {
                let digit = UInt8((scalar >> UInt16(shift)) & 0xF)
                bytes.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
            }
        }
    }
}
