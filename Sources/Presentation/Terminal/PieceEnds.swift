/// What a text in well-formed UTF-8 begins and ends with, told as `Character` tells it, but mostly without making one.
enum PieceEnds {
    /// Whether the first character is white space.
    static func beginsWithWhiteSpace(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        bytes.isEmpty ? false : isWhiteSpace(scalar(bytes, 0))
    }

    /// Whether the last character is white space: its first scalar is.
    static func endsWithWhiteSpace(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
        guard var start = bytes.indices.last else { return false }
        while start > 0, bytes[start] & 0xC0 == 0x80 { start -= 1 }
        let last = scalar(bytes, start)
        if isWhiteSpace(last) {
            // Some characters join with whatever follows them; none of them is ASCII.
            if start == 0 || bytes[start - 1] < 0x80 { return true }
        } else if standsAlone(last) {
            return false
        }
        return String(decoding: bytes, as: UTF8.self).last?.isWhitespace ?? false
    }

    private static func scalar(_ bytes: UnsafeBufferPointer<UInt8>, _ index: Int) -> UInt32 {
        func next(_ offset: Int) -> UInt32 { index + offset < bytes.count ? UInt32(bytes[index + offset] & 0x3F) : 0 }
        let first = UInt32(bytes[index])
        switch first {
        case ..<0x80: return first
        case ..<0xE0: return (first & 0x1F) << 6 | next(1)
        case ..<0xF0: return (first & 0x0F) << 12 | next(1) << 6 | next(2)
        default: return (first & 0x07) << 18 | next(1) << 12 | next(2) << 6 | next(3)
        }
    }

    /// The property `White_Space`.
    private static func isWhiteSpace(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x09...0x0D, 0x20, 0x85, 0xA0, 0x1680, 0x2000...0x200A, 0x2028, 0x2029, 0x202F, 0x205F, 0x3000: true
        default: false
        }
    }

    /// Letters and signs that never join a character before them: those that texts mostly end with.
    private static func standsAlone(_ scalar: UInt32) -> Bool {
        switch scalar {
        case ..<0x300, 0x370...0x482, 0x2010...0x2027, 0x3001...0x3029, 0x3041...0x3096, 0x30A1...0x30FF,
            0x4E00...0x9FFF, 0xAC00...0xD7A3:
            true
        default: false
        }
    }
}
