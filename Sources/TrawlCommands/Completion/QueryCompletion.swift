import MailIndex
import MailSearch
import TrawlService

/// Completion of a query's word: the names of fields, then what the index has for them.
struct QueryCompletion {
    private let places: PlaceOptions
    /// As many addresses as a person may choose from.
    private static let mostAddresses = 50

    init(places: PlaceOptions) { self.places = places }

    private static let fields: [(name: String, about: String)] = [
        ("from", "the sender's name or address"), ("to", "a recipient's"), ("cc", "that of one who got a copy"),
        ("bcc", "that of one who got a blind copy"), ("participant", "anybody's in it"),
        ("subject", "words of the subject"), ("body", "words of the text"),
        ("attachment", "words of attachments and their names"), ("filename", "an attachment's name"),
        ("type", "an attachment's media type"), ("list", "a mailing list's id"), ("account", "the account"),
        ("in", "the mailbox"), ("is", "unread, read, flagged, answered, draft"), ("has", "attachment"),
        ("keyword", "an IMAP keyword"), ("tag", "a keyword or label"), ("label", "a Gmail label"),
        ("date", "a day, month, year or A..B"), ("after", "from this day on"), ("before", "before this day"),
        ("on", "on this day"), ("newer", "younger than 7d, 2w, 3m, 1y"), ("older", "older than"),
        ("larger", "more octets than 500k, 2M"), ("smaller", "fewer octets than"), ("id", "Trawl's id"),
        ("mid", "the Message-ID"), ("thread", "a thread"), ("query", "a saved query"),
    ]

    /// - Parameter current: the word; what stands before its field (a dash, parentheses) is kept.
    func complete(_ current: String) -> [WordCompletion.Candidate] {
        let lead = String(current.prefix { "-(".contains($0) })
        let word = current.dropFirst(lead.count)
        guard let colon = word.firstIndex(of: ":") else {
            return Self.fields.filter { $0.name.hasPrefix(word.lowercased()) }.map {
                WordCompletion.Candidate(text: "\(lead)\($0.name):", about: $0.about)
            }
        }
        let field = String(word[..<colon])
        var typed = String(word[word.index(after: colon)...])
        if typed.hasPrefix("\"") { typed.removeFirst() }
        return values(of: field.lowercased(), typed).map {
            WordCompletion.Candidate(text: "\(lead)\(field):\(Self.quoted($0.text))", about: $0.about)
        }
    }

    /// Addresses that begin so.
    func addresses(_ typed: String) -> [WordCompletion.Candidate] {
        guard !typed.isEmpty, let store = try? places.openIndex(),
            let entries = try? store.addresses(prefix: typed, limit: Self.mostAddresses)
        else { return [] }
        return matching(entries.map { .init(text: $0.email, about: $0.name ?? "") }, typed)
    }

    private func values(of field: String, _ typed: String) -> [WordCompletion.Candidate] {
        switch field {
        case "from", "to", "cc", "bcc", "participant":
            // Not before anything was typed: alone it would be taken.
            let own = typed.isEmpty ? [] : matching([.init(text: "me", about: "your own addresses")], typed)
            return own + addresses(typed)
        case "in", "folder", "mailbox": return matching(mailboxes(), typed)
        case "account": return matching(status().map { .init(text: $0.name) }, typed)
        case "is": return fixed(["unread", "read", "flagged", "starred", "answered", "draft"], typed)
        case "has": return fixed(["attachment"], typed)
        case "type": return fixed(["application/pdf", "image/*", "text/calendar", "application/zip"], typed)
        case "date", "after", "before", "on": return fixed(["today", "yesterday", "last-week", "last-month"], typed)
        case "newer", "older": return fixed(["7d", "2w", "3m", "1y"], typed)
        case "larger", "smaller": return fixed(["100k", "1M", "10M"], typed)
        case "query":
            let saved = (try? Configuration.loadIfPresent(places.paths).queries) ?? [:]
            return matching(saved.sorted { $0.key < $1.key }.map { .init(text: $0.key, about: $0.value) }, typed)
        default: return []
        }
    }

    private func status() -> [AccountStatus] { (try? places.openIndex().status().accounts) ?? [] }

    private func mailboxes() -> [WordCompletion.Candidate] {
        let accounts = status()
        var names: Set<String> = []
        var candidates: [WordCompletion.Candidate] = []
        func add(_ name: String, _ about: String) {
            if names.insert(name.lowercased()).inserted { candidates.append(.init(text: name, about: about)) }
        }
        for account in accounts {
            for mailbox in account.mailboxes { add(mailbox.name, account.name) }
        }
        for use in ["inbox", "sent", "drafts", "archive", "all", "junk", "trash", "flagged"] {
            let attribute = "\\\(use)"
            let isThere = accounts.contains { account in
                account.mailboxes.contains { $0.attributes.contains { $0.lowercased() == attribute } }
            }
            if isThere { add(use, "by its special use") }
        }
        return candidates
    }

    private func fixed(_ words: [String], _ typed: String) -> [WordCompletion.Candidate] {
        matching(words.map { .init(text: $0) }, typed)
    }

    private func matching(_ candidates: [WordCompletion.Candidate], _ typed: String) -> [WordCompletion.Candidate] {
        let typed = typed.lowercased()
        return candidates.filter { $0.text.lowercased().hasPrefix(typed) }
    }

    /// In quotes where the query language would part it. What can't be quoted is left out by its caller's shell.
    private static func quoted(_ text: String) -> String {
        let isPlain = text.unicodeScalars.allSatisfy {
            $0.properties.isAlphabetic || ("0"..."9").contains($0) || "@._-+/*".unicodeScalars.contains($0)
        }
        return isPlain ? text : "\"\(text)\""
    }
}
