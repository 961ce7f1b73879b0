/// Decodes one scalar of UTF-8 that may be broken anywhere.
enum UTF8Decoder {
    /// Stands for a byte that begins no well-formed scalar.
    static let invalid: UInt32 = .max

    /// The scalar at `index`, and its length in bytes: 1 for a byte that begins none.
    @inline(__always)
    static func scalar(_ bytes: UnsafePointer<UInt8>, _ index: Int, _ end: Int) -> (value: UInt32, length: Int) {
        let first = UInt32(bytes[index])
        if first < 0x80 { return (first, 1) }
        if first < 0xC2 { return (invalid, 1) }
        if first < 0xE0 {
            guard index + 1 < end, bytes[index + 1] & 0xC0 == 0x80 else { return (invalid, 1) }
            return ((first & 0x1F) << 6 | UInt32(bytes[index + 1] & 0x3F), 2)
        }
        if first < 0xF0 {
            guard index + 2 < end, bytes[index + 1] & 0xC0 == 0x80, bytes[index + 2] & 0xC0 == 0x80 else {
                return (invalid, 1)
            }
            let value = (first & 0x0F) << 12 | UInt32(bytes[index + 1] & 0x3F) << 6 | UInt32(bytes[index + 2] & 0x3F)
            return value < 0x800 || (0xD800...0xDFFF).contains(value) ? (invalid, 1) : (value, 3)
        }
        guard first < 0xF5, index + 3 < end, bytes[index + 1] & 0xC0 == 0x80, bytes[index + 2] & 0xC0 == 0x80,
            bytes[index + 3] & 0xC0 == 0x80
        else { return (invalid, 1) }
        let value =
            (first & 0x07) << 18 | UInt32(bytes[index + 1] & 0x3F) << 12 | UInt32(bytes[index + 2] & 0x3F) << 6
            | UInt32(bytes[index + 3] & 0x3F)
        return value < 0x10000 || value > 0x10FFFF ? (invalid, 1) : (value, 4)
    }

    /// Writes a scalar's UTF-8 to `out` (room for four bytes); its length.
    @inline(__always)
    static func encode(_ scalar: UInt32, to out: UnsafeMutablePointer<UInt8>) -> Int {
        if scalar < 0x80 {
            out[0] = UInt8(truncatingIfNeeded: scalar)
            return 1
        }
        if scalar < 0x800 {
            out[0] = UInt8(truncatingIfNeeded: 0xC0 | scalar >> 6)
            out[1] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
            return 2
        }
        if scalar < 0x10000 {
            out[0] = UInt8(truncatingIfNeeded: 0xE0 | scalar >> 12)
            out[1] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F)
            out[2] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
            return 3
        }
        out[0] = UInt8(truncatingIfNeeded: 0xF0 | scalar >> 18)
        out[1] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 12 & 0x3F)
        out[2] = UInt8(truncatingIfNeeded: 0x80 | scalar >> 6 & 0x3F)
        out[3] = UInt8(truncatingIfNeeded: 0x80 | scalar & 0x3F)
        return 4
    }
}
