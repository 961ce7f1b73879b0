import CZlib

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Raw deflate (RFC 1951), as in ZIP archives, within a bound.
enum Inflater {
    struct Outcome {
        var bytes: [UInt8]
        /// How much of the input was used.
        var consumed: Int
        /// Whether the stream came to its end.
        var isWhole: Bool
        /// Whether it would have gone past the limit.
        var passedLimit: Bool
    }

    private static let firstCapacity = 64 << 10

    /// What `packed` unpacks to, of at most `limit` bytes.
    static func inflate(_ packed: UnsafeBufferPointer<UInt8>, limit: Int) -> Outcome {
        var stream = z_stream()
        guard let base = packed.baseAddress, trawl_inflate_init(&stream, -15) == Z_OK else {
            return Outcome(bytes: [], consumed: 0, isWhole: false, passedLimit: false)
        }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: base)
        stream.avail_in = UInt32(clamping: packed.count)
        var capacity = min(limit, max(firstCapacity, packed.count * 4))
        let result = ByteSink(capacity: capacity)
        var status = Z_OK
        while status == Z_OK, result.count < limit {
            // One byte past the limit tells a stream that fits from one that does not.
            let room = min(max(capacity - result.count, firstCapacity), limit - result.count + 1)
            stream.next_out = result.reserve(room)
            stream.avail_out = UInt32(clamping: room)
            status = CZlib.inflate(&stream, Z_NO_FLUSH)
            let written = room - Int(stream.avail_out)
            result.commit(written)
            if written == 0, status == Z_OK { break }
            capacity = result.count * 2
        }
        let passedLimit = result.count > limit || status == Z_OK && result.count >= limit
        result.truncate(to: limit)
        let bytes = [UInt8](unsafeUninitializedCapacity: result.count) { buffer, count in
            if let target = buffer.baseAddress, let source = result.bytes.baseAddress {
                memcpy(target, source, result.count)
            }
            count = result.count
        }
        return Outcome(
            bytes: bytes, consumed: packed.count - Int(stream.avail_in), isWhole: status == Z_STREAM_END,
            passedLimit: passedLimit)
    }
}
