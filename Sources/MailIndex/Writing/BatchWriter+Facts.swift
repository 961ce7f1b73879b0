import MailSearch

extension BatchWriter {
    func listID(_ name: String) throws -> Int64? {
        guard !name.isEmpty else { return nil }
        if let id = listIDs[name] { return id }
        let id = try intern(name, find: sql.findList, insert: sql.insertList)
        listIDs[name] = id
        return id
    }

    private func typeID(_ name: String) throws -> Int64 {
        if let id = typeIDs[name] { return id }
        let id = try intern(name, find: sql.findType, insert: sql.insertType)
        typeIDs[name] = id
        return id
    }

    private func intern(_ name: String, find: SQLStatement, insert: SQLStatement) throws -> Int64 {
        find.bind(1, name)
        if let id = try find.runForInteger() { return id }
        insert.bind(1, name)
        return try insert.runForInsertedID()
    }

    func addFiles(_ files: [DocumentFacts.File], _ message: Int64) throws {
        var ordinal: Int64 = 0
        for file in files {
            sql.insertFile.bind(1, message)
            sql.insertFile.bind(2, ordinal)
            sql.insertFile.bind(3, try typeID(file.mediaType))
            sql.insertFile.bind(4, file.name)
            try sql.insertFile.run()
            ordinal += 1
        }
    }

    func addParticipants(_ participants: [DocumentFacts.Participant], _ message: Int64) throws {
        for participant in participants {
            let id = try addressID(participant.email)
            sql.insertParticipant.bind(1, id)
            sql.insertParticipant.bind(2, message)
            sql.insertParticipant.bind(3, participant.roles.rawValue)
            try sql.insertParticipant.run()
            var change = addressChanges[id] ?? AddressChange()
            if participant.roles.contains(.from) { change.from += 1 }
            if !participant.roles.isDisjoint(with: .recipients) { change.to += 1 }
            change.last = max(change.last, message)
            if !participant.name.isEmpty, message > change.nameMessage {
                change.name = participant.name
                change.nameMessage = message
            }
            addressChanges[id] = change
        }
    }

    func removeParticipants(_ participants: [DocumentFacts.Participant], _ message: Int64) throws {
        for participant in participants {
            let id = try addressID(participant.email)
            sql.deleteParticipant.bind(1, id)
            sql.deleteParticipant.bind(2, message)
            try sql.deleteParticipant.run()
            var change = addressChanges[id] ?? AddressChange()
            if participant.roles.contains(.from) { change.from -= 1 }
            if !participant.roles.isDisjoint(with: .recipients) { change.to -= 1 }
            change.hasLost = true
            addressChanges[id] = change
        }
    }

    /// The number of an address; made where it is new.
    func addressID(_ email: String) throws -> Int64 {
        if let id = addressIDs[email] { return id }
        let id: Int64
        sql.findAddress.bind(1, email)
        if let found = try sql.findAddress.runForInteger() {
            id = found
        } else {
            sql.insertAddress.bind(1, email)
            sql.insertAddress.bind(2, AddressKey.key(name: "", email: email))
            id = try sql.insertAddress.runForInsertedID()
        }
        addressIDs[email] = id
        return id
    }

    /// Adds a transaction's sums to each address that it met.
    func writeAddressChanges() throws {
        for (id, change) in addressChanges {
            sql.readAddress.bind(1, id)
            guard try sql.readAddress.step() else {
                sql.readAddress.reset()
                continue
            }
            let email = sql.readAddress.text(0)
            let nameMessage = sql.readAddress.integer(1)
            sql.readAddress.reset()
            sql.updateAddress.bind(1, change.from)
            sql.updateAddress.bind(2, change.to)
            sql.updateAddress.bind(3, change.last)
            sql.updateAddress.bind(4, id)
            try sql.updateAddress.run()
            if change.hasLost, try forgetOrRedate(id, email) { continue }
            if change.nameMessage > nameMessage {
                sql.renameAddress.bind(1, change.name)
                sql.renameAddress.bind(2, change.nameMessage)
                sql.renameAddress.bind(3, AddressKey.key(name: change.name, email: email))
                sql.renameAddress.bind(4, id)
                try sql.renameAddress.run()
            }
        }
    }

    /// After a message with this address left: true where it was the last.
    private func forgetOrRedate(_ id: Int64, _ email: String) throws -> Bool {
        sql.lastOfAddress.bind(1, id)
        guard let last = try sql.lastOfAddress.runForInteger() else {
            sql.deleteAddress.bind(1, id)
            try sql.deleteAddress.run()
            addressIDs[email] = nil
            return true
        }
        sql.redateAddress.bind(1, last)
        sql.redateAddress.bind(2, id)
        try sql.redateAddress.run()
        return false
    }
}

/// What a typed prefix is looked for in: words parted by spaces, a space before each.
enum AddressKey {
    static func key(name: String, email: String) -> String {
        let email = TextFolding.folded(email)
        guard !name.isEmpty else { return " " + email }
        return " " + TextFolding.folded(name) + " " + email
    }
}
