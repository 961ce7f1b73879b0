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
            output.append { buffer in
                append(hit.email, subject: hit.fragments?.subject, idWidth: idWidth, to: &buffer)
                guard let text = hit.fragments?.text, !text.text.isEmpty else { return }
                let line = buffer.count
                let indent = idWidth + 2
                Self.appendBlanks(indent, to: &buffer)
                let start = buffer.count
                let room = terminal.isTerminal ? max(20, terminal.width - indent) : nil
                MarkedText.append(text, width: room, style: style, to: &buffer)
                if buffer.count > start {
                    buffer.append(0x0A)
                } else {
                    buffer.removeLast(start - line)
                }
            }
        }
    }

    package func write(_ emails: [Email], to output: inout Output) {
        let idWidth = emails.reduce(0) { max($0, $1.id.description.utf8.count) }
        for email in emails { output.append { append(email, subject: nil, idWidth: idWidth, to: &$0) } }
    }

    private static func appendBlanks(_ count: Int, to buffer: inout [UInt8]) {
        for _ in 0..<max(count, 0) { buffer.append(0x20) }
    }

    /// Appends a message's line.
    private func append(_ email: Email, subject: TextFragment?, idWidth: Int, to buffer: inout [UInt8]) {
        func put(_ text: String) { buffer.append(contentsOf: text.utf8) }
        let isCut = terminal.isTerminal
        let id = email.id.description
        put(style.id(id))
        Self.appendBlanks(idWidth - id.utf8.count + 2, to: &buffer)
        let date =
            isCut ? DisplayWidth.fit(dates.short(email.date), to: Self.shortDateWidth) : DateText.stable(email.date)
        put(style.date(date))
        let isUnread = !email.flags.contains(.seen)
        Self.appendBlanks(2, to: &buffer)
        buffer.append(UInt8(ascii: isUnread ? "N" : " "))
        buffer.append(UInt8(ascii: email.flags.contains(.flagged) ? "*" : " "))
        buffer.append(UInt8(ascii: email.hasAttachment ? "+" : " "))
        Self.appendBlanks(2, to: &buffer)
        let sender = TerminalText.line(Self.sender(email))
        let senderWidth = DisplayWidth.of(sender)
        let padding = max(0, Self.senderWidth - senderWidth)
        var room: Int?
        if isCut {
            let fitting = DisplayWidth.fit(sender, to: Self.senderWidth)
            put(style.sender(fitting))
            let used = idWidth + 2 + DisplayWidth.of(date) + 2 + 3 + 2 + DisplayWidth.of(fitting) + 2
            room = max(10, terminal.width - used)
        } else if style.isOn {
            put(style.sender(sender + String(repeating: " ", count: padding)))
        } else {
            put(sender)
            Self.appendBlanks(padding, to: &buffer)
        }
        Self.appendBlanks(2, to: &buffer)
        // The marked subject, where it is all of it.
        if let subject, style.isOn, subject.text == email.subject {
            MarkedText.append(subject, width: room, style: style, to: &buffer)
        } else {
            var subjectText = TerminalText.line(email.subject)
            if subjectText.isEmpty { subjectText = "(no subject)" }
            let shown = room.map { DisplayWidth.truncate(subjectText, to: $0) } ?? subjectText
            put(isUnread ? style.unread(shown) : shown)
        }
        buffer.append(0x0A)
    }

    /// The sender's name, or address, or that there is none.
    package static func sender(_ email: Email) -> String {
        guard let from = email.from.first ?? email.sender.first else { return "(no sender)" }
        if let name = from.name, !name.isEmpty { return name }
        return from.email.isEmpty ? "(no sender)" : from.email
    }
}
