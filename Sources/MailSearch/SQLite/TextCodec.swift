import CZlib

/// How a message's text is kept: its preview, its body, and the names and texts of its attachments, compressed together.
/// The preview comes first: the body then says the same again, which costs next to nothing.
///
///     codec (one byte) | lengths of preview, body and all (LEB128) | payload
///
/// Codecs: 0 stored; 1 raw deflate, as long as there were no others; 2 zstd; 3 zstd with a dictionary, whose id
/// (LEB128) stands before the payload. The payload of a text above ``largestHead`` is two frames, the first of which
/// ends there, so that a preview can be read without the rest.
package enum TextCodec {
    /// Shorter texts are stored as they are.
    package static let smallestCompressed = 96
    /// Octets of text in the first frame of a long text.
    package static let largestHead = 1 << 16
    /// Octets that a damaged length may make us allocate at most.
    package static let largestText = 1 << 28

    private static let stored: UInt8 = 0
    private static let deflate: UInt8 = 1
    private static let zstd: UInt8 = 2
    private static let zstdWithDictionary: UInt8 = 3

    /// Nil for no text at all.
    package static func encode(
        preview: String, body: String, attachments: String, dictionary: TextDictionary? = nil
    ) -> [UInt8]? {
        let total = preview.utf8.count + body.utf8.count + attachments.utf8.count
        guard total > 0 else { return nil }
        var source: [UInt8] = []
        source.reserveCapacity(total)
        source.append(contentsOf: preview.utf8)
        source.append(contentsOf: body.utf8)
        source.append(contentsOf: attachments.utf8)
        let lengths = (preview: preview.utf8.count, body: body.utf8.count, total: total)
        var result: [UInt8] = []
        result.reserveCapacity(total / 2 + 16)
        if total >= smallestCompressed {
            appendHeader(dictionary == nil ? zstd : zstdWithDictionary, lengths, to: &result)
            if let dictionary { appendLength(Int(dictionary.id), to: &result) }
            let isWhole = ZstdFrame.append(
                source, cutAt: total > largestHead ? largestHead : nil, dictionary, to: &result)
            if isWhole, result.count < total { return result }
            result.removeAll(keepingCapacity: true)
        }
        appendHeader(stored, lengths, to: &result)
        result += source
        return result
    }

    /// One of the texts that `trawl_text` tells.
    package enum Section: Int64 {
        case body = 0
        case attachments = 1
    }

    /// The texts of a message, valid while they are looked at.
    package struct Texts {
        package var preview: UnsafeRawBufferPointer
        package var body: UnsafeRawBufferPointer
        package var attachments: UnsafeRawBufferPointer

        subscript(section: Section) -> UnsafeRawBufferPointer {
            switch section {
            case .body: body
            case .attachments: attachments
            }
        }
    }

    /// The dictionary that a stored text needs; nil for none.
    package static func dictionaryID(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        Header(bytes)?.dictionary
    }

    /// The preview alone; nil for bytes that `encode` did not make with this dictionary.
    package static func preview(_ bytes: UnsafeRawBufferPointer, _ dictionary: TextDictionary?) -> String? {
        guard let header = Header(bytes), header.dictionary == dictionary?.id else { return nil }
        let hasFrames = header.codec == zstd || header.codec == zstdWithDictionary
        guard hasFrames, header.total > largestHead, header.preview <= largestHead else {
            return withDecoded(bytes, dictionary) { String(decoding: $0.preview, as: UTF8.self) }
        }
        return withUnsafeTemporaryAllocation(byteCount: largestHead, alignment: 1) { buffer in
            guard let head = ZstdFrame.first(header.payload),
                ZstdFrame.decode(head, into: buffer, count: largestHead, dictionary)
            else { return nil }
            return String(decoding: buffer[..<header.preview], as: UTF8.self)
        }
    }

    /// Nil for bytes that `encode` did not make with this dictionary.
    package static func withDecoded<R>(
        _ bytes: UnsafeRawBufferPointer, _ dictionary: TextDictionary?, _ body: (Texts) throws -> R
    ) rethrows -> R? {
        guard let header = Header(bytes), header.dictionary == dictionary?.id else { return nil }
        if header.codec == stored {
            guard header.payload.count == header.total else { return nil }
            return try body(header.texts(in: header.payload))
        }
        return try withUnsafeTemporaryAllocation(byteCount: max(header.total, 1), alignment: 1) { buffer in
            let isRead =
                header.codec == deflate
                ? inflate(header.payload, into: buffer, count: header.total)
                : ZstdFrame.decode(header.payload, into: buffer, count: header.total, dictionary)
            guard isRead else { return nil }
            return try body(header.texts(in: UnsafeRawBufferPointer(buffer)))
        }
    }

    private struct Header {
        var codec: UInt8
        var preview, body, total: Int
        var dictionary: Int64?
        var payload: UnsafeRawBufferPointer

        init?(_ bytes: UnsafeRawBufferPointer) {
            guard let first = bytes.first, first <= zstdWithDictionary else { return nil }
            var offset = 1
            guard let preview = TextCodec.length(bytes, &offset), let body = TextCodec.length(bytes, &offset),
                let total = TextCodec.length(bytes, &offset), preview + body <= total, total <= largestText
            else { return nil }
            (codec, self.preview, self.body, self.total) = (first, preview, body, total)
            if first == zstdWithDictionary {
                guard let id = TextCodec.length(bytes, &offset) else { return nil }
                dictionary = Int64(id)
            }
            payload = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        }

        func texts(in text: UnsafeRawBufferPointer) -> Texts {
            Texts(
                preview: UnsafeRawBufferPointer(rebasing: text[..<preview]),
                body: UnsafeRawBufferPointer(rebasing: text[preview..<preview + body]),
                attachments: UnsafeRawBufferPointer(rebasing: text[(preview + body)..<total]))
        }
    }

    private static func inflate(
        _ source: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer, count: Int
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
        return CZlib.inflate(&stream, Z_FINISH) == Z_STREAM_END && stream.avail_out == 0
    }

    private static func appendHeader(
        _ codec: UInt8, _ lengths: (preview: Int, body: Int, total: Int), to bytes: inout [UInt8]
    ) {
        bytes.append(codec)
        appendLength(lengths.preview, to: &bytes)
        appendLength(lengths.body, to: &bytes)
        appendLength(lengths.total, to: &bytes)
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
