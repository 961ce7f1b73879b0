import MailSearch

extension IndexStore {
    /// A batch of a first sync or an import pays best with about so many messages, or with so many octets of text
    /// (``MessageDocument/byteCount``), whichever comes first: larger ones make fewer parts of the text index that
    /// have to be merged, and hold more memory.
    public static let bulkBatchMessages = 2_500
    public static let bulkBatchBytes = 16 << 20

    /// Messages that a transaction takes which stays open for batches that follow, about: the more there are, the fewer are
    /// the parts of the text index. ``IndexStoreOptions/openDuration`` bounds it too.
    public static let openMessages = 10_000

    /// Makes all changes of a batch, in one transaction with its cursors, or none.
    ///
    /// When it has returned, readers see it. Batches wait for one another; nothing else waits for them.
    ///
    /// - Parameter isFollowed: more batches follow at once. The transaction may then stay open for them, which the outcome
    ///   tells: nobody sees the batch until a later one or ``commit()`` commits it, and an error of one before that takes
    ///   back all that weren't.
    @discardableResult
    public func apply(_ batch: IndexBatch, isFollowed: Bool = false) async throws -> BatchOutcome {
        let (outcome, isCommitted) = try await requireWriter().write(
            changes: batch.changeCount, isFollowed: isFollowed
        ) { session in
            try session.apply(batch)
            try session.settle()
            return session.outcome
        }
        var told = outcome
        told.isCommitted = isCommitted
        return told
    }

    /// Commits what batches left open. Must be called after the last batch that was said to be followed.
    public func commit() throws {
        try requireWriter().commitOpen()
    }

    /// Has the writer keep a small cache until much is written again. For a process that stays, to be called now and
    /// then: does nothing where more than ``bulkChanges`` were written since the last time.
    public func rest() throws {
        try requireWriter().rest()
    }

    /// The account with this name, made if it isn't known.
    public func registerAccount(_ name: String) throws -> AccountID {
        try requireWriter().writeNow { session in
            let known = try session.database.integer("SELECT id FROM account WHERE name = ?", .text(name))
            if let known { return AccountID(rawValue: known) }
            let made = try session.database.integer("INSERT INTO account (name) VALUES (?) RETURNING id", .text(name))
            return AccountID(rawValue: made ?? 0)
        }
    }

    /// The account's mailbox with this name, made or brought up to date. Register no mailbox that can hold no mail
    /// (`\Noselect`): until its cursor tells that it is complete, the index counts as incomplete.
    public func registerMailbox(_ mailbox: MailboxDescription, of account: AccountID) throws -> MailboxID {
        try requireWriter().writeNow { session in
            let attributes = LineColumn.encode(mailbox.attributes)
            let known = try SQLStatement(
                session.database,
                "SELECT id, wire_name, delimiter, attributes, object_id FROM mailbox WHERE account_id = ? AND name = ?",
                [.integer(account.rawValue), .text(mailbox.name)])
            guard try known.step() else {
                let insert = try SQLStatement(
                    session.database,
                    """
                    INSERT INTO mailbox (account_id, name, wire_name, delimiter, attributes, object_id)
                    VALUES (?, ?, ?, ?, ?, ?) RETURNING id
                    """)
                insert.bind(1, account.rawValue)
                insert.bind(2, mailbox.name)
                insert.bind(3, mailbox.wireName)
                insert.bind(4, mailbox.delimiter)
                insert.bind(5, attributes)
                insert.bind(6, mailbox.objectID)
                return MailboxID(rawValue: try insert.runForInteger() ?? 0)
            }
            let id = known.integer(0)
            let isSame =
                known.optionalBlob(1) == mailbox.wireName && known.optionalText(2) == mailbox.delimiter
                && known.text(3) == attributes && known.optionalText(4) == mailbox.objectID
            known.reset()
            if !isSame {
                let update = try SQLStatement(
                    session.database,
                    "UPDATE mailbox SET wire_name = ?, delimiter = ?, attributes = ?, object_id = ? WHERE id = ?")
                update.bind(1, mailbox.wireName)
                update.bind(2, mailbox.delimiter)
                update.bind(3, attributes)
                update.bind(4, mailbox.objectID)
                update.bind(5, id)
                try update.run()
            }
            return MailboxID(rawValue: id)
        }
    }

    /// Gives a mailbox another name; its messages, cursor and id stay. A mailbox of that name must not be there.
    public func renameMailbox(_ id: MailboxID, to mailbox: MailboxDescription) throws {
        try requireWriter().writeNow { session in
            let update = try SQLStatement(
                session.database,
                """
                UPDATE mailbox SET name = ?, wire_name = ?, delimiter = ?, attributes = ?,
                    object_id = coalesce(?, object_id) WHERE id = ?
                """)
            update.bind(1, mailbox.name)
            update.bind(2, mailbox.wireName)
            update.bind(3, mailbox.delimiter)
            update.bind(4, LineColumn.encode(mailbox.attributes))
            update.bind(5, mailbox.objectID)
            update.bind(6, id.rawValue)
            try update.run()
        }
    }

    /// Takes a mailbox out of the index: its places go; messages stay where another mailbox holds them.
    ///
    /// Done in several transactions, so that no batch waits long; cut off, the mailbox has no cursor and fewer messages.
    @discardableResult
    public func removeMailbox(_ id: MailboxID, now: Int64) async throws -> BatchOutcome {
        let writer = try requireWriter()
        var outcome = BatchOutcome()
        while true {
            let (part, isDone) = try await writer.write { session in
                session.now = now
                let count = try session.forget(id, limit: IndexStore.removalChunk)
                try session.settle()
                return (session.outcome, count == 0)
            }.result
            outcome.updated += part.updated
            outcome.destroyed += part.destroyed
            outcome.state = part.state
            if isDone { return outcome }
        }
    }

