import GRDB

/// The mailboxes of the index, to be looked up by what a query calls them.
struct MailboxDirectory {
    struct Entry {
        var id: Int64
        var account: Int64
        var folded: String
        var delimiter: String
        /// Lower case: `\sent`.
        var attributes: [Substring]
        var messageCount: Int
    }

    let entries: [Entry]
    private let accounts: [(id: Int64, folded: String)]

    init(_ db: Database) throws {
        entries = try Row.fetchAll(
            db, sql: "SELECT id, account_id, name, delimiter, attributes, message_count FROM mailbox"
        ).map { row in
            let delimiter = row[3] as String?
            return Entry(
                id: row[0], account: row[1], folded: TextFolding.folded(row[2]), delimiter: delimiter ?? "/",
                attributes: (row[4] as String).lowercased().split(separator: "\n"), messageCount: row[5])
        }
        accounts = try Row.fetchAll(db, sql: "SELECT id, name FROM account").map {
            ($0[0] as Int64, TextFolding.folded($0[1] as String))
        }
    }

    /// What people call the mailboxes of RFC 6154.
    private static let specialUses: [String: String] = [
        "inbox": "\\inbox", "sent": "\\sent", "draft": "\\drafts", "drafts": "\\drafts", "trash": "\\trash",
        "bin": "\\trash", "junk": "\\junk", "spam": "\\junk", "archive": "\\archive", "all": "\\all",
        "flagged": "\\flagged", "important": "\\important",
    ]

    static func isSpecial(_ name: String) -> Bool { specialUses[name] != nil }

    /// Mailboxes by special use, name or pattern.
    ///
    /// A name is the whole name; `INBOX` at its beginning may be left out, as some servers put all mailboxes under it.
    /// A backslash before it asks for the special use alone.
    func matching(_ pattern: NamePattern) -> [Entry] {
        var text = pattern.text[...]
        if text.hasPrefix("\\") {
            return entries.filter { $0.attributes.contains(text) || (text == "\\inbox" && $0.folded == "inbox") }
        }
        // mu writes maildir:/name.
        if text.hasPrefix("/"), text.utf8.count > 1 { text = text.dropFirst() }
        let name = NamePattern(String(text), isQuoted: !pattern.hasWildcards)
        let use = Self.specialUses[name.text]
        return entries.filter { entry in
            if let use, entry.attributes.contains(use[...]) { return true }
            if name.matches(entry.folded) { return true }
            let prefix = "inbox" + entry.delimiter
            return entry.folded.hasPrefix(prefix) && name.matches(String(entry.folded.dropFirst(prefix.count)))
        }
    }

    /// The mailboxes of the accounts that fit; nil if none does.
    func inAccounts(_ pattern: NamePattern) -> [Entry]? {
        let ids = accounts.filter { pattern.matches($0.folded) }.map(\.id)
        return ids.isEmpty ? nil : entries.filter { ids.contains($0.account) }
    }
}

/// How a tag may be called.
struct TagNames {
    private let pattern: NamePattern
    /// Gmail writes `label:my-project-x` for the label `My project/x`.
    private let hyphenated: String

    init(_ pattern: NamePattern) {
        self.pattern = pattern
        hyphenated = Self.hyphenated(pattern.text)
    }

    func matches(_ folded: String, isLabel: Bool) -> Bool {
        if pattern.matches(folded) { return true }
        // System labels and flags bear a backslash, JMAP's keywords a dollar.
        if let first = folded.first, first == "\\" || first == "$", pattern.matches(String(folded.dropFirst())) {
            return true
        }
        return isLabel && !pattern.hasWildcards && Self.hyphenated(folded) == hyphenated
    }

    private static func hyphenated(_ name: String) -> String {
        String(name.map { $0 == " " || $0 == "/" ? "-" : $0 })
    }
}
