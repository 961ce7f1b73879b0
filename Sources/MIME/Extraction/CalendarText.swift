/// iCalendar: what is on, when, where and with whom.
///
/// Times stand as they are written there, without their zone's offset; zones and alarms are passed over.
enum CalendarText {
    static func extract(_ bytes: UnsafeBufferPointer<UInt8>, limit: Int) -> AttachmentExtraction {
        var builder = TextBuilder(limit: limit)
        var lines = ContentLines(bytes)
        var skipped = 0
        var title: String?
        while !builder.isFull, let line = lines.next() {
            switch line.name {
            case "BEGIN":
                let component = line.text.uppercased()
                if skipped > 0 || component == "VTIMEZONE" || component == "VALARM" { skipped += 1 }
                continue
            case "END":
                if skipped > 0 { skipped -= 1 } else { builder.lineBreak() }
                continue
            default: if skipped > 0 { continue }
            }
            switch line.name {
            case "SUMMARY":
                if title == nil { title = line.text }
                append(line.text, &builder)
            case "LOCATION", "DESCRIPTION", "COMMENT", "CONTACT", "CATEGORIES", "RESOURCES", "X-WR-CALNAME",
                "X-WR-CALDESC":
                append(line.text, &builder)
            case "ORGANIZER", "ATTENDEE": append(participant(line), &builder)
            case "DTSTART", "DTEND", "DUE": append(time(line.text), &builder)
            default: break
            }
        }
        return builder.extraction(title: title)
    }

    private static func append(_ text: String, _ builder: inout TextBuilder) {
        builder.append(text)
        builder.endLine()
    }

    /// `Jane Doe <jane@example.org>`.
    private static func participant(_ line: ContentLines.Line) -> String {
        var address = line.text
        if address.lowercased().hasPrefix("mailto:") { address = String(address.dropFirst(7)) }
        guard let name = line.parameter("CN"), !name.isEmpty, name != address else { return address }
        return address.isEmpty ? name : "\(name) <\(address)>"
    }

    /// `20240131T0900…` as `2024-01-31 09:00`.
    private static func time(_ value: String) -> String {
        let digits = Array(value.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: digits[range], as: UTF8.self) }
        guard digits.count >= 8, digits[0..<8].allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return value }
        let date = "\(part(0..<4))-\(part(4..<6))-\(part(6..<8))"
        guard digits.count >= 13, digits[8] == UInt8(ascii: "T") else { return date }
        return "\(date) \(part(9..<11)):\(part(11..<13))"
    }
}
