/// Text from mail made harmless for a terminal: what would be obeyed is shown instead.
///
/// Control characters appear as `less` shows them (`^[` for ESC); C1 controls, characters that turn the reading
/// direction round, line separators and the byte order mark by their number (`<U+202E>`). All else stays.
package enum TerminalText {
    /// Text for one line: line ends and tabs become blanks, runs of which are folded.
    package static func line(_ text: String) -> String {
        // Nearly all names and subjects need nothing done.
        if isHarmlessLine(text) { return text }
        var text = text
        return text.withUTF8 { bytes in
            var result: [UInt8] = []
            result.reserveCapacity(bytes.count)
            appendLine(bytes, to: &result)
            return String(decoding: result, as: UTF8.self)
        }
    }

    /// Appends `line` of a text in well-formed UTF-8.
    static func appendLine(_ bytes: UnsafeBufferPointer<UInt8>, to result: inout [UInt8]) {
        let start = result.count
        var hasBlank = false
        var index = 0
        while index < bytes.count {
            // What needs nothing done is copied in one piece, blanks between words with it.
            var end = index
            while end < bytes.count,
                isHarmless(bytes, end)
                    || (bytes[end] == 0x20 && end > index && end + 1 < bytes.count && isHarmless(bytes, end + 1))
            {
                end += 1
            }
            if end > index {
                if hasBlank { result.append(0x20) }
                hasBlank = false
                result.append(contentsOf: UnsafeBufferPointer(rebasing: bytes[index..<end]))
                index = end
                continue
            }
            let scalar = self.scalar(bytes, index)
            index += UTF8.width(scalar)
            switch scalar.value {
            // A blank is written when something follows it.
            case 0x20, 0x09, 0x0A, 0x0D, 0x85, 0x2028, 0x2029: hasBlank = result.count > start
            default:
                if hasBlank { result.append(0x20) }
                hasBlank = false
                var shown = String.UnicodeScalarView()
                append(scalar, to: &shown)
                result.append(contentsOf: String(shown).utf8)
            }
        }
    }

    /// Whether the byte needs nothing done, as far as can be told without decoding: a blank is not told to be single.
    @inline(__always)
    private static func isHarmless(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        let byte = bytes[index]
        return byte > 0x20 && byte != 0x7F && (byte < 0xC0 || !mayNeedName(bytes, index))
    }

    /// The scalar that begins at `index` of well-formed UTF-8.
    private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Unicode.Scalar {
        if bytes[index] < 0x80 { return Unicode.Scalar(bytes[index]) }
        let end = min(bytes.count, index + 4)
        return String(decoding: bytes[index..<end], as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}"
    }

    /// Text of many lines: line feeds and tabs stay, carriage returns before a line feed go.
    package static func block(_ text: String) -> String {
        if isHarmlessBlock(text) { return text }
        var result = String.UnicodeScalarView()
        var scalars = text.unicodeScalars.makeIterator()
        var pending = scalars.next()
        while let scalar = pending {
            pending = scalars.next()
            switch scalar.value {
            case 0x0A, 0x09: result.append(scalar)
            case 0x0D where pending?.value == 0x0A: break
            default: append(scalar, to: &result)
            }
        }
        return String(result)
    }

    private static func isHarmlessLine(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            var last: UInt8 = 0x20
            for index in bytes.indices {
                let byte = bytes[index]
                if !isHarmless(bytes, index), byte != 0x20 || last == 0x20 { return false }
                last = byte
            }
            return last != 0x20 || bytes.isEmpty
        }
    }

    private static func isHarmlessBlock(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            for index in bytes.indices {
                let byte = bytes[index]
                if byte < 0x20 ? byte != 0x0A && byte != 0x09 : byte == 0x7F { return false }
                if byte >= 0xC0, mayNeedName(bytes, index) { return false }
            }
            return true
        }
    }

    /// Whether the character that begins at `index` is one for ``mustBeNamed(_:)``, or lies so near to one that it must
    /// be looked at.
    @inline(__always)
    private static func mayNeedName(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> Bool {
        func next(_ offset: Int) -> UInt8 { index + offset < bytes.count ? bytes[index + offset] : 0 }
        switch bytes[index] {
        case 0xC2: return next(1) < 0xA0
        case 0xD8: return next(1) == 0x9C
        case 0xE2:
            switch next(1) {
            case 0x80: return (0x8E...0x8F).contains(next(2)) || (0xA8...0xAE).contains(next(2))
            case 0x81: return next(2) >= 0xA6
            default: return false
            }
        case 0xEF: return next(1) == 0xBB || (next(1) == 0xBF && next(2) >= 0xB9)
        case 0xF3: return true
        default: return false
        }
    }

    private static func append(_ scalar: Unicode.Scalar, to result: inout String.UnicodeScalarView) {
        switch scalar.value {
        case 0..<0x20:
            result.append("^")
            result.append(Unicode.Scalar(UInt8(scalar.value + 0x40)))
        case 0x7F:
            result.append(contentsOf: "^?".unicodeScalars)
        case _ where mustBeNamed(scalar.value):
            let digits = String(scalar.value, radix: 16, uppercase: true)
            let padding = String(repeating: "0", count: max(0, 4 - digits.count))
            result.append(contentsOf: "<U+\(padding)\(digits)>".unicodeScalars)
        default:
            result.append(scalar)
        }
    }

    package static func mustBeNamed(_ value: UInt32) -> Bool {
        switch value {
        case 0x80...0x9F,  // C1 controls: 0x9B begins an escape sequence
            0x061C, 0x200E, 0x200F, 0x202A...0x202E, 0x2066...0x2069,  // direction
            0x2028, 0x2029,  // line and paragraph separators
            0x206A...0x206F,  // deprecated format controls
            0xFEFF, 0xFFF9...0xFFFB,  // byte order mark, interlinear annotation
            0xE0001:  // language tag
            true
        default:
            false
        }
    }
}
