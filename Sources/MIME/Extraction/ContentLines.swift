/// The lines of vCard and iCalendar (RFC 6350, RFC 5545): unfolded, with name, parameters and value told apart.
struct ContentLines {
    struct Line {
        /// In capitals, without a group's name.
        var name: String
        /// The bytes between name and value: `;NAME=value;…`.
        var parameters: [UInt8]
        var value: [UInt8]

        /// The value with `\n`, `\,`, `\;` and `\\` undone (and `=XX` before them, where the line is quoted-printable).
        var text: String {
            var result: [UInt8] = []
            result.reserveCapacity(value.count)
            var index = 0
            while index < value.count {
                if value[index] == UInt8(ascii: "\\"), index + 1 < value.count {
                    let next = value[index + 1]
                    result.append(next | 0x20 == UInt8(ascii: "n") ? 0x0A : next)
                    index += 2
                } else {
                    result.append(value[index])
                    index += 1
                }
            }
            return String(decoding: result, as: UTF8.self)
        }

        /// The components of a structured value (`N`, `ADR`, `ORG`), without the empty ones.
        var components: [String] {
            var parts: [[UInt8]] = [[]]
            var index = 0
            while index < value.count {
                if value[index] == UInt8(ascii: "\\"), index + 1 < value.count {
                    parts[parts.count - 1] += value[index...(index + 1)]
                    index += 2
                    continue
                }
                if value[index] == UInt8(ascii: ";") {
                    parts.append([])
                } else {
                    parts[parts.count - 1].append(value[index])
                }
                index += 1
            }
            return parts.map { Line(name: name, parameters: [], value: $0).text }.filter { !$0.isEmpty }
        }

        /// A parameter's value, without its quotes.
        func parameter(_ name: String) -> String? {
            for (own, value) in pairs where own == name { return value }
            return nil
        }

        private var pairs: [(String, String)] {
            var pairs: [(String, String)] = []
            var index = 0
            while index < parameters.count {
                guard parameters[index] == UInt8(ascii: ";") else {
                    index += 1
                    continue
                }
                index += 1
                let nameStart = index
                while index < parameters.count, parameters[index] != UInt8(ascii: "="),
                    parameters[index] != UInt8(ascii: ";")
                {
                    index += 1
                }
                let name = String(decoding: parameters[nameStart..<index], as: UTF8.self).uppercased()
                guard index < parameters.count, parameters[index] == UInt8(ascii: "=") else {
                    // vCard 2.1 writes a bare `QUOTED-PRINTABLE`.
                    pairs.append((name, ""))
                    continue
                }
                index += 1
                var value: [UInt8] = []
                var isQuoted = false
                while index < parameters.count, isQuoted || parameters[index] != UInt8(ascii: ";") {
                    if parameters[index] == UInt8(ascii: "\"") {
                        isQuoted.toggle()
                    } else {
                        value.append(parameters[index])
                    }
                    index += 1
                }
                pairs.append((name, String(decoding: value, as: UTF8.self)))
            }
            return pairs
        }

        var isQuotedPrintable: Bool {
            parameter("ENCODING")?.uppercased() == "QUOTED-PRINTABLE" || parameter("QUOTED-PRINTABLE") != nil
        }
    }

    /// No longer line (unfolded) is kept; the rest of it is dropped.
    static let lineLimit = 1 << 20
    private static let nameLimit = 128

    private var lines: ByteLines
    private var ahead: UnsafeBufferPointer<UInt8>?

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        lines = ByteLines(bytes)
        ahead = lines.next()
        if let first = ahead, first.count >= 3, first[0] == 0xEF, first[1] == 0xBB, first[2] == 0xBF {
            ahead = UnsafeBufferPointer(rebasing: first[3...])
        }
    }

    /// The next line that has a name and a value.
    mutating func next() -> Line? {
        while let first = ahead {
            ahead = lines.next()
            guard let colon = Self.colon(in: first), colon > 0 else {
                skipFolded()
                continue
            }
            var raw = Array(first.prefix(Self.lineLimit))
            while let next = ahead, let byte = next.first, byte == 0x20 || byte == 0x09 {
                if raw.count < Self.lineLimit { raw.append(contentsOf: next.dropFirst()) }
                ahead = lines.next()
            }
            var line = Self.parse(raw)
            if line.isQuotedPrintable {
                while line.value.last == UInt8(ascii: "="), let next = ahead {
                    line.value.removeLast()
                    if line.value.count < Self.lineLimit { line.value.append(contentsOf: next) }
                    ahead = lines.next()
                }
                line.value = Self.decodeQuotedPrintable(line.value)
            }
            return line
        }
        return nil
    }

    private mutating func skipFolded() {
        while let next = ahead, let byte = next.first, byte == 0x20 || byte == 0x09 { ahead = lines.next() }
    }

    /// The colon that ends name and parameters; those in quotes do not.
    private static func colon(in line: some Collection<UInt8>) -> Int? {
        var isQuoted = false
        for (index, byte) in line.enumerated() {
            if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
            if byte == UInt8(ascii: ":"), !isQuoted { return index }
        }
        return nil
    }

    private static func parse(_ raw: [UInt8]) -> Line {
        let colon = colon(in: raw) ?? raw.count
        let semicolon = raw[..<colon].firstIndex(of: UInt8(ascii: ";")) ?? colon
        let nameStart = raw[..<semicolon].lastIndex(of: UInt8(ascii: ".")).map { $0 + 1 } ?? 0
        return Line(
            name: String(decoding: raw[nameStart..<semicolon].prefix(nameLimit), as: UTF8.self).uppercased(),
            parameters: Array(raw[semicolon..<colon]), value: Array(raw.dropFirst(colon + 1)))
    }

    private static func decodeQuotedPrintable(_ value: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(value.count)
        var index = 0
        while index < value.count {
            if value[index] == UInt8(ascii: "="), index + 2 < value.count, let high = hexDigit(value[index + 1]),
                let low = hexDigit(value[index + 2])
            {
                result.append(high << 4 | low)
                index += 3
            } else {
                result.append(value[index])
                index += 1
            }
        }
        return result
    }

    private static func hexDigit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}
