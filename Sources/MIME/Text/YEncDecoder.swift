import CZlib

/// yEnc 1.3, one part at a time: parts of a file that came in several messages are not joined.
enum YEncDecoder {
    /// The file that an `=ybegin` line opens; nil if it opens none. `lines` then stands after the file.
    static func decode(begin line: UnsafeBufferPointer<UInt8>, _ lines: inout ByteLines, room: Int) -> InlineFile? {
        guard line.matches("=ybegin "), let expected = number("size", line), let name = name(line) else { return nil }
        let isPart = number("part", line) != nil
        var bytes: [UInt8] = []
        bytes.reserveCapacity(max(0, min(expected, room, 1 << 20)))
        var isCut = false
        var isFirst = true
        var before = lines
        while let line = lines.next() {
            if line.matches("=yend ") {
                let size = number("size", line)
                let sum = hexadecimal(isPart ? "pcrc32" : "crc32", line)
                let isWhole = !isCut && size == bytes.count && (sum == nil || sum == checksum(bytes))
                return InlineFile(name: name, bytes: bytes, encoding: .yEnc, isWhole: isWhole)
            }
            if isFirst, line.matches("=ypart ") { continue }
            if line.matches("=ybegin ") {
                lines = before
                break
            }
            isFirst = false
            if bytes.count < room { decodeLine(line, &bytes) } else { isCut = true }
            before = lines
        }
        guard !bytes.isEmpty else { return nil }
        return InlineFile(name: name, bytes: bytes, encoding: .yEnc, isWhole: false)
    }

    private static func decodeLine(_ line: UnsafeBufferPointer<UInt8>, _ bytes: inout [UInt8]) {
        // NNTP doubles a dot that begins a line, and some gateways forget to halve it.
        var index = line.matches("..") ? 1 : 0
        while index < line.count {
            var byte = line[index]
            index += 1
            if byte == UInt8(ascii: "=") {
                guard index < line.count else { return }
                byte = line[index] &- 64
                index += 1
            }
            bytes.append(byte &- 42)
        }
    }

    private static func checksum(_ bytes: [UInt8]) -> UInt32 {
        bytes.withUnsafeBufferPointer { UInt32(truncatingIfNeeded: crc32_z(0, $0.baseAddress, $0.count)) }
    }

    // MARK: Keywords

    private static func value(_ keyword: StaticString, _ line: UnsafeBufferPointer<UInt8>) -> Slice<
        UnsafeBufferPointer<UInt8>
    >? {
        var from = 0
        while let found = line.firstIndex(of: keyword, from: from) {
            let after = found + keyword.utf8CodeUnitCount
            if found > 0, line[found - 1] == UInt8(ascii: " "), after < line.count, line[after] == UInt8(ascii: "=") {
                return line[(after + 1)...]
            }
            from = after
        }
        return nil
    }

    private static func number(_ keyword: StaticString, _ line: UnsafeBufferPointer<UInt8>) -> Int? {
        guard let value = value(keyword, line) else { return nil }
        var number: Int?
        for byte in value.prefix(15) {
            guard byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") else { break }
            number = (number ?? 0) * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return number
    }

    private static func hexadecimal(_ keyword: StaticString, _ line: UnsafeBufferPointer<UInt8>) -> UInt32? {
        guard let value = value(keyword, line) else { return nil }
        let digits = value.prefix { $0 > 0x20 }
        return UInt32(String(decoding: digits, as: UTF8.self), radix: 16)
    }

    /// The name is all of the line's rest, spaces included.
    private static func name(_ line: UnsafeBufferPointer<UInt8>) -> String? {
        guard let value = value("name", line) else { return nil }
        var name = String(decoding: value, as: UTF8.self)
        while let last = name.unicodeScalars.last, last.value <= 0x20 { name.unicodeScalars.removeLast() }
        return name.isEmpty ? nil : name
    }
}
