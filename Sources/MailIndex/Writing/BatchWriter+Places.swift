import MailSearch

extension BatchWriter {
    /// The mailbox's row, read once a transaction.
    func mailbox(_ id: MailboxID) throws -> MailboxState {
        if let state = mailboxes[id] { return state }
        sql.readMailbox.bind(1, id.rawValue)
        defer { sql.readMailbox.reset() }
        guard try sql.readMailbox.step() else {
            throw IndexError(code: .unknownReference, message: "the index has no mailbox \(id.rawValue)")
        }
        var state = MailboxState()
        state.cursor = MailboxCursor(id, sql.readMailbox, from: 0)
        state.uidValidity = sql.readMailbox.optionalInteger(0).map { UInt32(truncatingIfNeeded: $0) }
        mailboxes[id] = state
        return state
    }

    /// Makes sure that UIDs of `validity` are what the mailbox's UIDs are.
    func expect(_ validity: UInt32, of id: MailboxID) throws {
        let state = try mailbox(id)
        if state.uidValidity == validity { return }
        guard state.uidValidity == nil else {
            throw IndexError(
                code: .uidValidityChanged,
                message: "a batch for UIDVALIDITY \(validity) met a mailbox whose UIDVALIDITY is another")
        }
        sql.setValidity.bind(1, Int64(validity))
        sql.setValidity.bind(2, id.rawValue)
        try sql.setValidity.run()
        mailboxes[id]?.uidValidity = validity
    }

    /// Notes a message whose places are about to change.
    func touch(_ message: Int64) throws {
        guard touched[message] == nil else { return }
        if let fresh = created[message], !fresh.isPlaced {
            created[message]?.isPlaced = true
            touched[message] = [fresh.flagset]
        } else {
            touched[message] = try flagsetIDs(ofPlaces: message)
        }
    }

    func flagsetIDs(ofPlaces message: Int64) throws -> [Int64] {
        var ids: [Int64] = []
        sql.flagsetsOfMessage.bind(1, message)
        try sql.flagsetsOfMessage.forEachRow { ids.append($0.integer(0)) }
        return ids
    }

    func put(_ place: Place, _ message: Int64) throws {
        try expect(place.uidValidity, of: place.mailbox)
        let flagset = try flagsetID(place.flags)
        let modSeq = place.modSeq.map { Int64(bitPattern: $0) }
        sql.readPlace.bind(1, place.mailbox.rawValue)
        sql.readPlace.bind(2, Int64(place.uid))
        let isKnown = try sql.readPlace.step()
        let oldMessage = isKnown ? sql.readPlace.integer(0) : 0
        let oldFlagset = isKnown ? sql.readPlace.integer(1) : 0
        let oldModSeq = isKnown ? sql.readPlace.optionalInteger(2) : nil
        sql.readPlace.reset()
        guard isKnown else {
            if created[message]?.isPlaced == false { created[message]?.isPlaced = true } else { try touch(message) }
            sql.insertPlace.bind(1, place.mailbox.rawValue)
            sql.insertPlace.bind(2, Int64(place.uid))
            sql.insertPlace.bind(3, message)
            sql.insertPlace.bind(4, flagset)
            sql.insertPlace.bind(5, modSeq)
            try sql.insertPlace.run()
            count(place.mailbox, 1, unseen: place.flags.flags.contains(.seen) ? 0 : 1)
            return
        }
        let newModSeq = modSeq ?? oldModSeq
        guard oldMessage != message || oldFlagset != flagset || oldModSeq != newModSeq else { return }
        if oldMessage != message || oldFlagset != flagset {
            try touch(oldMessage)
            try touch(message)
            let wasSeen = try self.flagset(oldFlagset).flags.contains(.seen)
            count(place.mailbox, 0, unseen: (wasSeen ? 1 : 0) - (place.flags.flags.contains(.seen) ? 1 : 0))
        }
        sql.updatePlace.bind(1, message)
        sql.updatePlace.bind(2, flagset)
        sql.updatePlace.bind(3, newModSeq)
        sql.updatePlace.bind(4, place.mailbox.rawValue)
        sql.updatePlace.bind(5, Int64(place.uid))
        try sql.updatePlace.run()
    }

    func relocate(_ relocation: Relocation) throws {
        let id = relocation.message.rawValue
        if try !isLiving(id) {
            guard try revive(id, flags: relocation.place.flags) else {
                throw IndexError(
                    code: .unknownReference,
                    message: "the index no longer has message \(relocation.message): fetch it again")
            }
        }
        try put(relocation.place, id)
    }

