/// The charsets of mail that switch by escapes, turned to their eight-bit kin, which the C library reads better.
enum ISO2022 {
    private static let escape: UInt8 = 0x1B

    /// Whether the octets carry the escapes of ISO-2022 that mail uses, and which.
    static func charset(of bytes: UnsafeRawBufferPointer) -> Charset? {
        guard let first = ByteScan.first(escape, in: bytes, from: 0, to: bytes.count) else { return nil }
        var index = first
        while true {
            if index + 2 < bytes.count {
                switch (bytes[index + 1], bytes[index + 2]) {
                case (0x24, 0x40), (0x24, 0x42), (0x28, 0x4A), (0x28, 0x49): return .iso2022JP
                case (0x24, 0x28): return .iso2022JP
                case (0x24, 0x29):
                    guard index + 3 < bytes.count else { return nil }
                    if bytes[index + 3] == 0x43 { return .iso2022KR }
                    if bytes[index + 3] == 0x41 || bytes[index + 3] == 0x47 { return .multiByte("ISO-2022-CN-EXT") }
                default: break
                }
            }
            guard let next = ByteScan.first(escape, in: bytes, from: index + 1, to: bytes.count) else { return nil }
            index = next
        }
    }

    /// ISO-2022-JP → EUC-JP. What is already eight-bit stays.
    static func japaneseEUC(_ bytes: UnsafeRawBufferPointer, into sink: ByteSink) {
        enum Mode { case ascii, kana, twoByte, supplement }
        var mode = Mode.ascii
        var index = 0
        let count = bytes.count
        while index < count {
            let byte = bytes[index]
            if byte == escape, index + 2 < count {
                switch (bytes[index + 1], bytes[index + 2]) {
                case (0x28, 0x42), (0x28, 0x4A), (0x28, 0x48): (mode, index) = (.ascii, index + 3)
                case (0x28, 0x49): (mode, index) = (.kana, index + 3)
                case (0x24, 0x40), (0x24, 0x42): (mode, index) = (.twoByte, index + 3)
                case (0x24, 0x28) where index + 3 < count:
                    mode = bytes[index + 3] == 0x44 ? .supplement : .twoByte
                    index += 4
                default:
                    index += 1
                }
                continue
            }
            if byte == 0x0A || byte == 0x0D {
                // RFC 1468 has each line end in ASCII; mailers forget the escape.
                mode = .ascii
            }
            switch mode {
            case .ascii:
                if byte == 0x0E {
                    mode = .kana
                } else {
                    sink.append(byte)
                }
                index += 1
            case .kana:
                if byte == 0x0F {
                    mode = .ascii
                } else if (0x21...0x5F).contains(byte) {
                    sink.append(0x8E)
                    sink.append(byte | 0x80)
                } else {
                    sink.append(byte)
                }
                index += 1
            case .twoByte, .supplement:
                guard index + 1 < count, (0x21...0x7E).contains(byte), (0x21...0x7E).contains(bytes[index + 1])
                else {
                    sink.append(byte)
                    index += 1
                    continue
                }
                if mode == .supplement { sink.append(0x8F) }
                sink.append(byte | 0x80)
                sink.append(bytes[index + 1] | 0x80)
                index += 2
            }
        }
    }

    /// ISO-2022-KR → EUC-KR.
    static func koreanEUC(_ bytes: UnsafeRawBufferPointer, into sink: ByteSink) {
        var isShifted = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            index += 1
            switch byte {
            case escape where index + 2 < bytes.count && bytes[index] == 0x24 && bytes[index + 1] == 0x29:
                index += 3
            case 0x0E: isShifted = true
            case 0x0F: isShifted = false
            case 0x0A, 0x0D:
                isShifted = false
                sink.append(byte)
            default: sink.append(isShifted && (0x21...0x7E).contains(byte) ? byte | 0x80 : byte)
            }
        }
    }

    /// HZ → GB 2312 in eight bits.
    static func chineseEUC(_ bytes: UnsafeRawBufferPointer, into sink: ByteSink) {
        var isShifted = false
        var index = 0
        while index < bytes.count {
            let byte = bytes[index]
            let next = index + 1 < bytes.count ? bytes[index + 1] : 0
            if byte == 0x7E {
                switch next {
                case 0x7B: (isShifted, index) = (true, index + 2)
                case 0x7D: (isShifted, index) = (false, index + 2)
                case 0x0A where !isShifted: index += 2
                case 0x7E where !isShifted:
                    sink.append(0x7E)
                    index += 2
                default:
                    sink.append(byte)
                    index += 1
                }
                continue
            }
            if byte == 0x0A { isShifted = false }
            sink.append(isShifted && (0x21...0x7E).contains(byte) ? byte | 0x80 : byte)
            index += 1
        }
    }
}
