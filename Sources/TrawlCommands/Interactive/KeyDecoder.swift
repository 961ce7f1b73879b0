/// Bytes of a terminal in, keys out: UTF-8, control characters, escape sequences of xterm and its kin, bracketed paste.
///
/// Bytes may be split anywhere. What is no key that Trawl knows is swallowed whole, never taken for typed text.
struct KeyDecoder {
    /// An escape sequence that is longer is given up.
    static let longestSequence = 64
    /// Octets of a paste that are kept; the rest is dropped.
    static let longestPaste = 65_536
    /// How long an Escape waits for the rest of a sequence, in milliseconds.
    static let escapeDelay: Int32 = 30

    private var buffer: [UInt8] = []
    /// Where the next key begins in `buffer`.
    private var start = 0
    private var paste: [UInt8]?

    private static let pasteEnd: [UInt8] = Array("\u{1B}[201~".utf8)

    /// Whether a key has begun that only more bytes, or the lack of them, can tell.
    var isWaiting: Bool { start < buffer.count && paste == nil }

    mutating func feed(_ bytes: some Sequence<UInt8>) -> [Key] {
        buffer.append(contentsOf: bytes)
        return decode(isFinal: false)
    }

    /// No more bytes came in time: what is there is all there is.
    mutating func timeOut() -> [Key] {
        paste == nil ? decode(isFinal: true) : []
    }

    private enum Step {
        /// Bytes used up, and what they mean.
        case key(Int, Key?)
        case incomplete
    }

    private mutating func decode(isFinal: Bool) -> [Key] {
        var keys: [Key] = []
        while start < buffer.count {
            if paste != nil {
                guard let pasted = takePaste() else { break }
                keys.append(.paste(pasted))
                continue
            }
            switch step(isFinal: isFinal) {
            case .incomplete:
                compact()
                return keys
            case .key(let count, let key):
                start += max(1, count)
                if let key { keys.append(key) }
            }
        }
        compact()
        return keys
    }

    private mutating func compact() {
        buffer.removeFirst(min(start, buffer.count))
        start = 0
    }

    /// Nil: the paste goes on.
    private mutating func takePaste() -> String? {
        var kept = paste ?? []
        while start < buffer.count {
            if buffer[start] == 0x1B {
                let rest = buffer[start...].prefix(Self.pasteEnd.count)
                if rest.elementsEqual(Self.pasteEnd) {
                    start += Self.pasteEnd.count
                    paste = nil
                    return String(decoding: kept, as: UTF8.self)
                }
                // Perhaps the beginning of the end.
                if Self.pasteEnd.starts(with: rest) { break }
            }
            if kept.count < Self.longestPaste { kept.append(buffer[start]) }
            start += 1
        }
        paste = kept
        return nil
    }

    private mutating func step(isFinal: Bool) -> Step {
        let first = buffer[start]
        switch first {
        case 0x1B: return escape(isFinal: isFinal)
        case 0x0D, 0x0A: return .key(1, .enter)
        case 0x09: return .key(1, .tab)
        case 0x08, 0x7F: return .key(1, .backspace)
        case 0x00: return .key(1, nil)
        case 0x01...0x1A: return .key(1, .control(Character(Unicode.Scalar(first + 0x60))))
        case 0x1C...0x1F: return .key(1, nil)
        default: return scalar(at: start, isFinal: isFinal) { .scalar($0) }
        }
    }

    /// A UTF-8 sequence, which may be split; what is no UTF-8 is U+FFFD.
    private func scalar(at place: Int, isFinal: Bool, _ key: (Unicode.Scalar) -> Key) -> Step {
        let used = place - start
        let first = buffer[place]
        let length =
            switch first {
            case ..<0x80: 1
            case 0xC2...0xDF: 2
            case 0xE0...0xEF: 3
            case 0xF0...0xF4: 4
            default: 0
            }
        guard length > 0 else { return .key(used + 1, key("\u{FFFD}")) }
        var value = length == 1 ? UInt32(first) : UInt32(first) & (0x7F >> UInt32(length))
        for offset in 1..<max(length, 1) {
            guard place + offset < buffer.count else {
                return isFinal ? .key(buffer.count - start, key("\u{FFFD}")) : .incomplete
            }
            let next = buffer[place + offset]
            guard next & 0xC0 == 0x80 else { return .key(used + offset, key("\u{FFFD}")) }
            value = value << 6 | UInt32(next & 0x3F)
        }
        guard let scalar = Unicode.Scalar(value) else { return .key(used + length, key("\u{FFFD}")) }
        // C1 controls are nothing that is typed.
        return .key(used + length, (0x80...0x9F).contains(value) ? nil : key(scalar))
    }

