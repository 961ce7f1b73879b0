/// Content-Transfer-Encoding (RFC 2045 §6).
public enum TransferEncoding: Hashable, Sendable {
    /// 7bit, 8bit, binary, and whatever nobody knows: the octets as they stand.
    case identity
    case quotedPrintable
    case base64
    case uuencode
    case yEnc

    /// Reads the field's value, tolerant of case, white space, comments and the usual slips (`quoted printable`,
    /// `base-64`, `8 bit`); nil for an unknown one.
    public init?(_ value: String) {
        var value = value
        self.init(bytes: value.withUTF8 { UnsafeRawBufferPointer($0).map { $0 } })
    }

    init?(bytes: some Sequence<UInt8>) {
        // Letters and digits alone tell the encodings apart, so that hyphens, blanks and quotes don't matter.
        var key: [UInt8] = []
        for byte in bytes {
            if byte == UInt8(ascii: ";") || byte == UInt8(ascii: "(") || key.count > 20 { break }
            let lower = ASCII.lowercased(byte)
            if ASCII.isLetter(lower) || ASCII.isDigit(lower) { key.append(lower) }
        }
        switch String(decoding: key, as: UTF8.self) {
        case "7bit", "8bit", "binary", "7bits", "8bits", "7", "8", "none", "ascii", "usascii", "utf8", "us7bit", "":
            self = .identity
        case "quotedprintable", "qp", "quotedprintible", "quotedprint": self = .quotedPrintable
        case "base64", "b64", "mimebase64": self = .base64
        case "xuuencode", "uuencode", "xuue", "uue": self = .uuencode
        case "xyenc", "yenc": self = .yEnc
        default: return nil
        }
    }
}
