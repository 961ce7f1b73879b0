/// The value and parameters of Content-Type and Content-Disposition (RFC 2045 §5.1, RFC 2183, RFC 2231).
struct StructuredValue {
    /// Before the first semicolon, comments out, lower case.
    var value: String = ""
    var parameters: [Part.Parameter] = []

    func parameter(_ name: String) -> String? {
        parameters.first { $0.name == name }?.value
    }
}

enum ParameterParser {
    /// Parameters that are read out of one field.
    private static let parameterLimit = 200

    private struct Piece {
        var name: String
        /// RFC 2231 §3: the place in the row, 0 where there is no row.
        var section: Int
        var isExtended: Bool
        var value: [UInt8]
    }

    static func parse(_ bytes: UnsafeRawBufferPointer, fallback: Charset? = nil) -> StructuredValue {
        var result = StructuredValue()
        var index = skipBlanks(bytes, 0)
        let valueStart = index
        while index < bytes.count, bytes[index] != 0x3B, bytes[index] != 0x28 { index += 1 }
        var value = bytes.slice(valueStart..<index).trimmed()
        // `text/plain charset=utf-8`, the semicolon forgotten.
        if let blank = value.firstIndex(where: ASCII.isBlank), value.contains(0x3D) {
            index = valueStart + blank
            value = value.slice(0..<blank)
        }
        result.value = value.lowercasedString()
        if result.value.utf8.contains(where: { ASCII.isBlank($0) || $0 == 0x22 }) {
            result.value = String(
                decoding: result.value.utf8.filter { !ASCII.isBlank($0) && $0 != 0x22 }, as: UTF8.self)
        }
        var pieces: [Piece] = []
        var isPlain = true
        while index < bytes.count, pieces.count < parameterLimit {
            index = skipBlanks(bytes, index)
            guard index < bytes.count else { break }
            if bytes[index] == 0x3B || bytes[index] == 0x2C {
                index += 1
                continue
            }
            let nameStart = index
            while index < bytes.count, bytes[index] != 0x3D, bytes[index] != 0x3B, !ASCII.isBlank(bytes[index]) {
                index += 1
            }
            let name = bytes.slice(nameStart..<index)
            let afterName = skipBlanks(bytes, index)
            guard afterName < bytes.count, bytes[afterName] == 0x3D else {
                if index == nameStart { index += 1 }
                continue
            }
            index = skipBlanks(bytes, afterName + 1)
            var piece = piece(named: name)
            if piece.isExtended || piece.section > 0 || piece.name.isEmpty { isPlain = false }
            let keepsParentheses = piece.name == "name" || piece.name == "filename"
            index = readValue(bytes, index, keepsParentheses: keepsParentheses, into: &piece.value)
            if !piece.name.isEmpty { pieces.append(piece) }
        }
        if isPlain, !pieces.contains(where: { $0.isExtended }) {
            for piece in pieces where result.parameter(piece.name) == nil {
                // A boundary is octets to be found again, whatever they look like.
                let value =
                    piece.name == "boundary"
                    ? String(decoding: piece.value, as: UTF8.self) : text(piece.value, nil, fallback)
                result.parameters.append(Part.Parameter(name: piece.name, value: value))
            }
        } else {
            result.parameters = joined(pieces, fallback: fallback)
        }
        return result
    }

    private static func skipBlanks(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var index = start
        while index < bytes.count {
            if ASCII.isBlank(bytes[index]) {
                index += 1
            } else if bytes[index] == 0x28 {
                guard let end = commentEnd(bytes, index) else { return index }
                index = end
            } else {
                break
            }
        }
        return index
    }

