import MIME

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

    package static func decode(_ text: String) -> [EmailAddress] {
        guard !text.isEmpty else { return [] }
        return text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: true).map { line in
            let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(Substring(parts[0]))
            return EmailAddress(
                name: name.isEmpty ? nil : name, email: parts.count > 1 ? String(Substring(parts[1])) : "")
        }
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

    package static func decode(_ text: String) -> [EmailAttachment] {
        guard !text.isEmpty else { return [] }
        return text.utf8.split(separator: UInt8(ascii: "\n")).compactMap { line in
            let parts = line.split(separator: UInt8(ascii: "\t"), maxSplits: 4, omittingEmptySubsequences: false)
            guard parts.count == 5 else { return nil }
            let name = String(Substring(parts[4]))
            return EmailAttachment(
                partID: String(Substring(parts[0])), name: name.isEmpty ? nil : name,
                mediaType: String(Substring(parts[1])), size: Int(Substring(parts[2])) ?? 0,
                isInline: parts[3].first == UInt8(ascii: "1"))
        }
    }
}

/// Values one a line.
package enum LineColumn {
    package static func encode(_ values: [String]) -> String { values.joined(separator: "\n") }

    package static func decode(_ text: String) -> [String] {
        guard !text.isEmpty else { return [] }
        return text.utf8.split(separator: UInt8(ascii: "\n")).map { String(Substring($0)) }
    }
}
