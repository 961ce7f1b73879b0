import MailSearch

/// A piece of an ``ImportCache``'s lines, compressed: file names say the same again and again.
///
///     octets of the lines | octets of the frame (32 bits each, the smallest first) | a zstd frame
enum CachePiece {
    private static let headerSize = 8
    /// zstd's level: numbers that hardly repeat take more than a glance.
    private static let level: Int32 = 9
    /// Octets of lines that a damaged length may make us allocate at most.
    private static let mostLines = 1 << 28

    static func made(of lines: [UInt8]) -> [UInt8] {
        var pieces: [UInt8] = []
        var start = 0
        while start < lines.count {
            let end = min(start + mostLines, lines.count)
            var frame: [UInt8] = []
            // Without memory for it, less is known the next time.
            guard ZstdFrame.append(Array(lines[start..<end]), cutAt: nil, nil, level: level, to: &frame) else { break }
            for number in [end - start, frame.count] {
                for shift in stride(from: 0, to: 32, by: 8) {
                    pieces.append(UInt8(truncatingIfNeeded: number >> shift))
                }
            }
            pieces += frame
            start = end
        }
        return pieces
    }

    /// Takes the lines of the first piece off; nil where there is no whole one.
    static func takeFirst(of bytes: inout Slice<UnsafeBufferPointer<UInt8>>) -> [UInt8]? {
        guard bytes.count >= headerSize else { return nil }
        func number(_ place: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[bytes.startIndex + place + $1]) << (8 * $1) }
        }
        let (size, frameSize) = (number(0), number(4))
        guard size <= mostLines, frameSize <= bytes.count - headerSize else { return nil }
        let frame = bytes.dropFirst(headerSize).prefix(frameSize)
        var isWhole = false
        let lines = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            isWhole = ZstdFrame.decode(
                UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: frame)),
                into: UnsafeMutableRawBufferPointer(buffer),
                count: size, nil)
            count = isWhole ? size : 0
        }
        guard isWhole else { return nil }
        bytes = bytes.dropFirst(headerSize + frameSize)
        return lines
    }
}
