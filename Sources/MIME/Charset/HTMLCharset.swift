/// The charset that an HTML document tells of itself (HTML Standard, "prescan a byte stream").
enum HTMLCharset {
    /// Octets that are looked at.
    private static let prescanLimit = 1024

    /// The charset of the first `<meta>` that names one, or of a byte order mark.
    static func declared(in bytes: UnsafeRawBufferPointer) -> Charset? {
        if bytes.count >= 2, bytes[0] == 0xFE && bytes[1] == 0xFF || bytes[0] == 0xFF && bytes[1] == 0xFE {
            return .utf16
        }
        let head = bytes.slice(0..<prescanLimit)
        var index = 0
        while let open = ByteScan.first(0x3C, in: head, from: index, to: head.count) {
            index = open + 1
            guard head.slice(index..<head.count).startsIgnoringCase("meta") else { continue }
            let close = ByteScan.first(0x3E, in: head, from: index, to: head.count) ?? head.count
            if let charset = charset(in: head.slice(index..<close)) { return charset }
        }
        return nil
    }

    private static func charset(in tag: UnsafeRawBufferPointer) -> Charset? {
        var index = 0
        while index + 8 < tag.count {
            guard tag.slice(index..<tag.count).startsIgnoringCase("charset") else {
                index += 1
                continue
            }
            index += 7
            while index < tag.count, ASCII.isBlank(tag[index]) || tag[index] == 0x3D { index += 1 }
            let isQuote: (UInt8) -> Bool = { $0 == 0x22 || $0 == 0x27 }
            while index < tag.count, isQuote(tag[index]) { index += 1 }
            let start = index
            while index < tag.count, !isQuote(tag[index]), !ASCII.isBlank(tag[index]), tag[index] != 0x3B,
                tag[index] != 0x2F
            {
                index += 1
            }
            return Charset.named(tag.slice(start..<index))
        }
        return nil
    }
}
