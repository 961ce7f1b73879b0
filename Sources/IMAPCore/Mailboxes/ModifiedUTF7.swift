/// IMAP's modified UTF-7, the form of mailbox names before IMAP4rev2 (RFC 3501, 5.1.3).
enum ModifiedUTF7 {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,".utf8)

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, byte) in alphabet.enumerated() { table[Int(byte)] = UInt8(value) }
        return table
    }()

    static func encode(_ text: String) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(text.utf8.count)
        var pending: [UInt16] = []
        func flush() {
            guard !pending.isEmpty else { return }
            out.append(UInt8(ascii: "&"))
            var bits: UInt32 = 0
            var count = 0
            for unit in pending {
                bits = (bits << 16) | UInt32(unit)
                count += 16
                while count >= 6 {
                    count -= 6
                    out.append(alphabet[Int((bits >> UInt32(count)) & 0x3F)])
                }
                bits &= (1 << UInt32(count)) - 1
            }
            if count > 0 { out.append(alphabet[Int((bits << UInt32(6 - count)) & 0x3F)]) }
            out.append(UInt8(ascii: "-"))
            pending.removeAll(keepingCapacity: true)
        }
        for unit in text.utf16 {
            if unit == 0x26 {
                flush()
                out.append(contentsOf: [UInt8(ascii: "&"), UInt8(ascii: "-")])
            } else if unit >= 0x20, unit <= 0x7E {
                flush()
                out.append(UInt8(unit))
            } else {
                pending.append(unit)
            }
        }
        flush()
        return out
    }

    /// The text, or nil where the bytes are not the one encoding of it: 8-bit bytes, broken base64 or surrogates,
    /// or characters encoded that must stand for themselves. So each name that decodes encodes to the same bytes.
    static func decode(_ bytes: some Collection<UInt8>) -> String? {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count)
        var index = bytes.startIndex
        while index != bytes.endIndex {
            let byte = bytes[index]
            index = bytes.index(after: index)
            guard byte < 0x80 else { return nil }
            guard byte == UInt8(ascii: "&") else {
                units.append(UInt16(byte))
                continue
            }
            var bits: UInt32 = 0
            var count = 0
            var decoded = 0
            var letters = 0
            var closed = false
            while index != bytes.endIndex {
                let letter = bytes[index]
                index = bytes.index(after: index)
                if letter == UInt8(ascii: "-") {
                    closed = true
                    break
                }
                let value = values[Int(letter)]
                guard value != 0xFF else { return nil }
                letters += 1
                bits = (bits << 6) | UInt32(value)
                count += 6
                if count >= 16 {
                    count -= 16
                    let unit = UInt16(truncatingIfNeeded: bits >> UInt32(count))
                    guard unit < 0x20 || unit > 0x7E else { return nil }
                    units.append(unit)
                    decoded += 1
                    bits &= (1 << UInt32(count)) - 1
                }
            }
            guard closed else { return nil }
            if letters == 0 {
                units.append(0x26)
            } else if decoded == 0 || count >= 6 || bits != 0 {
                return nil
            }
        }
        return String(validating: units, as: UTF16.self)
    }
}
