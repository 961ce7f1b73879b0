import NIOCore

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Why a value could not be read. It never leaves the parser, which counts and skips.
enum ParseFault: Error {
    case malformed
    case tooDeep
    case tooMany

    var reason: SkippedText.Reason {
        switch self {
        case .malformed: .malformedValue
        case .tooDeep: .tooDeep
        case .tooMany: .tooMany
        }
    }
}

/// A string of the wire: where it stands in the frame, and how.
struct WireString {
    enum Form: UInt8 {
        case atom
        case quoted
        /// With backslashes to be taken out.
        case escaped
        case literal
        /// A literal whose octets were thrown away; `length` is 0.
        case omitted
    }

    var start: Int
    var length: Int
    var form: Form

    var end: Int { start + length }
}

/// A place in a frame's bytes. Each look is bounded; at the end there are only NULs.
struct WireCursor {
    let bytes: UnsafeRawBufferPointer
    let end: Int
    var index: Int
    /// Nearly always empty.
    let omitted: [ResponseFrame.OmittedLiteral]

    init(_ bytes: UnsafeRawBufferPointer, omitted: [ResponseFrame.OmittedLiteral]) {
        self.bytes = bytes
        end = bytes.count
        index = 0
        self.omitted = omitted
    }

    var isAtEnd: Bool { index >= end }
    var remaining: Int { end - index }

    /// The octet here, 0 at the end.
    @inline(__always)
    var byte: UInt8 { index < end ? bytes[index] : 0 }

    /// The octet at `offset`, 0 outside.
    @inline(__always)
    func byte(at offset: Int) -> UInt8 { offset >= 0 && offset < end ? bytes[offset] : 0 }

    /// Whether there was at least one.
    @inline(__always)
    @discardableResult
    mutating func skipSpaces() -> Bool {
        let start = index
        while index < end, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
        return index > start
    }

