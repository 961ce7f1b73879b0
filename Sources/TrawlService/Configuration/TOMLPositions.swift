/// On which line each key of a TOML document stands, since the TOML library doesn't tell.
///
/// The text is one that the library has read without error; on any other the answers are merely less good.
struct TOMLPositions {
    private var lines: [[String]: Int] = [:]
    private var bytes: [UInt8]
    private var position = 0
    private var line = 1

    init(_ text: String) {
        bytes = Array(text.utf8)
        scanDocument()
        bytes = []
    }

    /// The line (from 1) where `path` is first given; for a path not given, that of the nearest table above it.
    func line(of path: [String]) -> Int? {
        var path = path
        while !path.isEmpty {
            if let line = lines[path] { return line }
            path.removeLast()
        }
        return nil
    }

    private mutating func scanDocument() {
        var table: [String] = []
        while true {
            skipBlanks(newlines: true)
            guard let byte = peek() else { return }
            if byte == UInt8(ascii: "[") {
                let start = line
                advance()
                if peek() == UInt8(ascii: "[") { advance() }
                table = scanKeyPath()
                note(table, start)
                skipLine()
            } else {
                let before = position
                scanAssignment(in: table)
                if position == before { advance() }
            }
        }
    }

    private mutating func scanAssignment(in table: [String]) {
        let start = line
        let path = table + scanKeyPath()
        note(path, start)
        skipBlanks(newlines: false)
        guard peek() == UInt8(ascii: "=") else {
            skipLine()
            return
        }
        advance()
        scanValue(at: path)
    }

    private mutating func scanValue(at path: [String]) {
        skipBlanks(newlines: true)
        switch peek() {
        case UInt8(ascii: "\""), UInt8(ascii: "'"):
            _ = scanString()
        case UInt8(ascii: "["):
            advance()
            while let byte = peekAfterBlanks() {
                if byte == UInt8(ascii: "]") {
                    advance()
                    return
                }
                if byte == UInt8(ascii: ",") { advance() } else { scanValue(at: path) }
            }
        case UInt8(ascii: "{"):
            advance()
            while let byte = peekAfterBlanks() {
                if byte == UInt8(ascii: "}") {
                    advance()
                    return
                }
                let before = position
                if byte == UInt8(ascii: ",") { advance() } else { scanAssignment(in: path) }
                if position == before { advance() }
            }
        default:
            let before = position
            while let byte = peek(), !Self.endsBareValue(byte) { advance() }
            if position == before { advance() }
        }
    }

    private static func endsBareValue(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: ","), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "#"), 10: true
        default: false
        }
    }

    private mutating func scanKeyPath() -> [String] {
        var path: [String] = []
        while true {
            skipBlanks(newlines: false)
            guard let byte = peek() else { return path }
            if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                path.append(scanString())
            } else {
                let start = position
                while let byte = peek(), Self.isBareKey(byte) { advance() }
                guard position > start else { return path }
                path.append(String(decoding: bytes[start..<position], as: UTF8.self))
            }
            skipBlanks(newlines: false)
            guard peek() == UInt8(ascii: ".") else { return path }
            advance()
        }
    }

    private static func isBareKey(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"), 0x80...:
            true
        default: false
        }
    }

    /// A string of any of the four kinds. Of escapes only `\"` and `\\` are read, which is what keys have need of.
    private mutating func scanString() -> String {
        guard let quote = peek() else { return "" }
        let isMultiline = byte(at: position + 1) == quote && byte(at: position + 2) == quote
        let isLiteral = quote == UInt8(ascii: "'")
        for _ in 0..<(isMultiline ? 3 : 1) { advance() }
        var content: [UInt8] = []
        while let current = peek() {
            if current == quote, !isMultiline {
                advance()
                break
            }
            if current == quote, byte(at: position + 1) == quote, byte(at: position + 2) == quote {
                while peek() == quote { advance() }
                break
            }
            if current == UInt8(ascii: "\\"), !isLiteral {
                advance()
                if let escaped = peek() { content.append(escaped) }
                advance()
                continue
            }
            content.append(current)
            advance()
        }
        return String(decoding: content, as: UTF8.self)
    }

    private mutating func note(_ path: [String], _ start: Int) {
        var path = path
        // `[a.b]` also gives `a`, where nothing gave it before.
        while !path.isEmpty, lines[path] == nil {
            lines[path] = start
            path.removeLast()
        }
    }

    private func byte(at index: Int) -> UInt8? { index < bytes.count ? bytes[index] : nil }
    private func peek() -> UInt8? { byte(at: position) }

    private mutating func advance() {
        if peek() == 10 { line += 1 }
        if position < bytes.count { position += 1 }
    }

    private mutating func peekAfterBlanks() -> UInt8? {
        skipBlanks(newlines: true)
        return peek()
    }

    private mutating func skipBlanks(newlines: Bool) {
        while let byte = peek() {
            switch byte {
            case 0x20, 0x09, 0x0D: advance()
            case 0x0A where newlines: advance()
            case UInt8(ascii: "#") where newlines:
                while let byte = peek(), byte != 10 {
                    _ = byte
                    advance()
                }
            default: return
            }
        }
    }

    private mutating func skipLine() {
        while let byte = peek(), byte != 10 {
            _ = byte
            advance()
        }
    }
}
