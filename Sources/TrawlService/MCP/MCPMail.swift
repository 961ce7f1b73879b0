import MIME
import MailSearch
import Presentation

/// Mail as a language model is shown it: on lines, cut to what its place allows, without what people don't see.
enum MCPMail {
    /// Characters (Unicode scalars) of one line of mail: a subject, a name, a snippet.
    static let longestLine = 500
    /// Addresses of one field that are shown, and their characters together.
    static let mostPeople = 20
    static let longestPeople = 800

    /// A message on one line.
    static func summary(_ email: Email) -> String {
        let unread = email.flags.contains(.seen) ? "" : " (unread)"
        let attachment = email.hasAttachment ? " (attachment)" : ""
        return "\(email.id)  \(RFC3339.string(email.date))  \(people(Array(email.from.prefix(1))))  "
            + "\(line(email.subject))\(unread)\(attachment)"
    }

    static func people(_ addresses: [EmailAddress]) -> String {
        var shown: [String] = []
        var used = 0
        for address in addresses.prefix(mostPeople) {
            let email = line(address.email)
            let text = address.name.flatMap { $0.isEmpty ? nil : "\(line($0)) <\(email)>" } ?? email
            used += text.unicodeScalars.count
            if used > longestPeople, !shown.isEmpty { break }
            shown.append(text)
        }
        let left = addresses.count - shown.count
        return shown.joined(separator: ", ") + (left > 0 ? ", and \(left) more" : "")
    }

    /// One line, without what a terminal would obey or a reader couldn't see.
    static func line(_ text: String) -> String {
        let line = harmless(text).split(whereSeparator: \.isWhitespace).joined(separator: " ")
        guard line.unicodeScalars.count > longestLine else { return line }
        return String(line.unicodeScalars.prefix(longestLine)) + "…"
    }

    static func harmless(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control: if scalar == "\n" || scalar == "\t" { result.append(scalar) }
            // Tag characters and direction marks carry text that people don't see and models do. Joiners stay.
            case .format: if scalar.value == 0x200D || scalar.value == 0x200C { result.append(scalar) }
            default: result.append(scalar)
            }
        }
        return String(result)
    }

    /// A snippet without its marks.
    static func plain(_ snippet: String) -> String {
        var text = snippet
        for (entity, character) in [
            ("<mark>", ""), ("</mark>", ""), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"),
            ("&amp;", "&"),
        ] {
            text = text.split(separator: entity, omittingEmptySubsequences: false).joined(separator: character)
        }
        return text
    }
}
