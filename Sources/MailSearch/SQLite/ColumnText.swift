import MIME

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Text as the index's columns hold it: NUL, at which SQLite's functions would end a value, is a space.
package enum ColumnText {
    /// A value that stands in one line: line ends and tabs, which part entries, are spaces too.
    package static func line(_ text: String) -> String {
        replacing(text) { $0 == 0 || (0x09...0x0D).contains($0) }
    }

    package static func text(_ text: String) -> String {
        replacing(text) { $0 == 0 }
    }

    @inline(__always)
    private static func replacing(_ text: String, _ isUnwanted: (UInt8) -> Bool) -> String {
        var text = text
        let isClean = text.withUTF8 { !$0.contains(where: isUnwanted) }
        if isClean { return text }
        return String(decoding: text.utf8.map { isUnwanted($0) ? 0x20 : $0 }, as: UTF8.self)
    }

    // MARK: Reading entries

    static func areEqual(_ bytes: UnsafeRawBufferPointer, _ other: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count == other.count else { return false }
        guard let start = bytes.baseAddress, let otherStart = other.baseAddress else { return true }
        return memcmp(start, otherStart, bytes.count) == 0
    }

    fileprivate static func withBytes<R>(_ text: String, _ body: (UnsafeRawBufferPointer) -> R) -> R {
        var text = text
        return text.withUTF8 { body(UnsafeRawBufferPointer($0)) }
    }

    /// Calls `body` with each line that is not empty.
    fileprivate static func forEachLine(_ bytes: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) -> Void) {
        var start = 0
        while start < bytes.count {
            let line = part(bytes, from: start, until: UInt8(ascii: "\n"))
            if !line.isEmpty { body(line) }
            start += line.count + 1
        }
    }

    /// The bytes from `start`, which is at most their end, up to the next `end`, or all of them.
    static func part(
        _ bytes: UnsafeRawBufferPointer, from start: Int, until end: UInt8
    ) -> UnsafeRawBufferPointer {
        let rest = UnsafeRawBufferPointer(rebasing: bytes[min(start, bytes.count)...])
        guard let base = rest.baseAddress, let found = memchr(base, Int32(end), rest.count) else { return rest }
        return UnsafeRawBufferPointer(start: base, count: UnsafeRawPointer(found) - base)
    }
}

/// `name TAB email`, one a line.
package enum AddressColumn {
    package static func encode(_ addresses: [EmailAddress]) -> String {
        guard !addresses.isEmpty else { return "" }
        var text = ""
        for address in addresses {
            if !text.isEmpty { text += "\n" }
            if let name = address.name { text += ColumnText.line(name) }
            text += "\t"
            text += ColumnText.line(address.email)
        }
        return text
    }

    package static func decode(_ text: String) -> [EmailAddress] { ColumnText.withBytes(text, decode) }

    package static func decode(_ bytes: UnsafeRawBufferPointer) -> [EmailAddress] {
        var addresses: [EmailAddress] = []
        ColumnText.forEachLine(bytes) { line in
            let name = ColumnText.part(line, from: 0, until: UInt8(ascii: "\t"))
            let email = line[min(name.count + 1, line.count)...]
            addresses.append(
                EmailAddress(
                    name: name.isEmpty ? nil : String(decoding: name, as: UTF8.self),
                    email: String(decoding: UnsafeRawBufferPointer(rebasing: email), as: UTF8.self)))
        }
        return addresses
    }
}

/// `part id TAB type TAB size TAB 1 if inline TAB name`, one a line.
package enum AttachmentColumn {
    package static func encode(_ attachments: [Attachment]) -> String {
        guard !attachments.isEmpty else { return "" }
        return attachments.map {
            "\(ColumnText.line($0.partID))\t\(ColumnText.line($0.mediaType).lowercased())\t\($0.size)\t"
                + "\($0.isInline ? 1 : 0)\t\(ColumnText.line($0.name ?? ""))"
        }.joined(separator: "\n")
    }

    package static func decode(_ text: String) -> [EmailAttachment] { ColumnText.withBytes(text, decode) }

    package static func decode(_ bytes: UnsafeRawBufferPointer) -> [EmailAttachment] {
        var attachments: [EmailAttachment] = []
        ColumnText.forEachLine(bytes) { line in
            var start = 0
            func next() -> String? {
                let part = ColumnText.part(line, from: start, until: UInt8(ascii: "\t"))
                start += part.count + 1
                return start <= line.count ? String(decoding: part, as: UTF8.self) : nil
            }
            guard let partID = next(), let mediaType = next(), let size = next(), let isInline = next() else { return }
            let name = String(decoding: line[start...], as: UTF8.self)
            attachments.append(
                EmailAttachment(
                    partID: partID, name: name.isEmpty ? nil : name, mediaType: mediaType, size: Int(size) ?? 0,
                    isInline: isInline.utf8.first == UInt8(ascii: "1")))
        }
        return attachments
    }
}

/// Values one a line.
package enum LineColumn {
    package static func encode(_ values: [String]) -> String { values.joined(separator: "\n") }

    package static func decode(_ text: String) -> [String] { ColumnText.withBytes(text, decode) }

    package static func decode(_ bytes: UnsafeRawBufferPointer) -> [String] {
        var values: [String] = []
        ColumnText.forEachLine(bytes) { values.append(String(decoding: $0, as: UTF8.self)) }
        return values
    }
}
