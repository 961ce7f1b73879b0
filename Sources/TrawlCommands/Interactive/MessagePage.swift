import MIME
import MailIndex
import MailSearch
import Presentation

/// A message laid out for a width: fields, a blank line, its text, with the query's words marked.
struct MessagePage: Sendable {
    var id: EmailID
    /// Which query's words are marked.
    var query: String
    var width: Int
    var lines: [StyledLine]
    /// Lines with a match, in order.
    var matches: [Int]
    /// The first line of the text.
    var textStart: Int

    /// Octets of a text that are laid out; who wants more opens it in the pager.
    static let mostText = 1 << 20

    init(_ email: Email, text: String, query: SearchQuery?, width: Int) {
        id = email.id
        self.query = query?.source ?? ""
        self.width = width
        let terms = query.map { TermMatcher($0) }
        var lines = Self.fields(email, terms: terms).flatMap { $0.wrapped(width, indent: 9) }
        lines.append(StyledLine())
        textStart = lines.count
        for line in Self.body(text, terms: terms) {
            if Task.isCancelled { break }
            lines += line.wrapped(width)
        }
        if text.utf8.count > Self.mostText {
            lines.append(StyledLine("… the rest is shown in the pager", .faint))
        }
        while let last = lines.last, last.pieces.isEmpty, lines.count > textStart { lines.removeLast() }
        matches = lines.indices.filter { lines[$0].hasMatch }
        self.lines = lines
    }

    // MARK: Fields

    private static func fields(_ email: Email, terms: TermMatcher?) -> [StyledLine] {
        var lines: [StyledLine] = []
        func field(_ name: String, _ value: String, _ role: Role, _ column: TextColumns?) {
            guard !value.isEmpty else { return }
            var line = StyledLine("\(name):\(String(repeating: " ", count: max(1, 8 - name.utf8.count)))", .faint)
            for piece in marked(value, column: column, terms: terms, role: role) { line.append(piece.text, piece.role) }
            lines.append(line)
        }
        field("From", people(email.from.isEmpty ? email.sender : email.from), .sender, .from)
        field("To", people(email.to), .plain, .to)
        field("Cc", people(email.cc), .plain, .cc)
        field("Bcc", people(email.bcc), .plain, .bcc)
        field("Date", DateText.full(email.sentAt ?? email.date), .date, nil)
        let subject = TerminalText.line(email.subject)
        field("Subject", subject.isEmpty ? "(no subject)" : subject, .heading, .subject)
        field(
            "In", email.places.map { TerminalText.line("\($0.account)/\($0.mailbox)") }.joined(separator: ", "), .plain,
            nil)
        let names = email.attachments.filter { !$0.isInline }.map { TerminalText.line($0.name ?? $0.mediaType) }
        field("Files", names.joined(separator: ", "), .plain, .attachment)
        return lines
    }

    /// Addresses of a field that are shown: a field can hold ten thousand.
    private static let mostPeople = 50

    static func people(_ addresses: [EmailAddress]) -> String {
        let shown = addresses.prefix(mostPeople).map { address in
            let email = TerminalText.line(address.email)
            guard let name = address.name, !name.isEmpty else { return email }
            return email.isEmpty ? TerminalText.line(name) : "\(TerminalText.line(name)) <\(email)>"
        }.joined(separator: ", ")
        let rest = addresses.count - mostPeople
        return rest > 0 ? "\(shown) and \(rest) more" : shown
    }

    // MARK: Text

    private static func body(_ text: String, terms: TermMatcher?) -> [StyledLine] {
        var cut = text
        if text.utf8.count > mostText {
            cut = String(decoding: text.utf8.prefix(mostText), as: UTF8.self)
        }
        let clean = TerminalText.block(cut)
        var lines: [StyledLine] = []
        var line = StyledLine()
        var isLineStart = true
        var isQuoted = false
        for piece in marked(clean, column: .body, terms: terms, role: .plain) {
            var rest = piece.text[...]
            while true {
                let end = rest.utf8.firstIndex(of: 0x0A)
                let part = rest[..<(end ?? rest.endIndex)]
                if isLineStart, let first = part.first {
                    isQuoted = first == ">"
                    isLineStart = false
                }
                line.append(String(part), piece.role == .plain && isQuoted ? .quoted : piece.role)
                guard let end else { break }
                lines.append(line)
                line = StyledLine()
                (isLineStart, isQuoted) = (true, false)
                rest = rest[rest.utf8.index(after: end)...]
            }
        }
        lines.append(line)
        return lines
    }

    /// Harmless text in pieces, the query's words apart.
    static func marked(_ text: String, column: TextColumns?, terms: TermMatcher?, role: Role) -> [StyledLine.Piece] {
        guard let column, let terms, terms.looksIn(column),
            let found = Snippet.whole(text, column: column, terms: terms), !found.matches.isEmpty
        else { return text.isEmpty ? [] : [StyledLine.Piece(text: text, role: role)] }
        var pieces: [StyledLine.Piece] = []
        func add(_ part: ArraySlice<UInt8>, _ role: Role) {
            if !part.isEmpty {
                pieces.append(StyledLine.Piece(text: String(decoding: part, as: UTF8.self), role: role))
            }
        }
        let bytes = Array(text.utf8)
        let folded = Array(found.text.utf8)
        var done = 0
        var at = 0
        var next = 0
        // What was found has its blanks folded: all else is the same, octet for octet, in both.
        for range in found.matches {
            guard range.upperBound <= folded.count, next <= range.lowerBound else { continue }
            let start = advance(bytes, &at, folded, &next, to: range.lowerBound)
            var last = start
            while next < range.upperBound {
                if !isBlank(folded[next]) {
                    while at < bytes.count, isBlank(bytes[at]) { at += 1 }
                    at += 1
                    last = at
                }
                next += 1
            }
            guard start >= done, last > start, last <= bytes.count else { break }
            add(bytes[done..<start], role)
            add(bytes[start..<last], .match)
            done = last
        }
        add(bytes[done...], role)
        return pieces
    }

    /// The place in `bytes` of the octet at `target` in `folded`, which is no blank.
    private static func advance(
        _ bytes: [UInt8], _ at: inout Int, _ folded: [UInt8], _ next: inout Int, to target: Int
    ) -> Int {
        while next < target {
            if !isBlank(folded[next]) {
                while at < bytes.count, isBlank(bytes[at]) { at += 1 }
                at += 1
            }
            next += 1
        }
        while at < bytes.count, isBlank(bytes[at]) { at += 1 }
        return min(at, bytes.count)
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || (byte >= 0x09 && byte <= 0x0D) }

    /// As plain text, for the pager.
    static func plainText(_ email: Email, text: String) -> String {
        var result = fields(email, terms: nil).map(\.text).joined(separator: "\n") + "\n\n" + TerminalText.block(text)
        if !result.hasSuffix("\n") { result += "\n" }
        return result
    }
}
