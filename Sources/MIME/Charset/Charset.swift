/// A way to read octets as text, found by its label.
enum Charset: Hashable, Sendable {
    case utf8
    /// One octet, one character: the C library's name of it.
    case singleByte(String)
    /// Whatever else the C library converts: its name there.
    case multiByte(String)
    /// ISO-2022-JP with the extensions that mail has (RFC 1468, half-width kana, vendor rows).
    case iso2022JP
    /// RFC 1557.
    case iso2022KR
    /// HZ (RFC 1843).
    case hz
    /// UTF-16, big-endian where no byte order mark says else.
    case utf16

    static let windows1252 = Charset.singleByte("CP1252")
    static let japaneseEUC = Charset.multiByte("EUC-JP-MS")
    static let shiftJIS = Charset.multiByte("CP932")
    static let koreanUHC = Charset.multiByte("CP949")
    static let gb18030 = Charset.multiByte("GB18030")
    static let big5 = Charset.multiByte("BIG5-HKSCS")

    /// Whether every octet below 0x80 stands for the ASCII character, outside of multi-octet characters.
    var keepsASCII: Bool {
        switch self {
        case .utf8, .singleByte: true
        case .multiByte(let name): !name.hasPrefix("UTF-") && !name.hasPrefix("ISO-2022")
        case .iso2022JP, .iso2022KR, .hz, .utf16: false
        }
    }

    /// The charset a label names: WHATWG's Encoding labels first (so ISO-8859-1 is windows-1252, GB2312 is GB18030),
    /// then what mailers write beside them, then any name the C library knows. Nil for no or an unknown label.
    static func named(_ label: UnsafeRawBufferPointer) -> Charset? {
        let label = label.trimmed()
        if label.count == 0 || label.count > 40 { return nil }
        if label.equalsIgnoringCase("utf-8") || label.equalsIgnoringCase("us-ascii") { return .utf8 }
        if label.equalsIgnoringCase("iso-8859-1") { return windows1252 }
        return named(label.lowercasedString())
    }

    /// As above; `label` in lower case.
    static func named(_ label: String) -> Charset? {
        if let known = CharsetLabels.table[label] { return known }
        // Quotes, an underscore for a hyphen, `charset=` said twice, a language after an asterisk.
        var cleaned = ""
        for character in label.unicodeScalars {
            switch character {
            case "'", "\"", " ", "\t", "<", ">", ",", ";": continue
            case "_": cleaned.unicodeScalars.append("-")
            case "*": break
            default: cleaned.unicodeScalars.append(character)
            }
            if character == "*" { break }
        }
        if cleaned.hasPrefix("charset=") { cleaned.removeFirst("charset=".count) }
        if cleaned.isEmpty { return nil }
        if cleaned != label, let known = CharsetLabels.table[cleaned] { return known }
        if cleaned.hasPrefix("x-"), let known = CharsetLabels.table[String(cleaned.dropFirst(2))] { return known }
        // glibc reads slashes as options ("//TRANSLIT") and has its own internal charsets.
        for scalar in cleaned.unicodeScalars
        where
            !(scalar.isASCII
            && (scalar.properties.isAlphabetic || scalar == "-" || ("0"..."9").contains(scalar) || scalar == "."
                || scalar == ":"))
        {
            return nil
        }
        let name = cleaned.uppercased()
        if name == "INTERNAL" || name.hasPrefix("UCS") && !IconvPool.knows(name) { return nil }
        return IconvPool.knows(name) ? .multiByte(name) : nil
    }
}