    func changeFlags(_ flagChange: FlagChange) throws {
        sql.readPlace.bind(1, flagChange.mailbox.rawValue)
        sql.readPlace.bind(2, Int64(flagChange.uid))
        guard try sql.readPlace.step() else {
            sql.readPlace.reset()
            return
        }
        let message = sql.readPlace.integer(0)
        let old = sql.readPlace.integer(1)
        let oldModSeq = sql.readPlace.optionalInteger(2)
        sql.readPlace.reset()
        _ = try mailbox(flagChange.mailbox)
        let oldFlags = try flagset(old)
        var flags = flagChange.flags
        if !flagChange.hasLabels {
            flags = FlagSet(flags: flags.flags, keywords: flags.keywords, labels: oldFlags.labels)
        }
        let modSeq = flagChange.modSeq.map { Int64(bitPattern: $0) } ?? oldModSeq
        guard flags != oldFlags || modSeq != oldModSeq else { return }
        if flags != oldFlags {
            try touch(message)
            let difference = (oldFlags.flags.contains(.seen) ? 1 : 0) - (flags.flags.contains(.seen) ? 1 : 0)
            count(flagChange.mailbox, 0, unseen: Int64(difference))
        }
        sql.updatePlace.bind(1, message)
        sql.updatePlace.bind(2, try flagsetID(flags))
        sql.updatePlace.bind(3, modSeq)
        sql.updatePlace.bind(4, flagChange.mailbox.rawValue)
        sql.updatePlace.bind(5, Int64(flagChange.uid))
        try sql.updatePlace.run()
    }

    func remove(_ removal: Removal) throws {
        _ = try mailbox(removal.mailbox)
        for range in removal.uids {
            try removePlaces(removal.mailbox, Int64(range.lowerBound)...Int64(range.upperBound), limit: .max)
        }
    }

    /// How many went; the lowest UIDs go first.
    @discardableResult
    func removePlaces(_ mailbox: MailboxID, _ range: ClosedRange<Int64>, limit: Int64) throws -> Int64 {
        var messages: [(message: Int64, flagset: Int64)] = []
        var last = range.lowerBound
        sql.placesInRange.bind(1, mailbox.rawValue)
        sql.placesInRange.bind(2, range.lowerBound)
        sql.placesInRange.bind(3, range.upperBound)
        sql.placesInRange.bind(4, limit)
        try sql.placesInRange.forEachRow {
            messages.append(($0.integer(0), $0.integer(1)))
            last = $0.integer(2)
        }
        guard !messages.isEmpty else { return 0 }
        for entry in messages {
            try touch(entry.message)
            count(mailbox, -1, unseen: try flagset(entry.flagset).flags.contains(.seen) ? 0 : -1)
        }
        sql.deletePlaces.bind(1, mailbox.rawValue)
        sql.deletePlaces.bind(2, range.lowerBound)
        sql.deletePlaces.bind(3, last)
        try sql.deletePlaces.run()
        return Int64(messages.count)
    }

    func reset(_ reset: MailboxReset) throws {
        guard try mailbox(reset.mailbox).uidValidity != reset.uidValidity else { return }
        try removePlaces(reset.mailbox, 0...Int64(UInt32.max), limit: .max)
        sql.resetMailbox.bind(1, Int64(reset.uidValidity))
        sql.resetMailbox.bind(2, reset.mailbox.rawValue)
        try sql.resetMailbox.run()
        mailboxes[reset.mailbox]?.uidValidity = reset.uidValidity
        mailboxes[reset.mailbox]?.cursor = nil
    }

    func setCursor(_ cursor: MailboxCursor) throws {
        try expect(cursor.uidValidity, of: cursor.mailbox)
        guard try mailbox(cursor.mailbox).cursor != cursor else { return }
        sql.updateCursor.bind(1, Int64(cursor.uidValidity))
        sql.updateCursor.bind(2, Int64(cursor.uidNext))
        sql.updateCursor.bind(3, cursor.highestModSeq.map { Int64(bitPattern: $0) })
        sql.updateCursor.bind(4, cursor.backfilledDownTo.map { Int64($0) })
        sql.updateCursor.bind(5, cursor.serverCount.map { Int64($0) })
        sql.updateCursor.bind(6, cursor.mailbox.rawValue)
        try sql.updateCursor.run()
        mailboxes[cursor.mailbox]?.cursor = cursor
    }

    private func count(_ mailbox: MailboxID, _ messages: Int64, unseen: Int64) {
        mailboxes[mailbox]?.messages += messages
        mailboxes[mailbox]?.unseen += unseen
    }
}