    /// Steps over `byte` where it stands here.
    @inline(__always)
    mutating func take(_ byte: UInt8) -> Bool {
        guard index < end, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    @inline(__always)
    mutating func expect(_ byte: UInt8) throws(ParseFault) {
        guard take(byte) else { throw .malformed }
    }

    // MARK: Words

    /// Octets up to a space, control, parenthesis or bracket.
    @inline(__always)
    mutating func word() -> Range<Int> {
        let start = index
        while index < end {
            let byte = bytes[index]
            if byte <= 0x20 || byte == 0x28 || byte == 0x29 || byte == 0x5B || byte == 0x5D { break }
            index += 1
        }
        return start..<index
    }

    /// Octets up to a space, control or parenthesis.
    @inline(__always)
    mutating func atom() -> Range<Int> {
        let start = index
        while index < end {
            let byte = bytes[index]
            if byte <= 0x20 || byte == 0x28 || byte == 0x29 { break }
            index += 1
        }
        return start..<index
    }

    /// Octets up to a space or control.
    mutating func run() -> Range<Int> {
        let start = index
        while index < end, bytes[index] > 0x20 { index += 1 }
        return start..<index
    }

    /// Whether the octets are `word` (in upper case), whatever their case.
    @inline(__always)
    func matches(_ range: Range<Int>, _ word: StaticString) -> Bool {
        guard range.count == word.utf8CodeUnitCount else { return false }
        let pointer = word.utf8Start
        var offset = 0
        while offset < range.count {
            if asciiUppercased(bytes[range.lowerBound + offset]) != pointer[offset] { return false }
            offset += 1
        }
        return true
    }

    /// In upper case.
    func name(_ range: Range<Int>) -> String {
        String(repairing: UnsafeRawBufferPointer(rebasing: bytes[clamped(range)]), mappedBy: asciiUppercased)
    }

    private func clamped(_ range: Range<Int>) -> Range<Int> { range.clamped(to: 0..<end) }

    // MARK: Numbers

    /// Digits; nil where there are none or they are more than 64 bits, with the cursor after them.
    @inline(__always)
    mutating func number() -> UInt64? {
        var value: UInt64 = 0
        let start = index
        var overflow = false
        while index < end {
            let digit = bytes[index] &- 0x30
            if digit >= 10 { break }
            if value > 922_337_203_685_477_579 {
                let (product, tooBig) = value.multipliedReportingOverflow(by: 10)
                let (sum, tooMuch) = product.addingReportingOverflow(UInt64(digit))
                if tooBig || tooMuch { overflow = true }
                value = sum
            } else {
                value = value &* 10 &+ UInt64(digit)
            }
            index += 1
        }
        return index > start && !overflow ? value : nil
    }

    /// A number that may be quoted, negative (nil) or NIL (nil), as servers send them.
    mutating func looseNumber() throws(ParseFault) -> UInt64? {
        let quoted = take(UInt8(ascii: "\""))
        let start = index
        let value = number()
        if value == nil, index == start {
            // NIL, -1 and such: a value that says nothing, or none at all.
            guard !atom().isEmpty else { throw .malformed }
            return nil
        }
        if quoted, !take(UInt8(ascii: "\"")) { throw .malformed }
        return value
    }

    // MARK: Strings

    /// Whether NIL stands here as a word of its own; steps over it.
    @inline(__always)
    mutating func takeNil() -> Bool {
        guard index + 2 < end, bytes[index] & 0xDF == 0x4E, bytes[index + 1] & 0xDF == 0x49,
            bytes[index + 2] & 0xDF == 0x4C
        else { return false }
        let after = byte(at: index + 3)
        guard after <= 0x20 || after == 0x28 || after == 0x29 || after == 0x5D else { return false }
        index += 3
        return true
    }

    /// A quoted string, literal or, for anything else, the octets up to a space or parenthesis.
    @inline(__always)
    mutating func string() throws(ParseFault) -> WireString {
        let first = byte
        if first == 0x22 { return try quoted() }
        if first == 0x7B || (first == 0x7E && byte(at: index + 1) == 0x7B), let literal = literal() { return literal }
        let range = atom()
        guard !range.isEmpty else { throw .malformed }
        return WireString(start: range.lowerBound, length: range.count, form: .atom)
    }

    /// As `string()`, nil for NIL.
    @inline(__always)
    mutating func nilString() throws(ParseFault) -> WireString? {
        if takeNil() { return nil }
        return try string()
    }

    /// A quoted string.
    ///
    /// A quotation mark ends it only where a delimiter follows, since servers forget to escape those within; a
    /// backslash before any other character is itself.
    mutating func quoted() throws(ParseFault) -> WireString {
        let start = index + 1
        var position = start
        var form = WireString.Form.quoted
        while position < end {
            let byte = bytes[position]
            if byte == 0x22 {
                let next = self.byte(at: position + 1)
                if position + 1 >= end || next <= 0x20 || next == 0x28 || next == 0x29 || next == 0x5D || next == 0x3E {
                    index = position + 1
                    return WireString(start: start, length: position - start, form: form)
                }
            } else if byte == 0x5C {
                form = .escaped
                let next = self.byte(at: position + 1)
                if next == 0x22 || next == 0x5C { position += 1 }
            } else if byte == 0x0A || byte == 0x0D {
                break
            }
            position += 1
        }
        throw .malformed
    }

    /// A literal, or nil (with the cursor unmoved) where what stands here is none.
    mutating func literal() -> WireString? {
        var position = index
        if byte(at: position) == 0x7E { position += 1 }
        guard byte(at: position) == 0x7B else { return nil }
        position += 1
        let digits = position
        var size = 0
        while position < end, bytes[position] &- 0x30 < 10 {
            guard size < Int.max / 10 - 10 else { return nil }
            size = size * 10 + Int(bytes[position] &- 0x30)
            position += 1
        }
        guard position > digits else { return nil }
        let mark = byte(at: position)
        if mark == 0x2B || mark == 0x2D { position += 1 }
        guard byte(at: position) == 0x7D else { return nil }
        position += 1
        if byte(at: position) == 0x0D { position += 1 }
        guard byte(at: position) == 0x0A else { return nil }
        position += 1
        if !omitted.isEmpty {
            for literal in omitted where literal.offset == position {
                index = position
                return WireString(start: position, length: 0, form: .omitted)
            }
        }
        guard size <= end - position else { return nil }
        index = position + size
        return WireString(start: position, length: size, form: .literal)
    }

    /// The size that an omitted literal had.
    func omittedSize(_ string: WireString) -> UInt64 {
        omitted.first { $0.offset == string.start }?.size ?? 0
    }

    /// The octets, with backslashes taken out.
    func contents(_ string: WireString) -> [UInt8] {
        let raw = bytes[clamped(string.start..<string.end)]
        guard string.form == .escaped else { return [UInt8](raw) }
        var out: [UInt8] = []
        out.reserveCapacity(raw.count)
        var position = raw.startIndex
        while position < raw.endIndex {
            if raw[position] == 0x5C, position + 1 < raw.endIndex,
                raw[position + 1] == 0x22 || raw[position + 1] == 0x5C
            {
                position += 1
            }
            out.append(raw[position])
            position += 1
        }
        return out
    }

    /// UTF-8, or Latin-1 where it isn't that.
    func text(_ string: WireString) -> String {
        if string.form == .escaped { return String(repairing: contents(string)) }
        return text(string.start..<string.end)
    }

    func text(_ range: Range<Int>) -> String {
        String(repairing: UnsafeRawBufferPointer(rebasing: bytes[clamped(range)]))
    }

    // MARK: Skipping

    /// Steps over one value of any form.
    mutating func skipValue(nesting: Int) throws(ParseFault) {
        guard byte == 0x28 else {
            _ = try string()
            // BODY[…]<0> and the like stick to what is before them.
            return
        }
        var depth = 0
        repeat {
            switch byte {
            case 0x28:
                depth += 1
                guard depth <= nesting else { throw .tooDeep }
                index += 1
            case 0x29:
                depth -= 1
                index += 1
            case 0x20, 0x09:
                index += 1
            case 0:
                throw .malformed
            default:
                let start = index
                _ = try string()
                guard index > start else { throw .malformed }
            }
        } while depth > 0
    }
}
