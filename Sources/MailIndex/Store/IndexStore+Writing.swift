import Foundation
import GRDB

extension IndexStore {
    /// A batch of a first sync or an import pays best with about so many messages, or with so many octets of text
    /// (``MessageDocument/byteCount``), whichever comes first: larger ones make fewer parts of the text index that
    /// have to be merged, and hold more memory.
    public static let bulkBatchMessages = 1_000
    public static let bulkBatchBytes = 8 << 20

    /// Makes all changes of a batch, in one transaction with its cursors, or none.
    ///
    /// When it has returned, readers see it. Batches wait for one another; nothing else waits for them.
    @discardableResult
    public func apply(_ batch: IndexBatch) async throws -> BatchOutcome {
        try await requireWriter().write { session in
            try session.apply(batch)
            try session.settle()
            return session.outcome
        }
    }

    /// The account with this name, made if it isn't known.
    public func registerAccount(_ name: String) throws -> AccountID {
        try requireWriter().writeNow { session in
            let known = try Int64.fetchOne(
                session.database, sql: "SELECT id FROM account WHERE name = ?", arguments: [name])
            if let known { return AccountID(rawValue: known) }
            try session.database.execute(sql: "INSERT INTO account (name) VALUES (?)", arguments: [name])
            return AccountID(rawValue: session.database.lastInsertedRowID)
        }
    }

    /// The account's mailbox with this name, made or brought up to date. Register no mailbox that can hold no mail
    /// (`\Noselect`): until its cursor tells that it is complete, the index counts as incomplete.
    public func registerMailbox(_ mailbox: MailboxDescription, of account: AccountID) throws -> MailboxID {
        try requireWriter().writeNow { session in
            let attributes = LineColumn.encode(mailbox.attributes)
            let wireName = mailbox.wireName.map { Data($0) }
            let known = try Row.fetchOne(
                session.database,
                sql:
                    "SELECT id, wire_name, delimiter, attributes, object_id FROM mailbox WHERE account_id = ? AND name = ?",
                arguments: [account.rawValue, mailbox.name])
            guard let known else {
                try session.database.execute(
                    sql: """
                        INSERT INTO mailbox (account_id, name, wire_name, delimiter, attributes, object_id)
                        VALUES (?, ?, ?, ?, ?, ?)
                        """,
                    arguments: [
                        account.rawValue, mailbox.name, wireName, mailbox.delimiter, attributes, mailbox.objectID,
                    ])
                return MailboxID(rawValue: session.database.lastInsertedRowID)
            }
            let id: Int64 = known["id"]
            let isSame =
                known["wire_name"] == wireName && known["delimiter"] == mailbox.delimiter
                && known["attributes"] == attributes && known["object_id"] == mailbox.objectID
            if !isSame {
                try session.database.execute(
                    sql: "UPDATE mailbox SET wire_name = ?, delimiter = ?, attributes = ?, object_id = ? WHERE id = ?",
                    arguments: [wireName, mailbox.delimiter, attributes, mailbox.objectID, id])
            }
            return MailboxID(rawValue: id)
        }
    }

    /// Gives a mailbox another name; its messages, cursor and id stay. A mailbox of that name must not be there.
    public func renameMailbox(_ id: MailboxID, to mailbox: MailboxDescription) throws {
        try requireWriter().writeNow { session in
            try session.database.execute(
                sql: """
                    UPDATE mailbox SET name = ?, wire_name = ?, delimiter = ?, attributes = ?,
                        object_id = coalesce(?, object_id) WHERE id = ?
                    """,
                arguments: [
                    mailbox.name, mailbox.wireName.map { Data($0) }, mailbox.delimiter,
                    LineColumn.encode(mailbox.attributes), mailbox.objectID, id.rawValue,
                ])
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
            }
            outcome.updated += part.updated
            outcome.destroyed += part.destroyed
            outcome.state = part.state
            if isDone { return outcome }
        }
    }

    /// Takes an account and all its mailboxes out of the index.
    public func removeAccount(_ id: AccountID, now: Int64) async throws {
        let mailboxes = try read { database in
            try Int64.fetchAll(
                database, sql: "SELECT id FROM mailbox WHERE account_id = ?", arguments: [id.rawValue])
        }
        for mailbox in mailboxes { try await removeMailbox(MailboxID(rawValue: mailbox), now: now) }
        try requireWriter().writeNow { session in
            try session.database.execute(sql: "DELETE FROM account WHERE id = ?", arguments: [id.rawValue])
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
            try session.database.execute(
                sql: """
                    UPDATE \(table) SET state = coalesce(:state, state), last_sync_at = coalesce(:at, last_sync_at),
                        last_error = CASE WHEN :error IS NULL THEN last_error ELSE nullif(:error, '') END,
                        last_error_at = CASE WHEN :error IS NULL THEN last_error_at
                            WHEN :error = '' THEN NULL ELSE :error_at END
                    WHERE id = :id
                    """,
                arguments: [
                    "state": note.state, "at": note.syncedAt, "error": note.error, "error_at": note.errorAt, "id": id,
                ])
        }
    }

    /// Has the index hold the stems of these languages, told by their ISO 639 codes or English names; `[]` for none. If
    /// they are others than before, all text is indexed anew, in one transaction.
    ///
    /// - Returns: whether anything changed.
    @discardableResult
    public func setLanguages(_ languages: [String]) throws -> Bool {
        try requireWriter().writeNow { try Stemming.change(to: languages, in: $0.database) }
    }

    /// Puts the text index in order after much was written, a bounded piece of work each time: true while there is
    /// more to do. Never needed for right answers.
    public func maintain(pages: Int = 500) throws -> Bool {
        try requireWriter().maintain { database in
            let before = database.totalChangesCount
            try database.execute(
                sql: "INSERT INTO message_text (message_text, rank) VALUES ('merge', ?)", arguments: [pages])
            // FTS5 tells by this count whether a merge found something to do.
            return database.totalChangesCount - before >= 2
        }
    }

    /// Makes the index as small and as fast as it can be: the text index in one piece, no room left between rows.
    ///
    /// Writes all of it anew, while which batches wait, and needs as much room again for so long; so only up to
    /// ``largestPacked`` octets, which takes some seconds. False where it is larger.
    public func pack() throws -> Bool {
        guard IndexFiles.size(of: path) <= Self.largestPacked else { return false }
        try requireWriter().maintain { database in
            try database.execute(sql: "INSERT INTO message_text (message_text) VALUES ('optimize')")
            // What VACUUM sets aside is as large as the index, and has a cache like the connection's own.
            defer {
                let cache = options.writerCacheBytes / 1024
                try? database.execute(sql: "PRAGMA cache_size = -\(cache); PRAGMA temp_store = MEMORY")
            }
            try database.execute(
                sql: "PRAGMA shrink_memory; PRAGMA cache_size = -2048; PRAGMA temp_store = FILE; VACUUM")
            try database.checkpoint(.truncate)
        }
        return true
    }

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
            try database.execute(sql: "DELETE FROM mailbox WHERE id = ?", arguments: [id.rawValue])
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
