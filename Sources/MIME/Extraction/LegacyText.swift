/// Text in the charsets of files: what byte order marks, code pages and `<meta>` say, or a guess.
enum LegacyText {
    /// How far into an HTML file its charset is looked for.
    private static let sniffedBytes = 1024

    /// Hands over `bytes` as UTF-8: as they are where they are that already.
    static func withUTF8<R>(
        _ bytes: UnsafeBufferPointer<UInt8>, isMarkup: Bool = false, _ body: (UnsafeBufferPointer<UInt8>) -> R
    ) -> R {
        var label: Charset?
        if bytes.matches("\u{FEFF}") {
            return body(UnsafeBufferPointer(rebasing: bytes[3...]))
        } else if bytes.count >= 2, bytes[0] == 0xFF && bytes[1] == 0xFE || bytes[0] == 0xFE && bytes[1] == 0xFF {
            label = .utf16
        } else if TextDecoder.isUTF8(UnsafeRawBufferPointer(bytes)) {
            return body(bytes)
        } else if isMarkup {
            label = sniffed(bytes)
        }
        let sink = ByteSink(capacity: bytes.count + bytes.count / 2)
        _ = TextDecoder.decode(UnsafeRawBufferPointer(bytes), as: label, into: sink)
        return sink.bytes.withMemoryRebound(to: UInt8.self) { body($0) }
    }

    /// Text in a Windows code page.
    static func decode(_ bytes: [UInt8], codePage: Int) -> String {
        let label: Charset? =
            switch codePage {
            case 65001: .utf8
            case 1200: Charset.named("utf-16le")
            case 932: .shiftJIS
            case 936: .gb18030
            case 949: .koreanUHC
            case 950: .big5
            case 10000: Charset.named("macintosh")
            case 1250...1258, 874: Charset.named("windows-\(codePage)")
            case 20866: Charset.named("koi8-r")
            case 21866: Charset.named("koi8-u")
            case 28591...28605: Charset.named("iso-8859-\(codePage - 28590)")
            case 437, 850, 852, 855, 866: Charset.named("ibm\(codePage)") ?? Charset.named("cp\(codePage)")
            default: .windows1252
            }
        return bytes.withUnsafeBytes { bytes in
            let sink = ByteSink(capacity: bytes.count * 2)
            _ = TextDecoder.decode(bytes, as: label ?? .windows1252, into: sink)
            return String(decoding: sink.bytes, as: UTF8.self)
        }
    }

    /// The charset that an HTML or XML file names in its beginning.
    private static func sniffed(_ bytes: UnsafeBufferPointer<UInt8>) -> Charset? {
        let head = UnsafeBufferPointer(rebasing: bytes.prefix(sniffedBytes))
        var start = head.firstIndex(of: "charset=").map { $0 + 8 }
        if start == nil { start = head.firstIndex(of: "encoding=").map { $0 + 9 } }
        guard var start, start < head.count else { return nil }
        if head[start] == UInt8(ascii: "\"") || head[start] == UInt8(ascii: "'") { start += 1 }
        var end = start
        while end < head.count, head[end] > 0x20, head[end] != UInt8(ascii: "\""), head[end] != UInt8(ascii: "'"),
            head[end] != UInt8(ascii: ">"), head[end] != UInt8(ascii: ";")
        {
            end += 1
        }
        return Charset.named(String(decoding: head[start..<end], as: UTF8.self).lowercased())
    }
}
