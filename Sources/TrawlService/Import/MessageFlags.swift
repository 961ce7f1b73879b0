import MIME

/// Flags and labels that a message's own header tells: those of mbox files, Thunderbird and Google Takeout.
struct MessageFlags: Sendable, Hashable {
    var flags: [String] = []
    var labels: [String] = []
    /// Thunderbird's mark for messages deleted but not compacted away yet.
    var isExpunged = false

    init(_ message: Message) {
        for field in message.headers {
            switch field.name.lowercased() {
            case "status" where field.text.contains("R"):
                flags.append("\\Seen")
            case "x-status":
                for letter in field.text {
                    switch letter {
                    case "A": flags.append("\\Answered")
                    case "F": flags.append("\\Flagged")
                    case "T": flags.append("\\Draft")
                    case "D": flags.append("\\Deleted")
                    default: break
                    }
                }
            case "x-keywords":
                flags += field.text.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
            case "x-mozilla-status":
                readMozilla(field.text)
            case "x-mozilla-keys":
                flags += field.text.split(separator: " ").map(String.init)
            case "x-gmail-labels":
                readGmail(field.text)
            default:
                break
            }
        }
    }

    private mutating func readMozilla(_ text: String) {
        guard let bits = UInt32(text.filter { !$0.isWhitespace }, radix: 16) else { return }
        if bits & 0x0001 != 0 { flags.append("\\Seen") }
        if bits & 0x0002 != 0 { flags.append("\\Answered") }
        if bits & 0x0004 != 0 { flags.append("\\Flagged") }
        if bits & 0x0008 != 0 { isExpunged = true }
        if bits & 0x1000 != 0 { flags.append("$Forwarded") }
    }

    /// Takeout's names follow the account's language; the flags among them are known in English alone.
    private mutating func readGmail(_ text: String) {
        var isUnread = false
        for part in text.split(separator: ",") {
            let label = part.trimmingBlanks()
            switch label {
            case "": break
            case "Unread": isUnread = true
            case "Starred": flags.append("\\Flagged")
            case "Opened": break
            default: labels.append(label)
            }
        }
        if !isUnread { flags.append("\\Seen") }
    }
}

extension Substring {
    fileprivate func trimmingBlanks() -> String {
        var slice = self
        while slice.first?.isWhitespace == true || slice.first == "\"" { slice.removeFirst() }
        while slice.last?.isWhitespace == true || slice.last == "\"" { slice.removeLast() }
        return String(slice)
    }
}
