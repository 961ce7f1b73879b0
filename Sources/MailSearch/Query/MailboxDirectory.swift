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

    init(_ db: SQLiteDatabase) throws {
        var entries: [Entry] = []
        let mailboxes = try SQLStatement.cached(
            db, "SELECT id, account_id, name, delimiter, attributes, message_count FROM mailbox")
        try mailboxes.forEachRow { row in
            entries.append(
                Entry(
                    id: row.integer(0), account: row.integer(1), folded: TextFolding.folded(row.text(2)),
                    delimiter: row.optionalText(3) ?? "/", attributes: row.text(4).lowercased().split(separator: "\n"),
                    messageCount: Int(row.integer(5))))
        }
        self.entries = entries
        var accounts: [(id: Int64, folded: String)] = []
        try SQLStatement.cached(db, "SELECT id, name FROM account").forEachRow { row in
            accounts.append((row.integer(0), TextFolding.folded(row.text(1))))
        }
        self.accounts = accounts
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
