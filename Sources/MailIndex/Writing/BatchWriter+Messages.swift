import MailSearch

extension BatchWriter {
    func add(_ additions: [PlacedDocument]) throws {
        // In the order of their numbers, nearly: the text index need not sort the documents of each word.
        let sorted = additions.sorted { $0.document.date < $1.document.date }
        var shelf = try DocumentShelf(sorted.map(\.document), self)
        for (index, addition) in sorted.enumerated() {
            let id = try find(addition.document)
            if let id {
                if try !isLiving(id) { _ = try revive(id, flags: addition.place.flags) }
                try addIdentities(addition.document, id, isOwn: false)
                try put(addition.place, id)
            } else {
                let id = try makeID(dated: addition.document.date)
                try insert(addition.document, id, number: shelf.take(index), flags: addition.place.flags)
                try put(addition.place, id)
            }
        }
        try shelf.write()
    }

    /// The message that is the document's, living or departed.
    private func find(_ document: MessageDocument) throws -> Int64? {
        for key in document.identityKeys {
            if let id = try find(key: key) { return id }
        }
        return try find(key: document.contentKey)
    }

    func find(key: [UInt8]) throws -> Int64? {
        sql.findIdentity.bind(1, key)
        return try sql.findIdentity.runForInteger()
    }

    /// - Parameter isOwn: the document is the message's, not another by which it is known. See `v005-identities`.
    private func addIdentities(_ document: MessageDocument, _ id: Int64, isOwn: Bool) throws {
        for key in document.identityKeys { try addIdentity(key, -id) }
        try addIdentity(document.contentKey, isOwn ? id : -id)
    }

    private func addIdentity(_ key: [UInt8], _ id: Int64) throws {
        sql.insertIdentity.bind(1, key)
        sql.insertIdentity.bind(2, id)
        try sql.insertIdentity.run()
    }

    func isLiving(_ id: Int64) throws -> Bool {
        sql.readMessage.bind(1, id)
        defer { sql.readMessage.reset() }
        return try sql.readMessage.step()
    }

    /// - Parameter number: of the document, which is written when all of a batch's are.
    private func insert(_ document: MessageDocument, _ id: Int64, number: Int64, flags: FlagSet) throws {
        try addIdentities(document, id, isOwn: true)
        try enter(
            id, number, document.columns, document.facts, body: document.body,
            attachments: document.attachmentText, flags: flags)
    }

    /// Makes a document findable: the message's row, its text, its facts.
    private func enter(
        _ id: Int64, _ number: Int64, _ columns: DocumentColumns, _ facts: DocumentFacts, body: String,
        attachments: String, flags: FlagSet
    ) throws {
        try noteOrder(of: id, dated: columns.date)
        let thread = try thread(of: facts)
        let list = try listID(columns.list)
        let change = nextChange()
        sql.insertMessage.bind(1, id)
        sql.insertMessage.bind(2, columns.date)
        sql.insertMessage.bind(3, thread)
        sql.insertMessage.bind(4, Int64(flags.flags.rawValue))
        sql.insertMessage.bind(5, columns.size)
        sql.insertMessage.bind(6, facts.attachmentCount)
        sql.insertMessage.bind(7, list)
        sql.insertMessage.bind(8, change)
        sql.insertMessage.bind(9, change)
        sql.insertMessage.bind(10, number)
        sql.insertMessage.bind(11, try facts.sender.map(addressID))
        try sql.insertMessage.run()
        messageCount += 1
        created[id] = Fresh(flagset: try flagsetID(flags))
        if !(flags.keywords.isEmpty && flags.labels.isEmpty) {
            var combined = CombinedFlags()
            combined.add(flags)
            try tag(id, old: CombinedFlags(), new: combined)
        }
        try enterFacts(id, facts)
        try texts.add(id, columns, body: body, attachments: attachments)
    }

    private func enterFacts(_ id: Int64, _ facts: DocumentFacts) throws {
        for reference in facts.references {
            sql.insertReference.bind(1, reference.token)
            sql.insertReference.bind(2, id)
            sql.insertReference.bind(3, reference.kind)
            try sql.insertReference.run()
        }
        try addParticipants(facts.participants, id)
        try addFiles(facts.files, id)
    }

    /// Brings a departed message back; false where its document is gone.
    func revive(_ id: Int64, flags: FlagSet) throws -> Bool {
        guard let stored = try readStored(id, sql.readDeparted) else { return false }
        sql.deleteDeparted.bind(1, id)
        try sql.deleteDeparted.run()
        try enter(
            id, stored.number, stored.columns, DocumentFacts(stored.columns), body: stored.body,
            attachments: stored.attachments, flags: flags)
        return true
    }

