/// Why octets are no JSON, and at which of them that was seen.
public struct JSONError: Error, Sendable, Hashable {
    public var message: String
    public var offset: Int
}

/// Reads one JSON value (RFC 8259), strictly: UTF-8 alone, no comments, no trailing commas, nothing after the value.
///
/// Arrays and objects may be ``deepest`` levels deep; the length is limited by whoever brings the octets.
public struct JSONReader {
    public static let deepest = 64

    private let bytes: UnsafeBufferPointer<UInt8>
    private var index = 0

    public static func read(_ bytes: [UInt8]) throws(JSONError) -> JSONValue {
        // A typed throw doesn't pass through withUnsafeBufferPointer, so the outcome is carried as a value.
        let result: Result<JSONValue, JSONError> = bytes.withUnsafeBufferPointer { read($0) }
        return try result.get()
    }

    public static func read(_ bytes: UnsafeBufferPointer<UInt8>) -> Result<JSONValue, JSONError> {
        var reader = JSONReader(bytes)
        do throws(JSONError) {
            let value = try reader.value(depth: 0)
            reader.skipBlanks()
            guard reader.index == bytes.count else { throw reader.error("something stands after the value") }
            return .success(value)
        } catch {
            return .failure(error)
        }
    }

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    private func error(_ message: String) -> JSONError { JSONError(message: message, offset: index) }

    private var current: UInt8? { index < bytes.count ? bytes[index] : nil }

    private mutating func skipBlanks() {
        while index < bytes.count {
            switch bytes[index] {
            case 0x20, 0x09, 0x0A, 0x0D: index += 1
            default: return
            }
        }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard current == byte else { return false }
        index += 1
        return true
    }

    private mutating func take(_ word: StaticString) throws(JSONError) {
        let matches = word.withUTF8Buffer { word in
            bytes.count - index >= word.count && word.elementsEqual(bytes[index..<index + word.count])
        }
        guard matches else { throw error("neither a value nor a word that JSON knows") }
        index += word.utf8CodeUnitCount
    }

    private mutating func value(depth: Int) throws(JSONError) -> JSONValue {
        skipBlanks()
        guard let byte = current else { throw error("ends where a value is due") }
        switch byte {
        case UInt8(ascii: "{"): return try object(depth: depth + 1)
        case UInt8(ascii: "["): return try array(depth: depth + 1)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"):
            try take("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try take("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try take("null")
            return .null
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): return try number()
        default: throw error("neither a value nor a word that JSON knows")
        }
    }

    private mutating func object(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= Self.deepest else { throw error("deeper than \(Self.deepest) levels") }
        index += 1
        var members: [String: JSONValue] = [:]
        skipBlanks()
        if take(UInt8(ascii: "}")) { return .object(members) }
        while true {
            skipBlanks()
            guard current == UInt8(ascii: "\"") else { throw error("a member's name is due") }
            let name = try string()
            skipBlanks()
            guard take(UInt8(ascii: ":")) else { throw error("a colon is due") }
            members[name] = try value(depth: depth)
            skipBlanks()
            if take(UInt8(ascii: ",")) { continue }
            if take(UInt8(ascii: "}")) { return .object(members) }
            throw error("a comma or } is due")
        }
    }

    private mutating func array(depth: Int) throws(JSONError) -> JSONValue {
        guard depth <= Self.deepest else { throw error("deeper than \(Self.deepest) levels") }
        index += 1
        var values: [JSONValue] = []
        skipBlanks()
        if take(UInt8(ascii: "]")) { return .array(values) }
        while true {
            values.append(try value(depth: depth))
            skipBlanks()
            if take(UInt8(ascii: ",")) { continue }
            if take(UInt8(ascii: "]")) { return .array(values) }
            throw error("a comma or ] is due")
        }
    }

    private mutating func string() throws(JSONError) -> String {
        index += 1
        let start = index
        // Most strings have no escapes and are taken as they stand.
        while let byte = current, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { index += 1 }
        if current == UInt8(ascii: "\"") {
            let slice = bytes[start..<index]
            index += 1
            return try text(slice, at: start)
        }
        var content = Array(bytes[start..<index])
        while let byte = current {
            switch byte {
            case UInt8(ascii: "\""):
                index += 1
                return try text(content, at: start)
            case UInt8(ascii: "\\"):
                index += 1
                try escape(into: &content)
            case ..<0x20:
                throw error("a control character inside a string")
            default:
                content.append(byte)
                index += 1
            }
        }
        throw error("ends inside a string")
    }

    private func text(_ bytes: some Sequence<UInt8>, at start: Int) throws(JSONError) -> String {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw JSONError(message: "a string that is not UTF-8", offset: start)
        }
        return text
    }

    private mutating func escape(into content: inout [UInt8]) throws(JSONError) {
        guard let byte = current else { throw error("ends inside a string") }
        index += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
        case UInt8(ascii: "b"): content.append(0x08)
        case UInt8(ascii: "f"): content.append(0x0C)
        case UInt8(ascii: "n"): content.append(0x0A)
        case UInt8(ascii: "r"): content.append(0x0D)
        case UInt8(ascii: "t"): content.append(0x09)
        case UInt8(ascii: "u"):
            var scalar = try hexadecimal()
            if (0xD800...0xDBFF).contains(scalar) {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw error("half a surrogate pair") }
                let low = try hexadecimal()
                guard (0xDC00...0xDFFF).contains(low) else { throw error("half a surrogate pair") }
                scalar = 0x10000 + (scalar - 0xD800) << 10 + (low - 0xDC00)
            }
            guard let scalar = Unicode.Scalar(scalar) else { throw error("half a surrogate pair") }
            content.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
        default:
            throw error("an unknown escape")
        }
    }

    private mutating func hexadecimal() throws(JSONError) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = current else { throw error("ends inside a string") }
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt32(byte - 0x30)
            case UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"):
                value = value << 4 | UInt32((byte | 0x20) - UInt8(ascii: "a") + 10)
            default: throw error("four hexadecimal digits are due")
            }
            index += 1
        }
        return value
    }

    private mutating func number() throws(JSONError) -> JSONValue {
        let start = index
        _ = take(UInt8(ascii: "-"))
        if !take(UInt8(ascii: "0")) {
            guard skipDigits() else { throw error("a digit is due") }
        }
        var isWhole = true
        if take(UInt8(ascii: ".")) {
            isWhole = false
            guard skipDigits() else { throw error("a digit is due") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isWhole = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard skipDigits() else { throw error("a digit is due") }
        }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        if isWhole, let value = Int64(text) { return .integer(value) }
        guard let value = Double(text), value.isFinite else {
            throw JSONError(message: "a number too large", offset: start)
        }
        return .double(value)
    }

    private mutating func skipDigits() -> Bool {
        let start = index
        while let byte = current, (0x30...0x39).contains(byte) { index += 1 }
        return index > start
    }
}
