/// Base64 (RFC 2045 §6.8), as mailers really write it: any line length, padding in the middle (pieces glued together)
/// or missing, strangers between the letters, the URL alphabet.
public enum Base64 {
    /// Octets that a decode of `count` characters may write, the slack of wide stores included.
    static func capacity(for count: Int) -> Int { count / 4 * 3 + 3 + 16 }

    /// Decodes; characters outside of the alphabet are passed over.
    public static func decode(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { input in
            [UInt8](unsafeUninitializedCapacity: capacity(for: input.count)) { output, count in
                guard let target = output.baseAddress else { return }
                count = decode(input, into: target).count
            }
        }
    }

    /// Decodes `input` to `output`, which must have room for `capacity(for: input.count)` octets. Reading and writing
    /// may share the same start. Malformed: it held strangers other than blanks, or ended amid a group of four.
    static func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutablePointer<UInt8>
    ) -> (count: Int, isMalformed: Bool) {
        guard let source = input.baseAddress else { return (0, false) }
        let count = input.count
        let target = UnsafeMutableRawPointer(output)
        var read = 0
        var written = 0
        var isMalformed = false
        var group: UInt32 = 0
        var filled = 0
        while read < count {
            if filled == 0 {
                while read &+ 16 <= count {
                    let letters = source.loadUnaligned(fromByteOffset: read, as: SIMD16<UInt8>.self)
                    guard let sextets = sextets(of: letters) else { break }
                    let (low, high) = pack(sextets)
                    target.storeBytes(of: low, toByteOffset: written, as: UInt64.self)
                    target.storeBytes(of: high, toByteOffset: written &+ 6, as: UInt64.self)
                    read &+= 16
                    written &+= 12
                }
                while read &+ 4 <= count {
                    let a = value(source.load(fromByteOffset: read, as: UInt8.self))
                    let b = value(source.load(fromByteOffset: read &+ 1, as: UInt8.self))
                    let c = value(source.load(fromByteOffset: read &+ 2, as: UInt8.self))
                    let d = value(source.load(fromByteOffset: read &+ 3, as: UInt8.self))
                    if (a | b | c | d) & 0xC0 != 0 { break }
                    output[written] = a << 2 | b >> 4
                    output[written &+ 1] = b << 4 | c >> 2
                    output[written &+ 2] = c << 6 | d
                    read &+= 4
                    written &+= 3
                }
                if read == count { break }
            }
            let byte = source.load(fromByteOffset: read, as: UInt8.self)
            read &+= 1
            let sextet = value(byte)
            if sextet < 64 {
                group = group << 6 | UInt32(sextet)
                filled &+= 1
                if filled == 4 {
                    output[written] = UInt8(truncatingIfNeeded: group >> 16)
                    output[written &+ 1] = UInt8(truncatingIfNeeded: group >> 8)
                    output[written &+ 2] = UInt8(truncatingIfNeeded: group)
                    written &+= 3
                    filled = 0
                    group = 0
                }
            } else if byte == UInt8(ascii: "=") {
                // The end of one piece: what comes after it starts a group of its own.
                let (added, fault) = flush(group, filled, output + written)
                written &+= added
                isMalformed = isMalformed || fault
                filled = 0
                group = 0
            } else if !ASCII.isBlank(byte) {
                isMalformed = true
            }
        }
        if filled != 0 {
            let (added, _) = flush(group, filled, output + written)
            written &+= added
            isMalformed = true
        }
        return (written, isMalformed)
    }

    @inline(__always)
    private static func flush(
        _ group: UInt32, _ filled: Int, _ output: UnsafeMutablePointer<UInt8>
    ) -> (Int, Bool) {
        switch filled {
        case 2:
            output[0] = UInt8(truncatingIfNeeded: group >> 4)
            return (1, false)
        case 3:
            output[0] = UInt8(truncatingIfNeeded: group >> 10)
            output[1] = UInt8(truncatingIfNeeded: group >> 2)
            return (2, false)
        case 1: return (0, true)
        default: return (0, false)
        }
    }

    /// The six bits a character stands for, or 0xFF.
    @inline(__always)
    private static func value(_ byte: UInt8) -> UInt8 {
        let upper = byte &- 0x41
        if upper < 26 { return upper }
        let lower = byte &- 0x61
        if lower < 26 { return lower &+ 26 }
        let digit = byte &- 0x30
        if digit < 10 { return digit &+ 52 }
        if byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-") { return 62 }
        if byte == UInt8(ascii: "/") || byte == UInt8(ascii: "_") { return 63 }
        return 0xFF
    }

    /// Sixteen characters to their six bits each; nil where one is outside of the alphabet.
    @inline(__always)
    private static func sextets(of letters: SIMD16<UInt8>) -> SIMD16<UInt8>? {
        let upper = letters &- 0x41
        let lower = letters &- 0x61
        let digit = letters &- 0x30
        let isUpper = upper .< 26
        let isLower = lower .< 26
        let isDigit = digit .< 10
        let isPlus = letters .== 0x2B
        let isSlash = letters .== 0x2F
        guard all(isUpper .| isLower .| isDigit .| isPlus .| isSlash) else { return nil }
        var result = upper
        result.replace(with: lower &+ 26, where: isLower)
        result.replace(with: digit &+ 52, where: isDigit)
        result.replace(with: SIMD16(repeating: 62), where: isPlus)
        result.replace(with: SIMD16(repeating: 63), where: isSlash)
        return result
    }

    /// Sixteen sextets to twelve octets: the first six of each word, in memory order.
    @inline(__always)
    private static func pack(_ sextets: SIMD16<UInt8>) -> (UInt64, UInt64) {
        let words = unsafeBitCast(sextets, to: SIMD2<UInt64>.self)
        return (pack(UInt64(littleEndian: words[0])), pack(UInt64(littleEndian: words[1])))
    }

    @inline(__always)
    private static func pack(_ word: UInt64) -> UInt64 {
        // Pairs to 12 bits, pairs of those to 24, and the two of those to 48.
        let twelve = (word & 0x003F_003F_003F_003F) << 6 | (word >> 8) & 0x003F_003F_003F_003F
        let twentyFour = (twelve & 0x0000_FFFF_0000_FFFF) << 12 | (twelve >> 16) & 0x0000_FFFF_0000_FFFF
        let fortyEight = (twentyFour & 0xFFFF_FFFF) << 24 | twentyFour >> 32
        return (fortyEight << 16).bigEndian
    }
}