    /// Takes a message out of all that queries see; its document stays for a while.
    func depart(_ id: Int64) throws {
        let flagsets = touched[id] ?? []
        guard let stored = try readStored(id, sql.readLiving) else { return }
        let facts = DocumentFacts(stored.columns)
        try texts.remove(id, stored.columns, body: stored.body, attachments: stored.attachments)
        try tag(id, old: try combined(flagsets), new: CombinedFlags())
        sql.readMessage.bind(1, id)
        _ = try sql.readMessage.step()
        let thread = sql.readMessage.integer(1)
        let createdChange = sql.readMessage.integer(2)
        sql.readMessage.reset()
        try leaveFacts(id, facts)
        sql.deleteMessage.bind(1, id)
        try sql.deleteMessage.run()
        messageCount -= 1
        loosened[thread, default: []].formUnion(facts.references.lazy.map(\.token))
        sql.insertDeparted.bind(1, id)
        sql.insertDeparted.bind(2, now)
        sql.insertDeparted.bind(3, LineColumn.decode(stored.columns.messageIDs).first.map(MessageIDToken.token))
        sql.insertDeparted.bind(4, stored.number)
        try sql.insertDeparted.run()
        sql.insertDestroyed.bind(1, nextChange())
        sql.insertDestroyed.bind(2, id)
        sql.insertDestroyed.bind(3, createdChange)
        try sql.insertDestroyed.run()
        if created.removeValue(forKey: id) == nil { outcome.destroyed.append(EmailID(rawValue: id)) }
    }

    private func leaveFacts(_ id: Int64, _ facts: DocumentFacts) throws {
        for reference in facts.references {
            sql.deleteReference.bind(1, reference.token)
            sql.deleteReference.bind(2, id)
            try sql.deleteReference.run()
        }
        try removeParticipants(facts.participants, id)
        if !facts.files.isEmpty {
            sql.deleteFiles.bind(1, id)
            try sql.deleteFiles.run()
        }
    }

    /// Gives a message other content. Its id, and so its place among others, stays.
    func replace(_ replacement: Replacement) throws {
        let id = replacement.message.rawValue
        let document = replacement.document
        guard let stored = try readStored(id, sql.readLiving) else {
            throw IndexError(
                code: .unknownReference, message: "the index has no message \(replacement.message)")
        }
        if stored.columns.digest == document.digest, stored.attachments == document.attachmentText { return }
        let oldFacts = DocumentFacts(stored.columns)
        try texts.remove(id, stored.columns, body: stored.body, attachments: stored.attachments)
        sql.readMessage.bind(1, id)
        _ = try sql.readMessage.step()
        let oldThread = sql.readMessage.integer(1)
        sql.readMessage.reset()
        try leaveFacts(id, oldFacts)
        var columns = document.columns
        columns.date = stored.columns.date
        columns.bind(to: sql.replaceDocument, from: 1)
        sql.replaceDocument.bind(1 + DocumentColumns.count, compressedText(of: document))
        sql.replaceDocument.bind(2 + DocumentColumns.count, stored.number)
        try sql.replaceDocument.run()
        if stored.columns.digest != document.digest {
            sql.disownIdentity.bind(1, MessageIdentity.content(stored.columns.digest).key ?? [])
            sql.disownIdentity.bind(2, id)
            try sql.disownIdentity.run()
        }
        try addIdentities(document, id, isOwn: true)
        // Leaves its thread as one that departs, and joins the one that its new header names.
        let oldTokens = Set(oldFacts.references.lazy.map(\.token))
        if oldTokens != Set(document.facts.references.lazy.map(\.token)) {
            loosened[oldThread, default: []].formUnion(oldTokens)
            sql.setThread.bind(1, try thread(of: document.facts))
            sql.setThread.bind(2, id)
            try sql.setThread.run()
        }
        sql.updateFacts.bind(1, document.columns.size)
        sql.updateFacts.bind(2, document.facts.attachmentCount)
        sql.updateFacts.bind(3, try listID(document.columns.list))
        sql.updateFacts.bind(4, try document.facts.sender.map(addressID))
        sql.updateFacts.bind(5, id)
        try sql.updateFacts.run()
        try enterFacts(id, document.facts)
        try texts.add(id, document.columns, body: document.body, attachments: document.attachmentText)
        replaced.insert(id)
    }

    private func readStored(_ id: Int64, _ statement: SQLStatement) throws -> StoredDocument? {
        statement.bind(1, id)
        defer { statement.reset() }
        guard try statement.step() else { return nil }
        return try StoredDocument(statement, database, dictionaries)
    }

    /// Drops the documents of messages that left long enough ago, a bounded number a transaction.
    func sweepDeparted(hasDepartures: Bool) throws {
        let sweep: Int64 = 2_000
        var gone: [(id: Int64, document: Int64)] = []
        if now > 0 {
            sql.oldDeparted.bind(1, now - options.departedLifetime)
            sql.oldDeparted.bind(2, sweep)
            try sql.oldDeparted.forEachRow { gone.append(($0.integer(0), $0.integer(1))) }
        }
        if hasDepartures, gone.isEmpty {
            let surplus = (try sql.countDeparted.runForInteger() ?? 0) - Int64(options.departedCount)
            if surplus > 0 {
                sql.firstDeparted.bind(1, surplus)
                try sql.firstDeparted.forEachRow { gone.append(($0.integer(0), $0.integer(1))) }
            }
        }
        for (id, document) in gone {
            sql.deleteContentIdentity.bind(1, id)
            sql.deleteContentIdentity.bind(2, document)
            try sql.deleteContentIdentity.run()
            for (statement, key) in [
                (sql.deleteDeparted, id), (sql.deleteDocument, document), (sql.deleteIdentities, id),
            ] {
                statement.bind(1, key)
                try statement.run()
            }
        }
    }
}
