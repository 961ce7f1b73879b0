#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Encoded words in header fields (RFC 2047), and header text in general.
///
/// Read as mailers write them, not as the RFC has them: spaces within a word, words glued to text and to each other,
/// inside of quotes, characters cut in two between words, a wrong charset, a missing end.
enum EncodedWords {
    /// The text of an unstructured field: folds to one space, white space at both ends cut, encoded words decoded.
    static func decodeUnstructured(_ bytes: UnsafeRawBufferPointer, fallback: Charset? = nil) -> String {
        let bytes = bytes.trimmed()
        guard let base = bytes.baseAddress, bytes.count > 0 else { return "" }
        let needsWork =
            memchr(base, 0x0A, bytes.count) != nil || memchr(base, 0x0D, bytes.count) != nil
            || memchr(base, 0x1B, bytes.count) != nil || memchr(base, 0x09, bytes.count) != nil
            || memchr(base, 0, bytes.count) != nil || !ByteScan.isASCII(bytes) || bytes.firstIndex(of: "=?") != nil
        if !needsWork { return String(decoding: bytes, as: UTF8.self) }
        let folded = unfolded(bytes)
        return folded.withUnsafeBytes { decode($0, fallback: fallback) }
    }

    /// Line ends with the white space after them become one space; other tabs and NULs too.
    static func unfolded(_ bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: bytes.count) { output, count in
            var index = 0
            while index < bytes.count {
                let byte = bytes[index]
                if byte == 0x0A || byte == 0x0D {
                    while index < bytes.count, ASCII.isBlank(bytes[index]) { index += 1 }
                    while count > 0, output[count - 1] == 0x20 { count -= 1 }
                    if index < bytes.count, count > 0 {
                        output[count] = 0x20
                        count += 1
                    }
                    continue
                }
                output[count] = byte == 0x09 || byte == 0 ? 0x20 : byte
                count += 1
                index += 1
            }
        }
    }

    private struct Word {
        var charset: UnsafeRawBufferPointer
        var isBase64: Bool
        var text: Range<Int>
        var end: Int
    }

    /// Decodes the encoded words of unfolded text; all else is read as UTF-8, else as `fallback`, else by a guess.
    static func decode(_ bytes: UnsafeRawBufferPointer, fallback: Charset? = nil) -> String {
        let sink = ByteSink(capacity: bytes.count * 2 + 64)
        // Octets of adjacent words in one charset, decoded together: characters are cut in two between words.
        let pending = ByteSink(capacity: bytes.count + 64)
        var pendingLabel: UnsafeRawBufferPointer?
        var plainStart = 0
        var index = 0

        func flushWords() {
            guard let label = pendingLabel else { return }
            let charset = Charset.named(label)
            let start = sink.count
            _ = TextDecoder.decode(pending.bytes, as: charset, into: sink)
            replaceControls(sink, from: start)
            pending.removeAll()
            pendingLabel = nil
        }
        func flushPlain(upTo end: Int) {
            if plainStart < end { appendRaw(bytes.slice(plainStart..<end), fallback: fallback, into: sink) }
        }

        while let found = bytes.firstIndex(of: "=?", from: index) {
            guard let word = word(in: bytes, at: found) else {
                index = found + 2
                continue
            }
            let between = bytes.slice(plainStart..<found)
            let isAdjacent = pendingLabel != nil && between.allSatisfy(ASCII.isBlank)
            if !isAdjacent {
                flushWords()
                flushPlain(upTo: found)
            } else if let label = pendingLabel, !isSame(label, word.charset) {
                flushWords()
            }
            pendingLabel = word.charset
            decodeWord(word, in: bytes, into: pending)
            plainStart = word.end
            index = word.end
        }
        flushWords()
        flushPlain(upTo: bytes.count)
        return sink.string()
    }

    /// The encoded word that begins with the `=?` at `start`.
    private static func word(in bytes: UnsafeRawBufferPointer, at start: Int) -> Word? {
        let charsetStart = start + 2
        // Labels are short: a far question mark is none of ours.
        guard
            let charsetEnd = ByteScan.first(
                0x3F, in: bytes, from: charsetStart, to: min(bytes.count, charsetStart + 64)),
            charsetEnd > charsetStart, charsetEnd + 2 < bytes.count, bytes[charsetEnd + 2] == 0x3F
        else { return nil }
        let encoding = bytes[charsetEnd + 1] | 0x20
        let isBase64 = encoding == UInt8(ascii: "b")
        guard isBase64 || encoding == UInt8(ascii: "q") else { return nil }
        let textStart = charsetEnd + 3
        // RFC 2231 §5: a language may follow the charset.
        var label = bytes.slice(charsetStart..<charsetEnd)
        if let star = ByteScan.first(0x2A, in: label, from: 0, to: label.count) { label = label.slice(0..<star) }
        guard label.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else { return nil }
        var index = textStart
        while let mark = ByteScan.first(0x3F, in: bytes, from: index, to: bytes.count) {
            if mark + 1 < bytes.count, bytes[mark + 1] == 0x3D {
                // `=?utf-8?q?=?=` is empty-handed otherwise: a `=` right after the mark may begin an octet of Q.
                if !isBase64, mark == textStart, mark + 3 < bytes.count, ASCII.hexValue(bytes[mark + 2]) < 16,
                    ASCII.hexValue(bytes[mark + 3]) < 16
                {
                    index = mark + 1
                    continue
                }
                return Word(charset: label, isBase64: isBase64, text: textStart..<mark, end: mark + 2)
            }
            // A bare question mark is allowed for: mailers forget to encode it. Another word's start is not.
            if mark > textStart, bytes[mark - 1] == 0x3D {
                return Word(charset: label, isBase64: isBase64, text: textStart..<(mark - 1), end: mark - 1)
            }
            index = mark + 1
        }
        // No end: a word that the mailer or a gateway cut, if nothing but its own letters follows.
        let rest = bytes.slice(textStart..<bytes.count)
        if rest.count > 0, rest.allSatisfy({ $0 != 0x20 && $0 != 0x3F }) {
            return Word(charset: label, isBase64: isBase64, text: textStart..<bytes.count, end: bytes.count)
        }
        return nil
    }

    private static func decodeWord(_ word: Word, in bytes: UnsafeRawBufferPointer, into pending: ByteSink) {
        let text = bytes.slice(word.text)
        if word.isBase64 {
            let target = pending.reserve(Base64.capacity(for: text.count))
            pending.commit(Base64.decode(text, into: target).count)
            return
        }
        let target = pending.reserve(text.count)
        var written = 0
        var index = 0
        while index < text.count {
            let byte = text[index]
            if byte == UInt8(ascii: "_") {
                target[written] = 0x20
            } else if byte == UInt8(ascii: "="), index + 2 < text.count,
                ASCII.hexValue(text[index + 1]) | ASCII.hexValue(text[index + 2]) < 16
            {
                target[written] = ASCII.hexValue(text[index + 1]) << 4 | ASCII.hexValue(text[index + 2])
                index += 2
            } else {
                target[written] = byte
            }
            written += 1
            index += 1
        }
        pending.commit(written)
    }

    private static func isSame(_ a: UnsafeRawBufferPointer, _ b: UnsafeRawBufferPointer) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { ASCII.lowercased($0) == ASCII.lowercased($1) }
    }

    /// 8-bit text in a header that says nothing of its charset (RFC 6532 makes it UTF-8).
    private static func appendRaw(_ bytes: UnsafeRawBufferPointer, fallback: Charset?, into sink: ByteSink) {
        if !ByteScan.isASCII(bytes), let fallback, !TextDecoder.isUTF8(bytes) {
            _ = TextDecoder.decode(bytes, as: fallback, into: sink)
        } else {
            _ = TextDecoder.decode(bytes, as: nil, into: sink)
        }
    }

    /// Encoded line ends and NULs would break a header into lines again.
    private static func replaceControls(_ sink: ByteSink, from start: Int) {
        let bytes = sink.bytes
        guard bytes.suffix(from: start).contains(where: { $0 == 0x0A || $0 == 0x0D || $0 == 0 }) else { return }
        let copy = bytes.suffix(from: start).map { $0 == 0x0A || $0 == 0x0D || $0 == 0 ? 0x20 : $0 }
        sink.truncate(to: start)
        copy.withUnsafeBytes { sink.append($0) }
    }
}
