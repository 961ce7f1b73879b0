import CZlib
import NIOCore

/// One direction of COMPRESS=DEFLATE (RFC 4978): raw deflate in, plain bytes out.
///
/// Not thread-safe.
final class InflateStream {
    enum Failure: Error, Equatable {
        case outOfMemory
        /// No deflate data.
        case invalid
        /// More came out of too little: see `expansionLimit`.
        case bomb
    }

    /// Deflate cannot make more than 1,032 bytes of one. Mail rarely makes 20; a stream that stays above this after the
    /// first `freeOutput` bytes is meant to fill memory or time.
    static let expansionLimit = 200
    static let freeOutput = 16 * 1024 * 1024

    private let stream: UnsafeMutablePointer<z_stream>
    private var input = 0
    private var output = 0

    init() throws(Failure) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard trawl_inflate_init(stream, -MAX_WBITS) == Z_OK else {
            stream.deallocate()
            throw .outOfMemory
        }
    }

    deinit {
        inflateEnd(stream)
        stream.deallocate()
    }

    /// Gives all that `compressed` makes to `deliver`, in pieces of `piece` bytes at most, so that memory stays bounded
    /// by what is above.
    func inflate(
        _ compressed: ByteBuffer, allocator: ByteBufferAllocator, piece: Int = 256 * 1024,
        _ deliver: (ByteBuffer) -> Void
    ) throws(Failure) {
        var compressed = compressed
        while true {
            var plain = allocator.buffer(capacity: piece)
            var status = Z_OK
            var taken = 0
            var isFull = false
            compressed.withUnsafeMutableReadableBytes { source in
                stream.pointee.next_in = source.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_in = UInt32(clamping: source.count)
                plain.writeWithUnsafeMutableBytes(minimumWritableBytes: piece) { space in
                    let room = min(space.count, piece)
                    stream.pointee.next_out = space.bindMemory(to: UInt8.self).baseAddress
                    stream.pointee.avail_out = UInt32(clamping: room)
                    status = CZlib.inflate(stream, Z_SYNC_FLUSH)
                    isFull = stream.pointee.avail_out == 0
                    return room - Int(stream.pointee.avail_out)
                }
                taken = source.count - Int(stream.pointee.avail_in)
            }
            compressed.moveReaderIndex(forwardBy: taken)
            input += taken
            output += plain.readableBytes
            guard output <= Self.freeOutput || output / Self.expansionLimit <= input else { throw .bomb }
            if plain.readableBytes > 0 { deliver(plain) }
            switch status {
            case Z_OK, Z_BUF_ERROR:
                // Z_BUF_ERROR: nothing could be done for want of input, which is no error.
                if !isFull, compressed.readableBytes == 0 || taken == 0 { return }
            case Z_MEM_ERROR:
                throw .outOfMemory
            default:
                // Z_STREAM_END too: an IMAP stream has no end of its own.
                throw .invalid
            }
        }
    }
}

/// The other direction: each piece is flushed, so that the server can act on it at once.
final class DeflateStream {
    private let stream: UnsafeMutablePointer<z_stream>

    init() throws(InflateStream.Failure) {
        stream = .allocate(capacity: 1)
        stream.initialize(to: z_stream())
        guard trawl_deflate_init(stream, Z_DEFAULT_COMPRESSION, -MAX_WBITS, 8) == Z_OK else {
            stream.deallocate()
            throw .outOfMemory
        }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    func deflate(_ plain: ByteBuffer, allocator: ByteBufferAllocator) throws(InflateStream.Failure) -> ByteBuffer {
        var plain = plain
        let piece = 16 * 1024
        var compressed = allocator.buffer(capacity: min(plain.readableBytes + 64, piece))
        while true {
            var status = Z_OK
            var taken = 0
            var isFull = false
            plain.withUnsafeMutableReadableBytes { source in
                stream.pointee.next_in = source.bindMemory(to: UInt8.self).baseAddress
                stream.pointee.avail_in = UInt32(clamping: source.count)
                compressed.writeWithUnsafeMutableBytes(minimumWritableBytes: piece) { space in
                    let room = min(space.count, piece)
                    stream.pointee.next_out = space.bindMemory(to: UInt8.self).baseAddress
                    stream.pointee.avail_out = UInt32(clamping: room)
                    status = CZlib.deflate(stream, Z_SYNC_FLUSH)
                    isFull = stream.pointee.avail_out == 0
                    return room - Int(stream.pointee.avail_out)
                }
                taken = source.count - Int(stream.pointee.avail_in)
            }
            plain.moveReaderIndex(forwardBy: taken)
            guard status == Z_OK || status == Z_BUF_ERROR else { throw .outOfMemory }
            if !isFull, plain.readableBytes == 0 { return compressed }
        }
    }
}