    /// Takes an account and all its mailboxes out of the index.
    public func removeAccount(_ id: AccountID, now: Int64) async throws {
        let mailboxes = try read { database in
            try database.integers("SELECT id FROM mailbox WHERE account_id = ?", .integer(id.rawValue))
        }
        for mailbox in mailboxes { try await removeMailbox(MailboxID(rawValue: mailbox), now: now) }
        try requireWriter().writeNow { session in
            try SQLStatement(session.database, "DELETE FROM account WHERE id = ?", [.integer(id.rawValue)]).run()
        }
    }

    /// Notes how an account's synchronisation fares, for `status`.
    public func note(_ note: SyncNote, of account: AccountID) throws {
        try self.note(note, table: "account", id: account.rawValue)
    }

    /// As above, of one mailbox.
    public func note(_ note: SyncNote, of mailbox: MailboxID) throws {
        try self.note(note, table: "mailbox", id: mailbox.rawValue)
    }

    private func note(_ note: SyncNote, table: String, id: Int64) throws {
        try requireWriter().writeNow { session in
            let update = try SQLStatement(
                session.database,
                """
                UPDATE \(table) SET state = coalesce(?1, state), last_sync_at = coalesce(?2, last_sync_at),
                    last_error_at = CASE WHEN ?3 IS NULL THEN last_error_at
                        WHEN ?3 = '' THEN NULL ELSE coalesce(last_error_at, ?4) END,
                    last_error = CASE WHEN ?3 IS NULL THEN last_error ELSE nullif(?3, '') END
                WHERE id = ?5
                """)
            update.bind(1, note.state)
            update.bind(2, note.syncedAt)
            update.bind(3, note.error)
            update.bind(4, note.errorAt)
            update.bind(5, id)
            try update.run()
        }
    }

    /// Has the index hold the stems of these languages, told by their ISO 639 codes or English names; `[]` for none. If
    /// they are others than before, all text is indexed anew, in one transaction.
    ///
    /// - Parameter onChange: called with the languages' names before the work begins, which takes long on a large index.
    /// - Returns: whether anything changed.
    @discardableResult
    public func setLanguages(_ languages: [String], onChange: ([String]) -> Void = { _ in }) throws -> Bool {
        try commit()
        return try requireWriter().writeNow { session in
            let isChanged = try Stemming.change(to: languages, in: session.database, onChange: onChange)
            if isChanged { try TextCountsWriter.forget(in: session.database) }
            return isChanged
        }
    }

    /// Puts the text index in order after much was written, a bounded piece of work each time: true while there is
    /// more to do. Never needed for right answers.
    public func maintain(pages: Int = 500) throws -> Bool {
        try requireWriter().maintain { database in
            try TextMerge(database, reader).step(pages: pages)
        }
    }

    /// Makes the index as small and as fast as it can be: the text index in one piece, no room left between rows.
    ///
    /// Writes all of it anew, while which batches wait, and needs as much room again for so long; so only up to
    /// ``largestPacked`` octets, which takes some seconds. False where it is larger.
    public func pack() throws -> Bool {
        guard IndexFiles.size(of: path) <= Self.largestPacked else { return false }
        try requireWriter().maintain { database in
            try TextCountsWriter.forget(in: database)
            try database.execute("INSERT INTO message_text (message_text) VALUES ('optimize')")
            // What VACUUM sets aside is as large as the index, and has a cache like the connection's own.
            defer {
                let cache = options.writerCacheBytes / 1024
                try? database.execute("PRAGMA cache_size = -\(cache); PRAGMA temp_store = MEMORY")
            }
            try database.execute("PRAGMA shrink_memory; PRAGMA cache_size = -2048; PRAGMA temp_store = FILE; VACUUM")
            try database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        }
        return true
    }

    /// Changes between two rests that count as much: with half a minute between them, some hundreds a second.
    public static let bulkChanges = 10_000

    /// Octets of an index that is packed: some 150,000 messages.
    public static let largestPacked = 1 << 30

    func requireWriter() throws -> IndexWriter {
        guard let writer else {
            throw IndexError(code: .readOnly, message: "\(path) was opened for reading only")
        }
        return writer
    }

    static let removalChunk: Int64 = 5_000
}

extension BatchWriter {
    /// Removes some places of a mailbox; when there are none left, the mailbox. How many places went.
    func forget(_ id: MailboxID, limit: Int64) throws -> Int64 {
        guard let state = try knownMailbox(id) else { return 0 }
        if state.cursor != nil {
            sql.dropCursor.bind(1, id.rawValue)
            try sql.dropCursor.run()
            mailboxes[id]?.cursor = nil
        }
        let count = try removePlaces(id, 0...Int64(UInt32.max), limit: limit)
        if count == 0 {
            mailboxes[id] = nil
            try SQLStatement(database, "DELETE FROM mailbox WHERE id = ?", [.integer(id.rawValue)]).run()
        }
        return count
    }

    private func knownMailbox(_ id: MailboxID) throws -> MailboxState? {
        do {
            return try mailbox(id)
        } catch let error as IndexError where error.code == .unknownReference {
            return nil
        }
    }
}
