import MIME
import MailSearch

/// Messages one below the other: id, date, marks, sender, subject; below that, where the query's words stand.
package struct MessageList {
    private let terminal: Terminal
    private let style: Style
    private let dates: DateText

    package init(_ terminal: Terminal, now: Int64) {
        self.terminal = terminal
        style = Style(isOn: terminal.usesColor)
        dates = DateText(now: now)
    }

    private static let senderWidth = 22
    private static let shortDateWidth = 12

    package func write(_ hits: [SearchHit], to output: inout Output) {
        let idWidth = hits.reduce(0) { max($0, $1.email.id.description.utf8.count) }
        for hit in hits {
            output.line(line(for: hit.email, subject: hit.snippet?.subject, idWidth: idWidth))
            guard let snippet = hit.snippet, let text = snippet.body ?? snippet.attachment, !text.isEmpty else {
                continue
            }
            let indent = idWidth + 2
            let room = terminal.isTerminal ? max(20, terminal.width - indent) : nil
            let line = MarkedText.line(text, width: room, style: style)
            if !line.isEmpty { output.line(String(repeating: " ", count: indent) + line) }
        }
    }

    package func write(_ emails: [Email], to output: inout Output) {
        let idWidth = emails.reduce(0) { max($0, $1.id.description.utf8.count) }
        for email in emails { output.line(line(for: email, subject: nil, idWidth: idWidth)) }
    }

    private func line(for email: Email, subject: String?, idWidth: Int) -> String {
        let id = email.id.description
        let padding = String(repeating: " ", count: idWidth - id.utf8.count)
        let date =
            terminal.isTerminal
            ? DisplayWidth.fit(dates.short(email.date), to: Self.shortDateWidth) : DateText.stable(email.date)
        let isUnread = !email.flags.contains(.seen)
        let marks =
            (isUnread ? "N" : " ") + (email.flags.contains(.flagged) ? "*" : " ") + (email.hasAttachment ? "+" : " ")
        let senderText = TerminalText.line(Self.sender(email))
        let isCut = terminal.isTerminal
        let sender =
            isCut || DisplayWidth.of(senderText) < Self.senderWidth
            ? DisplayWidth.fit(senderText, to: Self.senderWidth) : senderText
        var room: Int?
        if isCut {
            let used = idWidth + 2 + DisplayWidth.of(date) + 2 + 3 + 2 + DisplayWidth.of(sender) + 2
            room = max(10, terminal.width - used)
        }
        var subjectText = TerminalText.line(email.subject)
        if subjectText.isEmpty { subjectText = "(no subject)" }
        var shown = room.map { DisplayWidth.truncate(subjectText, to: $0) } ?? subjectText
        if isUnread { shown = style.unread(shown) }
        // The marked subject, where it is all of it.
        if let subject, style.isOn, MarkedText.plain(subject) == email.subject {
            shown = MarkedText.line(subject, width: room, style: style)
        }
        return "\(style.id(id))\(padding)  \(style.date(date))  \(marks)  \(style.sender(sender))  \(shown)"
    }

    /// The sender's name, or address, or that there is none.
    package static func sender(_ email: Email) -> String {
        guard let from = email.from.first ?? email.sender.first else { return "(no sender)" }
        if let name = from.name, !name.isEmpty { return name }
        return from.email.isEmpty ? "(no sender)" : from.email
    }
}
