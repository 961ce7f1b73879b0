import CZlib

/// How a message's text is kept: its header's fields (``DocumentFields``), its preview, its body, and the names and texts
/// of its attachments, compressed together. The preview comes before the body, which then says the same again: that costs
/// next to nothing.
///
///     codec (one byte) | lengths of fields, preview, body and all (LEB128) | payload
///
/// Codecs: 4 stored; 5 zstd; 6 zstd with a dictionary, whose id (LEB128) stands before the payload. The payload of a text
/// above ``largestHead`` is two frames, the first of which ends there, so that fields and preview can be read without the
/// rest. Codecs of older schemas, which are read still, have no fields and no length of them: 0 stored, 1 raw deflate,
/// 2 and 3 zstd without and with a dictionary.
package enum TextCodec {
    /// Shorter texts are stored as they are.
    package static let smallestCompressed = 96
    /// Octets of text in the first frame of a long text.
    package static let largestHead = 1 << 16
    /// Octets that a damaged length may make us allocate at most.
    package static let largestText = 1 << 28

    private enum Codec: UInt8 {
        case bareStored = 0
        case bareDeflate = 1
        case bareZstd = 2
        case bareZstdWithDictionary = 3
        case stored = 4
        case zstd = 5
        case zstdWithDictionary = 6

        var hasFields: Bool { rawValue >= Codec.stored.rawValue }
        var hasDictionary: Bool { self == .bareZstdWithDictionary || self == .zstdWithDictionary }
        var hasFrames: Bool { hasDictionary || self == .bareZstd || self == .zstd }
    }

    package static func encode(
        fields: String, preview: String, body: String, attachments: String, dictionary: TextDictionary? = nil
    ) -> [UInt8] {
        let total = fields.utf8.count + preview.utf8.count + body.utf8.count + attachments.utf8.count
        var source: [UInt8] = []
        source.reserveCapacity(total)
        source.append(contentsOf: fields.utf8)
        source.append(contentsOf: preview.utf8)
        source.append(contentsOf: body.utf8)
        source.append(contentsOf: attachments.utf8)
        let lengths = [fields.utf8.count, preview.utf8.count, body.utf8.count, total]
        var result: [UInt8] = []
        result.reserveCapacity(total / 2 + 16)
        if total >= smallestCompressed {
            appendHeader(dictionary == nil ? .zstd : .zstdWithDictionary, lengths, to: &result)
            if let dictionary { appendLength(Int(dictionary.id), to: &result) }
            let isWhole = ZstdFrame.append(
                source, cutAt: total > largestHead ? largestHead : nil, dictionary, to: &result)
            if isWhole, result.count < total { return result }
            result.removeAll(keepingCapacity: true)
        }
        appendHeader(.stored, lengths, to: &result)
        result += source
        return result
    }

    /// One of the texts that `trawl_text` tells.
    package enum Section: Hashable {
        case body
        case attachments
        case field(DocumentFields.Field)

        /// 0 the body, 1 the attachments' names and texts, from 2 on the fields.
        package init?(number: Int64) {
            switch number {
            case 0: self = .body
            case 1: self = .attachments
            default:
                guard number > 1, let field = DocumentFields.Field(rawValue: Int(clamping: number) - 2) else {
                    return nil
                }
                self = .field(field)
            }
        }
    }

    /// The texts of a message, valid while they are looked at.
    package struct Texts {
        package var fields: DocumentFields
        package var preview: UnsafeRawBufferPointer
        package var body: UnsafeRawBufferPointer
        package var attachments: UnsafeRawBufferPointer
        /// All of them together.
        var all: UnsafeRawBufferPointer

        subscript(section: Section) -> UnsafeRawBufferPointer {
            switch section {
            case .body: body
            case .attachments: attachments
            case .field(let field): fields[field]
            }
        }
    }

    /// What can be read without the rest.
    package struct Head {
        package var fields: DocumentFields
        package var preview: UnsafeRawBufferPointer
    }

    /// The dictionary that a stored text needs; nil for none.
    package static func dictionaryID(_ bytes: UnsafeRawBufferPointer) -> Int64? {
        Header(bytes)?.dictionary
    }

    /// Fields and preview; nil for bytes that `encode` did not make with this dictionary.
    package static func withHead<R>(
        _ bytes: UnsafeRawBufferPointer, _ dictionary: TextDictionary?, _ body: (Head) throws -> R
    ) rethrows -> R? {
        guard let header = Header(bytes), header.dictionary == dictionary?.id else { return nil }
        guard header.codec.hasFrames, header.total > largestHead, header.fields + header.preview <= largestHead else {
            return try withDecoded(bytes, dictionary) { try body(Head(fields: $0.fields, preview: $0.preview)) }
        }
        return try withUnsafeTemporaryAllocation(byteCount: largestHead, alignment: 1) { buffer in
            guard let head = ZstdFrame.first(header.payload),
                ZstdFrame.decode(head, into: buffer, count: largestHead, dictionary)
            else { return nil }
            return try body(header.head(in: UnsafeRawBufferPointer(buffer)))
        }
    }

    /// The texts in what was decoded of these bytes before; nil where it can't have been that.
    static func texts(in decoded: UnsafeRawBufferPointer, of bytes: UnsafeRawBufferPointer) -> Texts? {
        guard let header = Header(bytes), decoded.count == header.total else { return nil }
        return header.texts(in: decoded)
    }

    /// Nil for bytes that `encode` did not make with this dictionary.
    package static func withDecoded<R>(
        _ bytes: UnsafeRawBufferPointer, _ dictionary: TextDictionary?, _ body: (Texts) throws -> R
    ) rethrows -> R? {
        guard let header = Header(bytes), header.dictionary == dictionary?.id else { return nil }
        if header.codec == .stored || header.codec == .bareStored {
            guard header.payload.count == header.total else { return nil }
            return try body(header.texts(in: header.payload))
        }
        return try withUnsafeTemporaryAllocation(byteCount: max(header.total, 1), alignment: 1) { buffer in
            let isRead =
                header.codec == .bareDeflate
                ? inflate(header.payload, into: buffer, count: header.total)
                : ZstdFrame.decode(header.payload, into: buffer, count: header.total, dictionary)
            guard isRead else { return nil }
            return try body(header.texts(in: UnsafeRawBufferPointer(buffer)))
        }
    }

    private struct Header {
        var codec: Codec
        var fields = 0
        var preview, body, total: Int
        var dictionary: Int64?
        var payload: UnsafeRawBufferPointer

        init?(_ bytes: UnsafeRawBufferPointer) {
            guard let first = bytes.first, let codec = Codec(rawValue: first) else { return nil }
            var offset = 1
            if codec.hasFields {
                guard let count = TextCodec.length(bytes, &offset) else { return nil }
                fields = count
            }
            guard let preview = TextCodec.length(bytes, &offset), let body = TextCodec.length(bytes, &offset),
                let total = TextCodec.length(bytes, &offset), fields + preview + body <= total, total <= largestText
            else { return nil }
            (self.codec, self.preview, self.body, self.total) = (codec, preview, body, total)
            if codec.hasDictionary {
                guard let id = TextCodec.length(bytes, &offset) else { return nil }
                dictionary = Int64(id)
            }
            payload = UnsafeRawBufferPointer(rebasing: bytes[offset...])
        }

        func head(in text: UnsafeRawBufferPointer) -> Head {
            Head(
                fields: DocumentFields(UnsafeRawBufferPointer(rebasing: text[..<fields])),
                preview: UnsafeRawBufferPointer(rebasing: text[fields..<fields + preview]))
        }

        func texts(in text: UnsafeRawBufferPointer) -> Texts {
            let head = head(in: text)
            let start = fields + preview
            return Texts(
                fields: head.fields, preview: head.preview,
                body: UnsafeRawBufferPointer(rebasing: text[start..<start + body]),
                attachments: UnsafeRawBufferPointer(rebasing: text[(start + body)..<total]),
                all: UnsafeRawBufferPointer(rebasing: text[..<total]))
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

    private static func appendHeader(_ codec: Codec, _ lengths: [Int], to bytes: inout [UInt8]) {
        bytes.append(codec.rawValue)
        for length in lengths { appendLength(length, to: &bytes) }
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