    private static func commentEnd(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int? {
        var depth = 0
        var index = start
        while index < bytes.count {
            switch bytes[index] {
            case 0x5C: index += 1
            case 0x28: depth += 1
            case 0x29:
                depth -= 1
                if depth == 0 { return index + 1 }
            default: break
            }
            index += 1
        }
        return bytes.count
    }

    /// `name`, `name*`, `name*2`, `name*2*`.
    private static func piece(named raw: UnsafeRawBufferPointer) -> Piece {
        guard let star = ByteScan.first(0x2A, in: raw, from: 0, to: raw.count) else {
            return Piece(name: raw.lowercasedString(), section: 0, isExtended: false, value: [])
        }
        let name = raw.slice(0..<star).lowercasedString()
        var section = 0
        var index = star + 1
        var hasDigits = false
        while index < raw.count, ASCII.isDigit(raw[index]), section < 10_000 {
            section = section * 10 + Int(raw[index] - 0x30)
            hasDigits = true
            index += 1
        }
        let isExtended = !hasDigits || index < raw.count && raw[index] == 0x2A
        return Piece(name: name, section: hasDigits ? section + 1 : 0, isExtended: isExtended, value: [])
    }

    private static func readValue(
        _ bytes: UnsafeRawBufferPointer, _ start: Int, keepsParentheses: Bool, into value: inout [UInt8]
    ) -> Int {
        var index = start
        if index < bytes.count, bytes[index] == 0x22 {
            index += 1
            while index < bytes.count {
                let byte = bytes[index]
                index += 1
                if byte == 0x22 {
                    // `name="a "quoted" b"`: a quote ends the value only before a semicolon or the end.
                    let after = skipBlanks(bytes, index)
                    if after >= bytes.count || bytes[after] == 0x3B || !endsLater(bytes, index) { return index }
                    if keepsParentheses, !startsParameter(bytes, after) {
                        value.append(byte)
                        continue
                    }
                    return index
                }
                if byte == 0x5C, index < bytes.count, bytes[index] == 0x22 || bytes[index] == 0x5C {
                    value.append(bytes[index])
                    index += 1
                } else if byte == 0x0D || byte == 0x0A {
                    while index < bytes.count, ASCII.isBlank(bytes[index]) { index += 1 }
                    value.append(0x20)
                } else {
                    value.append(byte)
                }
            }
            return index
        }
        while index < bytes.count, bytes[index] != 0x3B {
            let byte = bytes[index]
            if ASCII.isBlank(byte) {
                // A blank ends the value where another parameter follows; in a name it is part of it.
                let next = skipSpaces(bytes, index)
                if next >= bytes.count || bytes[next] == 0x3B { break }
                if startsParameter(bytes, next) { break }
                if bytes[next] == 0x28, !keepsParentheses { break }
                value.append(0x20)
                index = next
                continue
            }
            value.append(byte)
            index += 1
        }
        return index
    }

    private static func skipSpaces(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Int {
        var index = start
        while index < bytes.count, ASCII.isBlank(bytes[index]) { index += 1 }
        return index
    }

    private static func endsLater(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Bool {
        ByteScan.first(0x22, in: bytes, from: start, to: bytes.count) != nil
    }

    /// Whether `token=` stands at `start`.
    private static func startsParameter(_ bytes: UnsafeRawBufferPointer, _ start: Int) -> Bool {
        var index = start
        while index < bytes.count,
            ASCII.isLetter(bytes[index]) || bytes[index] == 0x2D || bytes[index] == 0x2A
                || ASCII.isDigit(bytes[index])
        {
            index += 1
        }
        return index > start + 1 && index < bytes.count && bytes[index] == 0x3D
    }

    /// RFC 2231's rows put together, also where sections with and without percent signs are mixed.
    private static func joined(_ pieces: [Piece], fallback: Charset?) -> [Part.Parameter] {
        var names: [String] = []
        for piece in pieces where !names.contains(piece.name) { names.append(piece.name) }
        var result: [Part.Parameter] = []
        for name in names {
            let own = pieces.filter { $0.name == name }
            let rows = own.filter { $0.section > 0 }.sorted { $0.section < $1.section }
            // RFC 2231 §4 and RFC 5987: the extended form goes before the plain one.
            let chosen = rows.isEmpty ? own.first(where: \.isExtended).map { [$0] } ?? [own[0]] : rows
            var value: [UInt8] = []
            var charset: Charset?
            var isFirst = true
            for piece in chosen {
                var octets = piece.value[...]
                if piece.isExtended {
                    if isFirst, let (label, rest) = extended(octets) {
                        charset = label
                        octets = rest
                    }
                    appendPercentDecoded(octets, to: &value)
                } else {
                    value.append(contentsOf: octets)
                }
                isFirst = false
            }
            if chosen.contains(where: \.isExtended) {
                let decoded = value.withUnsafeBytes { TextDecoder.string($0, as: charset ?? fallback) }
                result.append(Part.Parameter(name: name, value: decoded))
            } else {
                result.append(Part.Parameter(name: name, value: text(value, charset, fallback)))
            }
        }
        return result
    }

    /// `charset'language'text`.
    private static func extended(_ octets: ArraySlice<UInt8>) -> (Charset?, ArraySlice<UInt8>)? {
        guard let first = octets.firstIndex(of: 0x27) else { return nil }
        guard let second = octets[(first + 1)...].firstIndex(of: 0x27) else { return nil }
        let label = octets[..<first].withUnsafeBytes { Charset.named($0) }
        return (label, octets[(second + 1)...])
    }

    private static func appendPercentDecoded(_ octets: ArraySlice<UInt8>, to value: inout [UInt8]) {
        var index = octets.startIndex
        while index < octets.endIndex {
            if octets[index] == 0x25, index + 2 < octets.endIndex {
                let high = ASCII.hexValue(octets[index + 1])
                let low = ASCII.hexValue(octets[index + 2])
                if high | low < 16 {
                    value.append(high << 4 | low)
                    index += 3
                    continue
                }
            }
            value.append(octets[index])
            index += 1
        }
    }

    /// Encoded words don't belong into parameters (RFC 2047 §5), and most mailers write them there.
    private static func text(_ octets: [UInt8], _ charset: Charset?, _ fallback: Charset?) -> String {
        octets.withUnsafeBytes { EncodedWords.decodeUnstructured($0, fallback: charset ?? fallback) }
    }
}
