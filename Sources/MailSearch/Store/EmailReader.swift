/// Reads messages in one snapshot.
final class EmailReader {
    /// What tells where a message stands.
    private struct PlaceStatements {
        var places, mailbox, flagset: SQLStatement
    }

    private let database: SQLiteDatabase
    private let dictionaries: TextDictionaries
    private let kept: KeptMessages?
    let rows: MessageRow.Reader
    private let documents: SQLStatement
    /// Nil where only the brief is asked for.
    private let statements: PlaceStatements?
    private var mailboxes: [Int64: (account: String, name: String, uidValidity: UInt32)] = [:]
    private var flagsets: [Int64: FlagSet] = [:]

    /// - Parameters:
    ///   - isBrief: see ``SearchOptions/isBrief``.
    ///   - kept: where whole messages are kept for next time; of no use to what is brief.
    init(
        _ database: SQLiteDatabase, _ dictionaries: TextDictionaries, isBrief: Bool = false, kept: KeptMessages? = nil
    ) throws {
        self.database = database
        self.dictionaries = dictionaries
        self.kept = isBrief ? nil : kept
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

    private static let textColumn: Int32 = 4

    /// Nil for no such message.
    func email(_ id: Int64) throws -> Email? { try rows.row(id).flatMap(email) }

    /// Nil where the document is missing.
    func email(_ row: MessageRow) throws -> Email? {
        try withText(of: row) { bytes in
            try dictionaries.withHead(bytes, database) { try envelope(row, email($0.fields, $0.preview)) }
        }
    }

    /// Calls `body` with the message and its texts, and with what is kept of it; nil where the document is missing.
    func email<R>(
        _ row: MessageRow, withTexts body: (consuming Email, TextCodec.Texts, KeptMessage?) throws -> R
    ) throws -> R? {
        try withText(of: row) { bytes in
            if let message = try keptMessage(row.id, bytes) {
                let email = try envelope(row, message.email)
                if let result = try message.withTexts({ try body(email, $0, message) }) { return result }
            }
            return try dictionaries.withTexts(bytes, database) {
                try body(envelope(row, email($0.fields, $0.preview)), $0, nil)
            }
        }
    }

    /// Calls `body` with the stored text, while the document's other columns are at hand.
    private func withText<R>(of row: MessageRow, _ body: (UnsafeRawBufferPointer) throws -> R) throws -> R? {
        documents.bind(1, row.document)
        if statements != nil { documents.bind(2, row.thread) }
        defer { documents.reset() }
        guard try documents.step() else { return nil }
        return try documents.withBytes(Self.textColumn, body)
    }

    /// The message that these stored bytes are, as it is kept, from now on if it was not; nil where it is not to be kept.
    private func keptMessage(_ id: Int64, _ bytes: UnsafeRawBufferPointer) throws -> KeptMessage? {
        guard let kept, bytes.count <= KeptMessages.largest else { return nil }
        let dictionary = try dictionaries.dictionary(for: bytes, database)
        if let known = kept.message(id), known.isMade(of: bytes, dictionary) { return known }
        guard kept.wasSeen(id), let message = KeptMessage(bytes, dictionary, { email($0.fields, $0.preview) }) else {
            return nil
        }
        kept.keep(message, for: id)
        return message
    }

    /// What of a message stands in its stored bytes; all else is empty.
    private func email(_ fields: DocumentFields, _ preview: UnsafeRawBufferPointer) -> Email {
        fields.withAll { fields in email({ fields[$0.rawValue] }, preview) }
    }

    private func email(
        _ bytes: (DocumentFields.Field) -> UnsafeRawBufferPointer, _ preview: UnsafeRawBufferPointer
    ) -> Email {
        var email = Email(
            id: EmailID(rawValue: 0), threadID: EmailID(rawValue: 0), messageIDs: [], inReplyTo: [], references: [],
            from: AddressColumn.decode(bytes(.from)), sender: AddressColumn.decode(bytes(.sender)), replyTo: [], to: [],
            cc: [], bcc: [], subject: String(decoding: bytes(.subject), as: UTF8.self),
            sentAt: nil, receivedAt: nil, date: 0, size: 0, flags: [], keywords: [], labels: [],
            attachments: AttachmentColumn.decode(bytes(.attachments)), preview: "", listID: nil, isTruncated: false,
            places: [])
        guard statements != nil else { return email }
        email.messageIDs = LineColumn.decode(bytes(.messageIDs))
        email.inReplyTo = LineColumn.decode(bytes(.inReplyTo))
        email.references = LineColumn.decode(bytes(.references))
        email.replyTo = AddressColumn.decode(bytes(.replyTo))
        email.to = AddressColumn.decode(bytes(.to))
        email.cc = AddressColumn.decode(bytes(.cc))
        email.bcc = AddressColumn.decode(bytes(.bcc))
        email.preview = String(decoding: preview, as: UTF8.self)
        let list = bytes(.list)
        if !list.isEmpty { email.listID = String(decoding: list, as: UTF8.self) }
        return email
    }

    /// The message of a row, whose document is at hand: `email` with what the index says of it at the moment.
    private func envelope(_ row: MessageRow, _ email: consuming Email) throws -> Email {
        var email = email
        email.id = EmailID(rawValue: row.id)
        email.threadID = statements == nil ? email.id : EmailID(rawValue: documents.integer(5))
        email.flags = row.flags
        email.date = row.date
        email.sentAt = documents.optionalInteger(0)
        email.receivedAt = documents.optionalInteger(1)
        email.size = Int(documents.integer(2))
        email.isTruncated = documents.integer(3) != 0
        if let statements { try addPlaces(to: &email, statements) }
        return email
    }

    private func addPlaces(to email: inout Email, _ statements: PlaceStatements) throws {
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
