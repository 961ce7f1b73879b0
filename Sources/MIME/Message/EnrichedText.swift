/// text/enriched (RFC 1896) and the older text/richtext (RFC 1341) without their commands.
enum EnrichedText {
    /// The text alone: `<<` is a `<`, `<param>…</param>` and `<comment>…</comment>` go, single line ends are blanks and
    /// of each run of line ends one fewer stays.
    static func strip(_ text: UnsafeRawBufferPointer) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(text.count)
        var index = 0
        var hidden = 0
        while index < text.count {
            let byte = text[index]
            if byte == 0x3C {
                if index + 1 < text.count, text[index + 1] == 0x3C {
                    if hidden == 0 { result.append(0x3C) }
                    index += 2
                    continue
                }
                // No command is longer than 60 characters (RFC 1896).
                guard let close = ByteScan.first(0x3E, in: text, from: index, to: min(text.count, index + 80)) else {
                    if hidden == 0 { result.append(byte) }
                    index += 1
                    continue
                }
                let command = text.slice((index + 1)..<close)
                if command.equalsIgnoringCase("param") || command.equalsIgnoringCase("comment") {
                    hidden += 1
                } else if command.equalsIgnoringCase("/param") || command.equalsIgnoringCase("/comment") {
                    hidden = max(0, hidden - 1)
                } else if command.equalsIgnoringCase("nl") || command.equalsIgnoringCase("paragraph") {
                    result.append(0x0A)
                } else if command.equalsIgnoringCase("lt"), hidden == 0 {
                    result.append(0x3C)
                }
                index = close + 1
                continue
            }
            if byte == 0x0A || byte == 0x0D {
                var ends = 0
                while index < text.count, text[index] == 0x0A || text[index] == 0x0D {
                    if text[index] == 0x0A { ends += 1 }
                    index += 1
                }
                if hidden == 0 {
                    if ends <= 1 {
                        result.append(0x20)
                    } else {
                        result.append(contentsOf: repeatElement(0x0A, count: ends - 1))
                    }
                }
                continue
            }
            if hidden == 0 { result.append(byte) }
            index += 1
        }
        return result
    }
}
