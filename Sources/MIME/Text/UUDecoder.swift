/// uuencode (POSIX.1), also in its base64 form.
enum UUDecoder {
    /// The file that a `begin` line opens; nil if it opens none. `lines` then stands after the file.
    static func decode(begin line: UnsafeBufferPointer<UInt8>, _ lines: inout ByteLines, room: Int) -> InlineFile? {
        let isBase64 = line.matches("begin-base64 ")
        guard isBase64 || line.matches("begin ") else { return nil }
        var index = isBase64 ? 13 : 6
        let modeStart = index
        while index < line.count, line[index] >= UInt8(ascii: "0"), line[index] <= UInt8(ascii: "7") { index += 1 }
        guard (3...6).contains(index - modeStart), index < line.count, line[index] == UInt8(ascii: " ") else {
            return nil
        }
        while index < line.count, line[index] == UInt8(ascii: " ") { index += 1 }
        var end = line.count
        while end > index, line[end - 1] <= 0x20 { end -= 1 }
        guard end > index else { return nil }
        let name = String(decoding: line[index..<end], as: UTF8.self)
        var bytes: [UInt8] = []
        let isWhole = isBase64 ? base64(&lines, &bytes, room) : classic(&lines, &bytes, room)
        guard let isWhole else { return nil }
        return InlineFile(name: name, bytes: bytes, encoding: .uuencode, isWhole: isWhole)
    }

    /// Data lines up to `end`; nil if not even the first line is data, else whether the end was found.
    private static func classic(_ lines: inout ByteLines, _ bytes: inout [UInt8], _ room: Int) -> Bool? {
        var isFirst = true
        var isCut = false
        var before = lines
        while let line = lines.next() {
            if line.matches("end"), line.dropFirst(3).allSatisfy({ $0 <= 0x20 }) { return isFirst ? nil : !isCut }
            // Blank lines come in by mailers that doubled the line ends.
            if line.isEmpty || line.count == 1 && (line[0] == UInt8(ascii: "`") || line[0] == UInt8(ascii: " ")) {
                if !isFirst {
                    before = lines
                    continue
                }
            }
            guard isData(line) else {
                lines = before
                return isFirst ? nil : false
            }
            if bytes.count >= room { isCut = true } else { decodeLine(line, &bytes) }
            isFirst = false
            before = lines
        }
        return isFirst ? nil : false
    }

    private static func isData(_ line: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let first = line.first, first >= 0x21, first <= 0x60 else { return false }
        let length = Int(first - 0x20) & 0x3F
        let encoded = (length + 2) / 3 * 4
        // Spaces at the end may have been lost; a checksum character or two may follow.
        guard line.count - 1 <= encoded + 2 else { return false }
        if line.count - 1 < encoded - 4 { return false }
        return line.allSatisfy { $0 >= 0x20 && $0 <= 0x60 }
    }

    private static func decodeLine(_ line: UnsafeBufferPointer<UInt8>, _ bytes: inout [UInt8]) {
        var left = Int(line[0] - 0x20) & 0x3F
        var index = 1
        func value(_ place: Int) -> UInt8 { place < line.count ? (line[place] &- 0x20) & 0x3F : 0 }
        while left > 0 {
            let (a, b, c, d) = (value(index), value(index + 1), value(index + 2), value(index + 3))
            bytes.append(a << 2 | b >> 4)
            if left > 1 { bytes.append(b << 4 | c >> 2) }
            if left > 2 { bytes.append(c << 6 | d) }
            left -= 3
            index += 4
        }
    }

    private static func base64(_ lines: inout ByteLines, _ bytes: inout [UInt8], _ room: Int) -> Bool? {
        var isFirst = true
        var isCut = false
        var accumulator: UInt32 = 0
        var bits = 0
        var before = lines
        while let line = lines.next() {
            if line.matches("====") { return isFirst ? nil : !isCut }
            guard line.allSatisfy({ digit($0) != nil || $0 == UInt8(ascii: "=") }), !(isFirst && line.isEmpty) else {
                lines = before
                return isFirst ? nil : false
            }
            isFirst = false
            before = lines
            for byte in line {
                guard let digit = digit(byte) else { continue }
                accumulator = accumulator << 6 | UInt32(digit)
                bits += 6
                if bits >= 8 {
                    bits -= 8
                    if bytes.count < room {
                        bytes.append(UInt8(truncatingIfNeeded: accumulator >> UInt32(bits)))
                    } else {
                        isCut = true
                    }
                }
            }
        }
        return isFirst ? nil : false
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "+"): 62
        case UInt8(ascii: "/"): 63
        default: nil
        }
    }
}
