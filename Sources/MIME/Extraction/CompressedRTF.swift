/// Compressed RTF (MS-OXRTFCP), as MAPI stores bodies: LZ77 over a ring of 4 KiB that begins with words of RTF.
enum CompressedRTF {
    private static let headerSize = 16
    private static let ringSize = 4096
    private static let compressed = 0x7546_5A4C
    private static let uncompressed = 0x414C_454D

    private static let words: StaticString =
        "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"

    /// The RTF, of at most `limit` bytes; nil where the header says that this is something else.
    static func decompress(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> [UInt8]? {
        guard bytes.count >= headerSize else { return nil }
        let reader = LittleEndianReader(bytes)
        let rawSize = min(reader.word32(4), limit)
        switch reader.word32(8) {
        case uncompressed: return Array(bytes.dropFirst(headerSize).prefix(rawSize))
        case compressed: return unpack(bytes, rawSize: rawSize)
        default: return nil
        }
    }

    private static func unpack(_ bytes: UnsafeBufferPointer<UInt8>, rawSize: Int) -> [UInt8] {
        var ring = Array(repeating: UInt8(0x20), count: ringSize)
        for index in 0..<words.utf8CodeUnitCount { ring[index] = words.utf8Start[index] }
        var write = words.utf8CodeUnitCount
        var result: [UInt8] = []
        // A byte of input gives nine bytes at most, whatever the header claims.
        result.reserveCapacity(min(rawSize, bytes.count * 9))
        var index = headerSize
        while index < bytes.count, result.count < rawSize {
            let control = bytes[index]
            index += 1
            for bit in 0..<8 where index < bytes.count && result.count < rawSize {
                if control & (1 << UInt8(bit)) == 0 {
                    result.append(bytes[index])
                    ring[write] = bytes[index]
                    write = (write + 1) % ringSize
                    index += 1
                    continue
                }
                guard index + 1 < bytes.count else { return result }
                let token = Int(bytes[index]) << 8 | Int(bytes[index + 1])
                index += 2
                let offset = token >> 4
                // A reference to where writing goes on ends the stream.
                if offset == write { return result }
                for step in 0..<(token & 0xF) + 2 where result.count < rawSize {
                    let byte = ring[(offset + step) % ringSize]
                    result.append(byte)
                    ring[write] = byte
                    write = (write + 1) % ringSize
                }
            }
        }
        return result
    }
}

/// Little-endian numbers at places in bytes; 0 past the end.
struct LittleEndianReader {
    let bytes: UnsafeBufferPointer<UInt8>

    init(_ bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    func word16(_ position: Int) -> Int {
        guard position >= 0, position <= bytes.count - 2 else { return 0 }
        return Int(bytes[position]) | Int(bytes[position + 1]) << 8
    }

    func word32(_ position: Int) -> Int {
        word16(position) | word16(position + 2) << 16
    }

    /// `count` bytes from `position` on, or those of them that there are.
    func slice(_ position: Int, _ count: Int) -> UnsafeBufferPointer<UInt8> {
        guard position >= 0, position < bytes.count, count > 0 else { return UnsafeBufferPointer(start: nil, count: 0) }
        return UnsafeBufferPointer(rebasing: bytes[position..<position + min(count, bytes.count - position)])
    }
}
