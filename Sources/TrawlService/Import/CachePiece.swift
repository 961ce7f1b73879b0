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
        guard let (size, frame) = firstFrame(of: bytes), let lines = lines(frame, size) else { return nil }
        bytes = bytes[frame.endIndex...]
        return lines
    }

    /// The lines of the last piece, if there are but so many octets of them; the other pieces are passed over unread.
    static func last(of bytes: Slice<UnsafeBufferPointer<UInt8>>, atMost most: Int) -> [UInt8]? {
        var rest = bytes
        var last: (size: Int, frame: Slice<UnsafeBufferPointer<UInt8>>)?
        while !rest.isEmpty {
            guard let piece = firstFrame(of: rest) else { return nil }
            last = piece
            rest = rest[piece.frame.endIndex...]
        }
        guard let last, last.size <= most else { return nil }
        return lines(last.frame, last.size)
    }

    private static func firstFrame(
        of bytes: Slice<UnsafeBufferPointer<UInt8>>
    ) -> (size: Int, frame: Slice<UnsafeBufferPointer<UInt8>>)? {
        guard bytes.count >= headerSize else { return nil }
        func number(_ place: Int) -> Int {
            (0..<4).reduce(0) { $0 | Int(bytes[bytes.startIndex + place + $1]) << (8 * $1) }
        }
        let (size, frameSize) = (number(0), number(4))
        guard size <= mostLines, frameSize <= bytes.count - headerSize else { return nil }
        return (size, bytes.dropFirst(headerSize).prefix(frameSize))
    }

    private static func lines(_ frame: Slice<UnsafeBufferPointer<UInt8>>, _ size: Int) -> [UInt8]? {
        var isWhole = false
        let lines = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
            isWhole = ZstdFrame.decode(
                UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: frame)),
                into: UnsafeMutableRawBufferPointer(buffer),
                count: size, nil)
            count = isWhole ? size : 0
        }
        return isWhole ? lines : nil
    }
}
