import NIOCore

/// Cuts a stream of octets into lines (LF; a CR before it goes), each of a limited length.
///
/// A line over the limit is told once, as soon as that is known, and the rest of it is skipped: what follows its end
/// is read as if nothing had been.
struct LineFramer {
    enum Frame: Equatable {
        case line([UInt8])
        case tooLong
    }

    /// Octets of a line at most, without its end.
    let limit: Int
    private var buffer = ByteBuffer()
    /// How much of `buffer` is known to hold no line's end.
    private var searched = 0
    private var isSkipping = false

    init(limit: Int) { self.limit = limit }

    mutating func append(_ bytes: inout ByteBuffer) {
        if buffer.readableBytes == 0 {
            buffer = bytes
            searched = 0
        } else {
            // Without this, a client that keeps half a line standing would have all former ones kept.
            buffer.discardReadBytes()
            buffer.writeBuffer(&bytes)
        }
    }

    /// The next line, or nil until more octets come.
    mutating func next() -> Frame? {
        while true {
            let view = buffer.readableBytesView
            let unsearched = view.dropFirst(searched)
            guard let end = unsearched.firstIndex(of: 10) else {
                searched = buffer.readableBytes
                if isSkipping {
                    buffer.clear()
                    searched = 0
                } else if searched > limit + 1 {
                    isSkipping = true
                    buffer.clear()
                    searched = 0
                    return .tooLong
                }
                return nil
            }
            let length = end - view.startIndex
            searched = 0
            if isSkipping {
                isSkipping = false
                buffer.moveReaderIndex(forwardBy: length + 1)
                continue
            }
            var line = buffer.readBytes(length: length) ?? []
            buffer.moveReaderIndex(forwardBy: 1)
            if line.last == 13 { line.removeLast() }
            return line.count > limit ? .tooLong : .line(line)
        }
    }

    /// What stands after the last line's end when the stream ends: a line too, as files without a last LF have it.
    mutating func finish() -> Frame? {
        defer {
            buffer.clear()
            searched = 0
        }
        guard !isSkipping, buffer.readableBytes > 0 else { return nil }
        let line = buffer.readBytes(length: buffer.readableBytes) ?? []
        return line.count > limit ? .tooLong : .line(line)
    }
}
