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
        tables.withUnsafeBufferPointer { tables in
            guard let base = tables.baseAddress else { return (0, false) }
            return decode(input, into: output, tables: base)
        }
    }

    private static func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutablePointer<UInt8>, tables: UnsafePointer<UInt32>
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
                // Eight characters to six octets; the two stores are a word wide, and the next ones overwrite the rest.
                while read &+ 8 <= count {
                    let word = UInt64(littleEndian: source.loadUnaligned(fromByteOffset: read, as: UInt64.self))
                    let first = triple(UInt32(truncatingIfNeeded: word), tables)
                    let second = triple(UInt32(truncatingIfNeeded: word >> 32), tables)
                    if (first | second) & invalid != 0 { break }
                    target.storeBytes(of: first.littleEndian, toByteOffset: written, as: UInt32.self)
                    target.storeBytes(of: second.littleEndian, toByteOffset: written &+ 3, as: UInt32.self)
                    read &+= 8
                    written &+= 6
                }
                if read &+ 4 <= count {
                    let word = UInt32(littleEndian: source.loadUnaligned(fromByteOffset: read, as: UInt32.self))
                    let octets = triple(word, tables)
                    if octets & invalid == 0 {
                        target.storeBytes(of: octets.littleEndian, toByteOffset: written, as: UInt32.self)
                        read &+= 4
                        written &+= 3
                    }
                }
                if read == count { break }
            }
            let byte = source.load(fromByteOffset: read, as: UInt8.self)
            read &+= 1
            // A line end comes after each eighteen groups.
            if byte == 0x0D || byte == 0x0A { continue }
            let sextet = tables[Int(byte)] >> 2
            if sextet < 64 {
                group = group << 6 | sextet
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
                // The end of one piece: what comes after it starts a group of its own, or is no base64.
                let (added, fault) = flush(group, filled, output + written)
                written &+= added
                isMalformed = isMalformed || fault
                filled = 0
                group = 0
                if !continues(input, from: read, tables: tables) { return (written, isMalformed) }
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

    /// Whether base64 goes on after padding: mailers glue pieces together, and mailing lists put their footers under it.
    @inline(never)
    private static func continues(
        _ input: UnsafeRawBufferPointer, from start: Int, tables: UnsafePointer<UInt32>
    ) -> Bool {
        var index = start
        var endsLine = false
        while index < input.count, input[index] == UInt8(ascii: "=") || ASCII.isBlank(input[index]) {
            if input[index] == 0x0A { endsLine = true }
            if input[index] == 0x20 { endsLine = false }
            index += 1
        }
        let first = index
        if !endsLine, first > start, input[first - 1] == 0x20 { return false }
        // Up to the next padding, which asks again, every octet must be one that base64 has.
        while index < input.count, input[index] != UInt8(ascii: "=") {
            let byte = input[index]
            if byte != 0x0D, byte != 0x0A, tables[Int(byte)] & invalid != 0 { return false }
            index += 1
        }
        return index > first
    }

    /// Whether text that claims to be base64 is none: its first line is in words, or more than one in twenty of its
    /// octets is a stranger.
    static func isPretended(_ input: UnsafeRawBufferPointer) -> Bool {
        let sample = input.slice(0..<2000)
        if beginsInWords(sample) { return true }
        var strangers = 0
        for byte in sample where !ASCII.isBlank(byte) && byte != UInt8(ascii: "=") && tables[Int(byte)] & invalid != 0 {
            strangers += 1
        }
        return strangers * 20 > sample.count
    }

    /// Whether the first line has three words or more that are not all groups of four. A line further down may be a
    /// mailing list's footer.
    private static func beginsInWords(_ sample: UnsafeRawBufferPointer) -> Bool {
        var words = 0
        var length = 0
        var hasOddWord = false
        for byte in sample {
            if byte == 0x20 || byte == 0x09 {
                if length > 0 {
                    words += 1
                    if length % 4 != 0 { hasOddWord = true }
                }
                length = 0
            } else if byte == 0x0A || byte == 0x0D {
                if words > 0 || length > 0 { break }
            } else {
                length += 1
            }
        }
        return words >= 2 && length > 0 && hasOddWord
    }

    /// Four characters to three octets in memory order, or `invalid`.
    @inline(__always)
    private static func triple(_ word: UInt32, _ tables: UnsafePointer<UInt32>) -> UInt32 {
        tables[Int(word & 0xFF)] | tables[256 &+ Int(word >> 8 & 0xFF)] | tables[512 &+ Int(word >> 16 & 0xFF)]
            | tables[768 &+ Int(word >> 24)]
    }

    /// Set in a table's entry for a character outside of the alphabet.
    private static let invalid: UInt32 = 0x8000_0000

    /// What each character adds to the three octets from its place in the four, the first octet lowest.
    private static let tables: [UInt32] = {
        var tables = [UInt32](repeating: invalid, count: 1024)
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_".utf8)
        for (index, character) in alphabet.enumerated() {
            // The URL alphabet's last two stand for the same as the plain one's.
            let sextet = UInt32(index < 64 ? index : index - 2)
            let at = Int(character)
            tables[at] = sextet << 2
            tables[256 + at] = sextet >> 4 | (sextet & 0xF) << 12
            tables[512 + at] = (sextet >> 2) << 8 | (sextet & 0x3) << 22
            tables[768 + at] = sextet << 16
        }
        return tables
    }()

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
}
