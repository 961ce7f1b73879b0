extension IndexReading {
    // MARK: Messages

    /// Messages in the order of `ids`; those that the index does not have are left out.
    public func emails(_ ids: [EmailID]) throws -> [Email] {
        try read { database in
            let reader = try EmailReader(database, dictionaries)
            return try ids.compactMap { try reader.email($0.rawValue) }
        }
    }

    public func email(_ id: EmailID) throws -> Email? {
        try emails([id]).first
    }

    /// A message's body as a person reads it; nil for no such message.
    public func text(of id: EmailID) throws -> String? {
        try stored(id, .body)
    }

    /// Names and texts of a message's attachments, as they are searched.
    public func attachmentText(of id: EmailID) throws -> String? {
        try stored(id, .attachments)
    }

    private func stored(_ id: EmailID, _ section: TextCodec.Section) throws -> String? {
        try read { database in
            let statement = try SQLStatement.cached(database, DocumentColumns.textOfMessage)
            statement.bind(1, id.rawValue)
            defer { statement.reset() }
            guard try statement.step() else { return nil }
            return try statement.withBytes(0) { try dictionaries.text($0, section, database) }
        }
    }

    /// The messages of a message's thread, oldest first; empty for no such message.
    public func thread(of id: EmailID) throws -> [Email] {
        try read { database in
            let statement = try SQLStatement.cached(
                database,
                """
                SELECT id FROM message WHERE thread_id = (SELECT thread_id FROM message WHERE id = ?) ORDER BY id
                """)
            statement.bind(1, id.rawValue)
            var ids: [Int64] = []
            try statement.forEachRow { ids.append($0.integer(0)) }
            let reader = try EmailReader(database, dictionaries)
            return try ids.compactMap { try reader.email($0) }
        }
    }

    /// Messages that bear a Message-ID (without angle brackets), oldest first.
    public func emails(messageID: String) throws -> [EmailID] {
        try read { try IndexReader.ids(messageID: messageID, $0).sorted() }
    }

    // MARK: Identity

    /// ``MessageDocument/digest`` of what the index holds of a message now; nil for no such message.
    public func digest(of id: EmailID) throws -> [UInt8]? {
        try read { database in
            let statement = try SQLStatement.cached(
                database,
                """
                SELECT document.digest FROM message JOIN document ON document.number = message.document
                WHERE message.id = ?
                """)
            statement.bind(1, id.rawValue)
            defer { statement.reset() }
            return try statement.step() ? statement.optionalBlob(0) : nil
        }
    }

    /// Messages known by these identities, among them such as left a short while ago; for each of `identities` one, or
    /// nil. A message that was found can be put in another place by an ``IndexBatch/relocations`` entry.
    public func findMessages(_ identities: [MessageIdentity]) throws -> [EmailID?] {
        try read { database in
            let byKey = try SQLStatement.cached(database, "SELECT abs(message_id) FROM identity WHERE key = ?")
            return try identities.map { identity in
                guard let key = identity.key else { return try IndexReader.find(envelope: identity, database) }
                byKey.bind(1, key)
                return try byKey.runForInteger().map(EmailID.init(rawValue:))
            }
        }
    }

    public func findMessage(_ identity: MessageIdentity) throws -> EmailID? {
        try findMessages([identity])[0]
    }

    private static func find(envelope: MessageIdentity, _ database: SQLiteDatabase) throws -> EmailID? {
        guard case .envelope(let messageID, let size, let receivedAt) = envelope else { return nil }
        var candidates = try ids(messageID: messageID, database).map(\.rawValue)
        let departed = try SQLStatement.cached(database, "SELECT id FROM departed WHERE token = ?")
        departed.bind(1, MessageIDToken.token(of: messageID))
        try departed.forEachRow { candidates.append($0.integer(0)) }
        let facts = try SQLStatement.cached(
            database,
            """
            SELECT size, received_at, trawl_text(text, 11) FROM document WHERE number = coalesce(
                (SELECT document FROM message WHERE id = ?1), (SELECT document FROM departed WHERE id = ?1))
            """)
        candidates = try candidates.filter { id in
            facts.bind(1, id)
            defer { facts.reset() }
            guard try facts.step() else { return false }
            return facts.integer(0) == Int64(size) && facts.optionalInteger(1) == receivedAt
                && LineColumn.decode(facts.text(2)).contains(messageID)
        }
        return candidates.count == 1 ? EmailID(rawValue: candidates[0]) : nil
    }

    private static func ids(messageID: String, _ database: SQLiteDatabase) throws -> [EmailID] {
        let statement = try SQLStatement.cached(
            database,
            """
            SELECT message.id, trawl_text(document.text, 11) FROM reference
            JOIN message ON message.id = reference.message_id JOIN document ON document.number = message.document
            WHERE reference.token = ? AND reference.kind & 1 = 1
            """)
        statement.bind(1, MessageIDToken.token(of: messageID))
        var ids: [EmailID] = []
        try statement.forEachRow { row in
            if LineColumn.decode(row.text(1)).contains(messageID) { ids.append(EmailID(rawValue: row.integer(0))) }
        }
        return ids
    }

    // MARK: Addresses

    /// Correspondents whose address, or a word of whose name, begins with `prefix`; those with whom mail was exchanged
    /// most and most lately first.
    public func addresses(prefix: String, limit: Int = 20) throws -> [AddressEntry] {
        // GLOB's own signs in what was typed stand for themselves.
        let typed = TextFolding.folded(prefix).map { character -> String in
            switch character {
            case "*", "?", "[": "[\(character)]"
            default: String(character)
            }
        }.joined()
        return try read { database in
            let newest =
                try SQLStatement.cached(database, "SELECT max(id) FROM message").runForInteger() ?? 0
            // A message of half a year ago (972,000 ids) counts half as much as one of today.
            let statement = try SQLStatement.cached(
                database,
                """
                SELECT name, email, from_count + to_count,
                    (SELECT date FROM message WHERE id = last_message_id),
                    (from_count + 2.0 * to_count) * 972000 / (972000 + ?1 - last_message_id) AS rank
                FROM address
                WHERE from_count + to_count > 0 AND (key GLOB ?2 OR key GLOB ?3)
                ORDER BY rank DESC, email LIMIT ?4
                """)
            statement.bind(1, newest)
            statement.bind(2, "* \(typed)*")
            // After @ too; a dot within a host's name is no beginning.
            statement.bind(3, typed.isEmpty ? "" : "*[@<\"'(]\(typed)*")
            statement.bind(4, limit)
            var entries: [AddressEntry] = []
            try statement.forEachRow { row in
                let name = row.text(0)
                entries.append(
                    AddressEntry(
                        name: name.isEmpty ? nil : name, email: row.text(1), count: Int(row.integer(2)),
                        lastAt: row.integer(3)))
            }
            return entries
        }
    }

    // MARK: Mailboxes

    /// What the index holds, by account and mailbox. Reads no message.
    public func status() throws -> IndexStatus {
        try read { database in
            var accounts: [AccountStatus] = []
            let statement = try SQLStatement.cached(
                database, "SELECT id, name, state, last_sync_at, last_error, last_error_at FROM account ORDER BY id")
            try statement.forEachRow { row in
                accounts.append(
                    AccountStatus(
                        id: AccountID(rawValue: row.integer(0)), name: row.text(1), state: row.text(2),
                        lastSyncAt: row.optionalInteger(3), lastError: row.optionalText(4),
                        lastErrorAt: row.optionalInteger(5), mailboxes: []))
            }
            let mailboxes = Dictionary(grouping: try IndexReader.mailboxes(database), by: \.account)
            for index in accounts.indices { accounts[index].mailboxes = mailboxes[accounts[index].id] ?? [] }
            return IndexStatus(
                accounts: accounts, messageCount: try IndexReader.messageCount(database),
                isComplete: try IndexReader.isComplete(database),
                state: ChangeState.text(try IndexReader.change(database)), bytes: IndexFiles.totalSize(of: reader.path))
        }
    }

    /// All mailboxes, by account and name.
    public func mailboxes() throws -> [MailboxStatus] {
        try read { try IndexReader.mailboxes($0) }
    }

    private static func mailboxes(_ database: SQLiteDatabase) throws -> [MailboxStatus] {
        let statement = try SQLStatement.cached(
            database,
            """
            SELECT uid_validity, uid_next, highest_modseq, backfilled_down_to, server_count, id, account_id, name,
                wire_name, delimiter, attributes, object_id, message_count, unseen_count, state, last_sync_at,
                last_error, last_error_at
            FROM mailbox ORDER BY account_id, name
            """)
        var mailboxes: [MailboxStatus] = []
        try statement.forEachRow { row in
            let id = MailboxID(rawValue: row.integer(5))
            mailboxes.append(
                MailboxStatus(
                    id: id, account: AccountID(rawValue: row.integer(6)), name: row.text(7),
                    wireName: row.optionalBlob(8), delimiter: row.optionalText(9),
                    attributes: LineColumn.decode(row.text(10)), objectID: row.optionalText(11),
                    cursor: MailboxCursor(id, row, from: 0), messageCount: Int(row.integer(12)),
                    unseenCount: Int(row.integer(13)), state: row.text(14), lastSyncAt: row.optionalInteger(15),
                    lastError: row.optionalText(16), lastErrorAt: row.optionalInteger(17)))
        }
        return mailboxes
    }

    /// How far a mailbox is indexed; nil where nothing was told yet.
    public func cursor(of mailbox: MailboxID) throws -> MailboxCursor? {
        try read { database in
            let statement = try SQLStatement.cached(
                database,
                """
                SELECT uid_validity, uid_next, highest_modseq, backfilled_down_to, server_count
                FROM mailbox WHERE id = ?
                """)
            statement.bind(1, mailbox.rawValue)
            defer { statement.reset() }
            return try statement.step() ? MailboxCursor(mailbox, statement, from: 0) : nil
        }
    }

    /// The mailbox's places with UIDs in `range`, by UID.
    public func places(
        in mailbox: MailboxID, _ range: ClosedRange<UInt32> = 1...UInt32.max
    ) throws -> [PlaceState] {
        try read { database in
            let statement = try SQLStatement.cached(
                database,
                """
                SELECT uid, message_id, flagset_id, modseq FROM place WHERE mailbox_id = ? AND uid BETWEEN ? AND ?
                ORDER BY uid
                """)
            let flagset = try SQLStatement.cached(database, "SELECT flags, keywords, labels FROM flagset WHERE id = ?")
            var flagsets: [Int64: FlagSet] = [:]
            var places: [PlaceState] = []
            statement.bind(1, mailbox.rawValue)
            statement.bind(2, Int64(range.lowerBound))
            statement.bind(3, Int64(range.upperBound))
            try statement.forEachRow { row in
                let number = row.integer(2)
                if flagsets[number] == nil {
                    flagset.bind(1, number)
                    flagsets[number] = try flagset.step() ? FlagSet(flagset, from: 0) : FlagSet.none
                    flagset.reset()
                }
                places.append(
                    PlaceState(
                        uid: UInt32(truncatingIfNeeded: row.integer(0)), message: EmailID(rawValue: row.integer(1)),
                        flags: flagsets[number] ?? .none,
                        modSeq: row.optionalInteger(3).map { UInt64(bitPattern: $0) }))
            }
            return places
        }
    }

    /// The mailbox's UIDs that are indexed, as ranges in ascending order.
    public func uids(in mailbox: MailboxID) throws -> [ClosedRange<UInt32>] {
        try read { database in
            let statement = try SQLStatement.cached(
                database, "SELECT uid FROM place WHERE mailbox_id = ? ORDER BY uid")
            var ranges: [ClosedRange<UInt32>] = []
            statement.bind(1, mailbox.rawValue)
            try statement.forEachRow { row in
                let uid = UInt32(truncatingIfNeeded: row.integer(0))
                if let last = ranges.last, last.upperBound < .max, last.upperBound + 1 == uid {
                    ranges[ranges.count - 1] = last.lowerBound...uid
                } else {
                    ranges.append(uid...uid)
                }
            }
            return ranges
        }
    }
}
