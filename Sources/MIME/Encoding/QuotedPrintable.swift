/// Quoted-printable (RFC 2045 §6.7), with the faults that mailers make: bare `=`, lower-case digits, soft breaks with
/// blanks or in bare LF, lines without end. Blanks at the end of a line were put there on the way, and go (rule 3).
public enum QuotedPrintable {
    /// Decodes; `=` before anything else than two digits or a line end stands for itself.
    public static func decode(_ bytes: [UInt8]) -> [UInt8] {
        bytes.withUnsafeBytes { input in
            [UInt8](unsafeUninitializedCapacity: input.count + 8) { output, count in
                guard let target = output.baseAddress else { return }
                count = decode(input, into: target).count
            }
        }
    }

    /// Decodes `input` to `output`, which must have room for `input.count + 8` octets.
    static func decode(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutablePointer<UInt8>
    ) -> (count: Int, isMalformed: Bool) {
        if let padded = firstPaddedLine(input) {
            return withoutPadding(input, from: padded).withUnsafeBytes { decodeUnpadded($0, into: output) }
        }
        return decodeUnpadded(input, into: output)
    }

    /// Where the first line end with blanks before it stands. Nearly all texts have none, and are not copied.
    private static func firstPaddedLine(_ input: UnsafeRawBufferPointer) -> Int? {
        var index = 0
        while let lineFeed = ByteScan.first(0x0A, in: input, from: index, to: input.count) {
            var last = lineFeed &- 1
            if last >= index, input[last] == 0x0D { last &-= 1 }
            if last >= index, input[last] == 0x20 || input[last] == 0x09 { return index }
            index = lineFeed &+ 1
        }
        return nil
    }

    /// Without blanks before the line ends from the line at `start` on.
    private static func withoutPadding(_ input: UnsafeRawBufferPointer, from start: Int) -> [UInt8] {
        var result: [UInt8] = []
        result.reserveCapacity(input.count)
        result.append(contentsOf: input.slice(0..<start))
        var index = start
        while let lineFeed = ByteScan.first(0x0A, in: input, from: index, to: input.count) {
            let lineEnd = lineFeed > index && input[lineFeed - 1] == 0x0D ? lineFeed - 1 : lineFeed
            var last = lineEnd
            while last > index, input[last - 1] == 0x20 || input[last - 1] == 0x09 { last -= 1 }
            result.append(contentsOf: input.slice(index..<last))
            result.append(contentsOf: input.slice(lineEnd..<(lineFeed + 1)))
            index = lineFeed + 1
        }
        result.append(contentsOf: input.slice(index..<input.count))
        return result
    }

    private static func decodeUnpadded(
        _ input: UnsafeRawBufferPointer, into output: UnsafeMutablePointer<UInt8>
    ) -> (count: Int, isMalformed: Bool) {
        guard let base = input.baseAddress else { return (0, false) }
        let source = base.assumingMemoryBound(to: UInt8.self)
        let target = UnsafeMutableRawPointer(output)
        let count = input.count
        var read = 0
        var written = 0
        var isMalformed = false
        while read < count {
            // Eight octets at a time up to the next `=`.
            while read &+ 8 <= count {
                let word = UInt64(littleEndian: base.loadUnaligned(fromByteOffset: read, as: UInt64.self))
                target.storeBytes(of: word.littleEndian, toByteOffset: written, as: UInt64.self)
                let difference = word ^ 0x3D3D_3D3D_3D3D_3D3D
                let hit = (difference &- 0x0101_0101_0101_0101) & ~difference & 0x8080_8080_8080_8080
                if hit != 0 {
                    let step = hit.trailingZeroBitCount / 8
                    read &+= step
                    written &+= step
                    break
                }
                read &+= 8
                written &+= 8
            }
            while read < count, source[read] != 0x3D {
                output[written] = source[read]
                read &+= 1
                written &+= 1
            }
            while read < count, source[read] == 0x3D {
                if read &+ 2 < count {
                    let high = ASCII.hexValue(source[read &+ 1])
                    let low = ASCII.hexValue(source[read &+ 2])
                    if (high | low) < 16 {
                        output[written] = high << 4 | low
                        written &+= 1
                        read &+= 3
                        continue
                    }
                }
                let end = softBreakEnd(source, read &+ 1, count)
                if end > 0 {
                    read = end
                    continue
                }
                isMalformed = true
                output[written] = 0x3D
                written &+= 1
                read &+= 1
            }
        }
        return (written, isMalformed)
    }

    /// Where the text goes on after a soft line break whose `=` stands before `start`; 0 where it is none.
    @inline(__always)
    private static func softBreakEnd(_ source: UnsafePointer<UInt8>, _ start: Int, _ count: Int) -> Int {
        var index = start
        while index < count, source[index] == 0x20 || source[index] == 0x09 { index &+= 1 }
        if index == count { return count }
        if source[index] == 0x0A { return index &+ 1 }
        guard source[index] == 0x0D else { return 0 }
        return index &+ 1 < count && source[index &+ 1] == 0x0A ? index &+ 2 : index &+ 1
    }
}
