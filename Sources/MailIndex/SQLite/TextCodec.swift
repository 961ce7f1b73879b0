import CZlib
import Synchronization

/// How a message's text is kept: its preview, its body, and the names and texts of its attachments, compressed together.
/// The preview comes first: the body then says the same again, which costs next to nothing, and it can be read without
/// the rest.
///
///     codec (one byte: 0 stored, 1 raw deflate) | lengths of preview, body and all (LEB128) | payload
enum TextCodec {
    /// Kept low: over mail's text, level 6 costs three times the CPU for a tenth less space.
    static let level: Int32 = 1
    /// Shorter texts are stored as they are.
    static let smallestCompressed = 96

    /// Nil for no text at all.
    static func encode(preview: String, body: String, attachments: String) -> [UInt8]? {
        let previewCount = preview.utf8.count
        let bodyCount = body.utf8.count
        let total = previewCount + bodyCount + attachments.utf8.count
        guard total > 0 else { return nil }
        var source: [UInt8] = []
        source.reserveCapacity(total)
        source.append(contentsOf: preview.utf8)
        source.append(contentsOf: body.utf8)
        source.append(contentsOf: attachments.utf8)
        var result: [UInt8] = []
        result.reserveCapacity(total / 2 + 16)
        if total >= smallestCompressed, let deflater = Deflater.take() {
            result.append(1)
            appendLength(previewCount, to: &result)
            appendLength(bodyCount, to: &result)
            appendLength(total, to: &result)
            let isShorter = deflater.append(source, to: &result)
            Deflater.giveBack(deflater)
            if isShorter { return result }
            result.removeAll(keepingCapacity: true)
        }
        result.append(0)
        appendLength(previewCount, to: &result)
        appendLength(bodyCount, to: &result)
        appendLength(total, to: &result)
        result += source
        return result
    }

    /// One of the texts that `trawl_text` tells.
    enum Section: Int64 {
        case body = 0
        case attachments = 1
    }

    /// The texts of a message, valid while they are looked at.
    struct Texts {
        var preview: UnsafeRawBufferPointer
        var body: UnsafeRawBufferPointer
        var attachments: UnsafeRawBufferPointer

        subscript(section: Section) -> UnsafeRawBufferPointer {
            switch section {
            case .body: body
            case .attachments: attachments
            }
        }
    }

    /// Nil for bytes that `encode` did not make.
    static func decode(_ bytes: UnsafeRawBufferPointer, _ section: Section) -> String? {
        withDecoded(bytes) { String(decoding: $0[section], as: UTF8.self) }
    }

    /// The preview alone; empty for bytes that `encode` did not make.
    static func preview(_ bytes: UnsafeRawBufferPointer) -> String {
        guard let header = Header(bytes), header.preview > 0 else { return "" }
        if header.codec == 0 { return String(decoding: header.payload.prefix(header.preview), as: UTF8.self) }
        return withUnsafeTemporaryAllocation(byteCount: header.preview, alignment: 1) { buffer in
            guard inflate(header.payload, into: buffer, count: header.preview, isWhole: false) else { return "" }
            return String(decoding: buffer, as: UTF8.self)
        }
    }

    static func withDecoded<R>(_ bytes: UnsafeRawBufferPointer, _ body: (Texts) -> R) -> R? {
        guard let header = Header(bytes) else { return nil }
        if header.codec == 0 {
            guard header.payload.count == header.total else { return nil }
            return body(header.texts(in: header.payload))
        }
        return withUnsafeTemporaryAllocation(byteCount: max(header.total, 1), alignment: 1) { buffer in
            guard inflate(header.payload, into: buffer, count: header.total, isWhole: true) else { return nil }
            return body(header.texts(in: UnsafeRawBufferPointer(buffer)))
        }
    }

    private struct Header {
        var codec: UInt8
        var preview, body, total: Int
        var payload: UnsafeRawBufferPointer

