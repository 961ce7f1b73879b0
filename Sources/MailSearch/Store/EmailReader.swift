/// Reads messages in one snapshot.
final class EmailReader {
    /// What tells where a message stands.
    private struct PlaceStatements {
        var places, mailbox, flagset: SQLStatement
    }

    private let database: SQLiteDatabase
    private let dictionaries: TextDictionaries
    let rows: MessageRow.Reader
    private let documents: SQLStatement
    /// Nil where only the brief is asked for.
    private let statements: PlaceStatements?
    private var mailboxes: [Int64: (account: String, name: String, uidValidity: UInt32)] = [:]
    private var flagsets: [Int64: FlagSet] = [:]

    /// - Parameter isBrief: see ``SearchOptions/isBrief``.
    init(_ database: SQLiteDatabase, _ dictionaries: TextDictionaries, isBrief: Bool = false) throws {
        self.database = database
        self.dictionaries = dictionaries
        rows = try MessageRow.Reader(database)
        let thread = isBrief ? "0" : "(SELECT min(id) FROM message WHERE thread_id = ?2)"
        documents = try SQLStatement.cached(
            database,
            "SELECT sent_at, received_at, size, is_truncated, text, \(thread) FROM document WHERE number = ?1")
        guard !isBrief else {
            statements = nil
            return
        }
        statements = PlaceStatements(
            places: try SQLStatement.cached(
                database, "SELECT mailbox_id, uid, flagset_id FROM place WHERE message_id = ? ORDER BY mailbox_id, uid"),
            mailbox: try SQLStatement.cached(
                database,
                """
                SELECT account.name, mailbox.name, mailbox.uid_validity FROM mailbox
                JOIN account ON account.id = mailbox.account_id WHERE mailbox.id = ?
                """),
            flagset: try SQLStatement.cached(database, "SELECT flags, keywords, labels FROM flagset WHERE id = ?"))
    }

    /// Nil for no such message.
    func email(_ id: Int64) throws -> Email? {
        try rows.row(id).flatMap(stored).map(EmailDecoder(isBrief: isBrief).email)
    }

    private var isBrief: Bool { statements == nil }

    /// Nil where the document is missing.
    func stored(_ row: MessageRow) throws -> StoredEmail? {
        documents.bind(1, row.document)
        if !isBrief { documents.bind(2, row.thread) }
        defer { documents.reset() }
        guard try documents.step() else { return nil }
        let (text, dictionary) = try documents.withBytes(4) { bytes in
            ([UInt8](bytes), try dictionaries.dictionary(for: bytes, database))
        }
        let id = EmailID(rawValue: row.id)
        var state = StoredEmail.State(
            id: id, threadID: isBrief ? id : EmailID(rawValue: documents.integer(5)), flags: row.flags, date: row.date,
            sentAt: documents.optionalInteger(0), receivedAt: documents.optionalInteger(1),
            size: Int(documents.integer(2)), isTruncated: documents.integer(3) != 0)
        if let statements { try addPlaces(to: &state, statements) }
        return StoredEmail(state, text: text, dictionary)
    }

    private func addPlaces(to email: inout StoredEmail.State, _ statements: PlaceStatements) throws {
        var tags = CombinedFlags()
        let places = statements.places
        places.bind(1, email.id.rawValue)
        defer { places.reset() }
        while try places.step() {
            let flags = try flagSet(places.integer(2), statements.flagset)
            if !flags.keywords.isEmpty || !flags.labels.isEmpty { tags.add(flags) }
            let mailboxID = places.integer(0)
            let names = try mailboxNames(mailboxID, statements.mailbox)
            email.places.append(
                EmailPlace(
                    mailboxID: MailboxID(rawValue: mailboxID), account: names.account, mailbox: names.name,
                    uidValidity: names.uidValidity, uid: UInt32(truncatingIfNeeded: places.integer(1)),
                    flags: flags.flags))
        }
        guard !tags.tags.isEmpty else { return }
        email.keywords = tags.tags.filter { $0.key.kind == TagKey.keyword }.map(\.value).sorted()
        email.labels = tags.tags.filter { $0.key.kind == TagKey.label }.map(\.value).sorted()
    }

    private func flagSet(_ id: Int64, _ flagset: SQLStatement) throws -> FlagSet {
        if let known = flagsets[id] { return known }
        flagset.bind(1, id)
        defer { flagset.reset() }
        let found = try flagset.step() ? FlagSet(flagset, from: 0) : .none
        flagsets[id] = found
        return found
    }

    private func mailboxNames(
        _ id: Int64, _ mailbox: SQLStatement
    ) throws -> (account: String, name: String, uidValidity: UInt32) {
        if let known = mailboxes[id] { return known }
        mailbox.bind(1, id)
        defer { mailbox.reset() }
        guard try mailbox.step() else { return ("", "", 0) }
        let found = (mailbox.text(0), mailbox.text(1), UInt32(truncatingIfNeeded: mailbox.integer(2)))
        mailboxes[id] = found
        return found
    }
}