    private mutating func escape(isFinal: Bool) -> Step {
        guard start + 1 < buffer.count else { return isFinal ? .key(1, .escape) : .incomplete }
        switch buffer[start + 1] {
        case UInt8(ascii: "["): return controlSequence(isFinal: isFinal)
        case UInt8(ascii: "O"):
            guard start + 2 < buffer.count else { return isFinal ? .key(2, .alt("O")) : .incomplete }
            return .key(3, Self.lettered(buffer[start + 2], modifier: 1))
        case 0x1B: return .key(1, .escape)
        case 0x08, 0x7F: return .key(2, .deleteWord)
        case 0x0D, 0x0A: return .key(2, .enter)
        case 0..<0x20: return .key(2, nil)
        default:
            return scalar(at: start + 1, isFinal: isFinal) { scalar in
                switch scalar {
                case "b", "B": .wordLeft
                case "f", "F": .wordRight
                case "p", "P": .previousQuery
                case "n", "N": .nextQuery
                default: .alt(Character(scalar))
                }
            }
        }
    }

    /// ECMA-48 §5.4: parameters, intermediates, one final byte.
    private mutating func controlSequence(isFinal: Bool) -> Step {
        var place = start + 2
        // The Linux console's function keys: ESC [ [ A.
        if place < buffer.count, buffer[place] == UInt8(ascii: "[") {
            guard place + 1 < buffer.count else { return isFinal ? .key(3, nil) : .incomplete }
            let number = Int(buffer[place + 1]) - 0x40
            return .key(4, (1...5).contains(number) ? .function(number) : nil)
        }
        while place < buffer.count, (0x20...0x3F).contains(buffer[place]) {
            place += 1
            if place - start > Self.longestSequence { return .key(place - start, nil) }
        }
        guard place < buffer.count else {
            guard isFinal else { return .incomplete }
            // Alt and [ typed, or a sequence cut off.
            return .key(buffer.count - start, place == start + 2 ? .alt("[") : nil)
        }
        let final = buffer[place]
        let count = place + 1 - start
        // A byte that can't stand in a sequence begins something else.
        guard (0x40...0x7E).contains(final) else { return .key(place - start, nil) }
        let numbers = Self.numbers(buffer[(start + 2)..<place])
        let modifier = numbers.count > 1 ? numbers[1] : 1
        switch final {
        case UInt8(ascii: "~"):
            if numbers.first == 200 {
                paste = []
                return .key(count, nil)
            }
            return .key(count, Self.numbered(numbers.first ?? 0, modifier: modifier))
        case UInt8(ascii: "u"):
            return .key(count, Self.unicode(numbers.first ?? 0, modifier: modifier))
        default:
            return .key(count, Self.lettered(final, modifier: modifier))
        }
    }

    private static func numbers(_ bytes: ArraySlice<UInt8>) -> [Int] {
        bytes.split(separator: UInt8(ascii: ";"), omittingEmptySubsequences: false).map { part in
            var value = 0
            for byte in part {
                guard (0x30...0x39).contains(byte), value < 10_000_000 else { break }
                value = value * 10 + Int(byte - 0x30)
            }
            return value
        }
    }

    private static func isAlt(_ modifier: Int) -> Bool { (modifier - 1) & 2 != 0 }
    private static func isControl(_ modifier: Int) -> Bool { (modifier - 1) & 4 != 0 }

    private static func lettered(_ byte: UInt8, modifier: Int) -> Key? {
        switch byte {
        case UInt8(ascii: "A"): isAlt(modifier) ? .previousQuery : .up
        case UInt8(ascii: "B"): isAlt(modifier) ? .nextQuery : .down
        case UInt8(ascii: "C"): isAlt(modifier) || isControl(modifier) ? .wordRight : .right
        case UInt8(ascii: "D"): isAlt(modifier) || isControl(modifier) ? .wordLeft : .left
        case UInt8(ascii: "H"): .home
        case UInt8(ascii: "F"): .end
        case UInt8(ascii: "M"): .enter
        case UInt8(ascii: "Z"): .backTab
        case UInt8(ascii: "P")...UInt8(ascii: "S"): .function(Int(byte - UInt8(ascii: "P")) + 1)
        default: nil
        }
    }

    private static func numbered(_ number: Int, modifier: Int) -> Key? {
        switch number {
        case 1, 7: .home
        case 4, 8: .end
        case 3: isControl(modifier) ? .deleteWord : .delete
        case 5: .pageUp
        case 6: .pageDown
        case 11...15: .function(number - 10)
        case 17...21: .function(number - 11)
        case 23, 24: .function(number - 12)
        default: nil
        }
    }

    /// `CSI code ; modifier u`, which some terminals send for keys that have no bytes of their own.
    private static func unicode(_ number: Int, modifier: Int) -> Key? {
        guard number >= 0, number <= 0x10FFFF, let scalar = Unicode.Scalar(UInt32(number)) else { return nil }
        switch number {
        case 9: return modifier == 2 ? .backTab : .tab
        case 13: return .enter
        case 27: return .escape
        case 127: return .backspace
        case ..<0x20, 0x80...0x9F: return nil
        default:
            if isControl(modifier) { return .control(Character(String(scalar).lowercased())) }
            return isAlt(modifier) ? .alt(Character(scalar)) : .scalar(scalar)
        }
    }
}