        init?(_ bytes: UnsafeRawBufferPointer) {
            guard let first = bytes.first, first <= 1 else { return nil }
            var offset = 1
            guard let preview = TextCodec.length(bytes, &offset), let body = TextCodec.length(bytes, &offset),
                let total = TextCodec.length(bytes, &offset), preview + body <= total, total <= largestText
            else { return nil }
            (codec, self.preview, self.body, self.total) = (first, preview, body, total)
            payload = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        }

        func texts(in text: UnsafeRawBufferPointer) -> Texts {
            Texts(
                preview: UnsafeRawBufferPointer(rebasing: text[..<preview]),
                body: UnsafeRawBufferPointer(rebasing: text[preview..<preview + body]),
                attachments: UnsafeRawBufferPointer(rebasing: text[(preview + body)..<total]))
        }
    }

    /// Octets that a damaged length may make us allocate at most.
    static let largestText = 1 << 28

    private static func inflate(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, count: Int, isWhole: Bool
    ) -> Bool {
        var stream = z_stream()
        guard trawl_inflate_init(&stream, -15) == Z_OK else { return false }
        defer { inflateEnd(&stream) }
        guard let from = source.baseAddress, let to = target.baseAddress else { return false }
        // zlib does not write through next_in; its type only lacks the const.
        stream.next_in = UnsafeMutablePointer(mutating: from.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(clamping: source.count)
        stream.next_out = to.assumingMemoryBound(to: UInt8.self)
        stream.avail_out = UInt32(clamping: count)
        let code = CZlib.inflate(&stream, isWhole ? Z_FINISH : Z_SYNC_FLUSH)
        return stream.avail_out == 0 && (code == Z_STREAM_END || !isWhole && (code == Z_OK || code == Z_BUF_ERROR))
    }

    private static func appendLength(_ value: Int, to bytes: inout [UInt8]) {
        var rest = UInt(value)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(truncatingIfNeeded: rest))
    }

    private static func length(_ bytes: UnsafeRawBufferPointer, _ offset: inout Int) -> Int? {
        var value: UInt = 0
        var shift: UInt = 0
        while offset < bytes.count, shift < 35 {
            let byte = bytes[offset]
            offset += 1
            value |= UInt(byte & 0x7F) << shift
            if byte < 0x80 { return Int(value) }
            shift += 7
        }
        return nil
    }
}

/// A zlib stream that is used again: making one costs more than compressing a short message.
///
/// Unchecked because `z_stream` holds pointers: an instance is out of the pool while one caller uses it.
private final class Deflater: @unchecked Sendable {
    private var stream = z_stream()
    private static let pool = Mutex<[Deflater]>([])
    private static let largestPool = 16

    private init?() {
        guard trawl_deflate_init(&stream, TextCodec.level, -15, 8) == Z_OK else { return nil }
    }

    deinit { deflateEnd(&stream) }

    static func take() -> Deflater? {
        pool.withLock { $0.popLast() } ?? Deflater()
    }

    static func giveBack(_ deflater: Deflater) {
        pool.withLock { if $0.count < largestPool { $0.append(deflater) } }
    }

    /// False where the compressed form is not the shorter one; `bytes` then holds nothing of use.
    func append(_ source: [UInt8], to bytes: inout [UInt8]) -> Bool {
        guard source.count <= TextCodec.largestText, deflateReset(&stream) == Z_OK else { return false }
        let header = bytes.count
        let room = source.count
        let written = source.withUnsafeBufferPointer { input -> Int? in
            withUnsafeTemporaryAllocation(of: UInt8.self, capacity: room) { output in
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(room)
                guard deflate(&stream, Z_FINISH) == Z_STREAM_END else { return nil }
                let count = room - Int(stream.avail_out)
                bytes.append(contentsOf: output[..<count])
                return count
            }
        }
        return written.map { $0 + header < room } ?? false
    }
}
