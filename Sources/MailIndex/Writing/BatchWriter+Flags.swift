import MailSearch

extension BatchWriter {
    func flagsetID(_ flags: FlagSet) throws -> Int64 {
        if let id = flagsetIDs[flags] { return id }
        let keywords = LineColumn.encode(flags.keywords)
        let labels = LineColumn.encode(flags.labels)
        let id: Int64
        sql.findFlagset.bind(1, Int64(flags.flags.rawValue))
        sql.findFlagset.bind(2, keywords)
        sql.findFlagset.bind(3, labels)
        if let found = try sql.findFlagset.runForInteger() {
            id = found
        } else {
            sql.insertFlagset.bind(1, Int64(flags.flags.rawValue))
            sql.insertFlagset.bind(2, keywords)
            sql.insertFlagset.bind(3, labels)
            id = try sql.insertFlagset.runForInsertedID()
        }
        flagsetIDs[flags] = id
        flagsets[id] = flags
        return id
    }

    func flagset(_ id: Int64) throws -> FlagSet {
        if let flags = flagsets[id] { return flags }
        sql.readFlagset.bind(1, id)
        defer { sql.readFlagset.reset() }
        guard try sql.readFlagset.step() else { return .none }
        let flags = FlagSet(sql.readFlagset, from: 0)
        flagsets[id] = flags
        return flags
    }

    /// What the flag sets of a message's places come to.
    func combined(_ ids: [Int64]) throws -> CombinedFlags {
        var combined = CombinedFlags()
        for id in ids { combined.add(try flagset(id)) }
        return combined
    }

    /// Sets flags and tags of all messages whose places changed. Gives the messages that have no place left.
    func refreshTouched() throws -> [Int64] {
        var departing: [Int64] = []
        for (message, before) in touched {
            let now = try flagsetIDs(ofPlaces: message)
            guard !now.isEmpty else {
                departing.append(message)
                continue
            }
            let isNew = created[message] != nil
            let old = try combined(before)
            let new = try combined(now)
            if old.flags != new.flags {
                sql.updateFlags.bind(1, Int64(new.flags.rawValue))
                sql.updateFlags.bind(2, message)
                try sql.updateFlags.run()
            }
            try tag(message, old: old, new: new)
            if !isNew {
                try noteChange(of: message)
                outcome.updated.append(EmailID(rawValue: message))
            }
        }
        for message in replaced where touched[message] == nil && created[message] == nil {
            try noteChange(of: message)
            outcome.updated.append(EmailID(rawValue: message))
        }
        outcome.updated.sort()
        return departing
    }

    private func noteChange(of message: Int64) throws {
        sql.updateChange.bind(1, nextChange())
        sql.updateChange.bind(2, message)
        try sql.updateChange.run()
    }

    /// Takes away the tags of `old` that `new` lacks, and adds the others.
    func tag(_ message: Int64, old: CombinedFlags, new: CombinedFlags) throws {
        guard !(old.tags.isEmpty && new.tags.isEmpty) else { return }
        for (key, _) in old.tags where new.tags[key] == nil {
            guard let id = try tagID(key, name: nil) else { continue }
            sql.deleteTagging.bind(1, id)
            sql.deleteTagging.bind(2, message)
            try sql.deleteTagging.run()
        }
        for (key, name) in new.tags where old.tags[key] == nil {
            guard let id = try tagID(key, name: name) else { continue }
            sql.insertTagging.bind(1, id)
            sql.insertTagging.bind(2, message)
            try sql.insertTagging.run()
        }
    }

    /// The tag's number; made if `name` is told.
    private func tagID(_ key: TagKey, name: String?) throws -> Int64? {
        if let id = tagIDs[key] { return id }
        sql.findTag.bind(1, key.kind)
        sql.findTag.bind(2, key.folded)
        var id = try sql.findTag.runForInteger()
        if id == nil, let name {
            sql.insertTag.bind(1, key.kind)
            sql.insertTag.bind(2, name)
            sql.insertTag.bind(3, key.folded)
            id = try sql.insertTag.runForInsertedID()
        }
        if let id { tagIDs[key] = id }
        return id
    }
}
