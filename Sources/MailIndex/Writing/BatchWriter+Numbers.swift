import MailSearch

/// The numbers of messages, and what is kept about how far they stray from the order of dates.
extension BatchWriter {
    /// A free number for a message: see `message.id` in the schema.
    ///
    /// Where the first is taken, what is at least as new as all else comes last of all; for others the end of a run of
    /// taken ones is sought by doubled steps and then halved ones: a few looks, even if a hundred thousand messages bear
    /// one second, and those that come in the order of their dates keep it.
    func makeID(dated date: Int64) throws -> Int64 {
        let base = date / EmailID.secondsPerID
        if date >= newestDate { return max(base, try lastID() + 1) }
        if try !isTaken(base) { return base }
        var step: Int64 = 1
        while try isTaken(base + step) {
            step *= 2
            guard step < 1 << 40 else { throw IndexError(code: .limit, message: "the index has no room for a message") }
        }
        var taken = step / 2
        var free = step
        while free - taken > 1 {
            let middle = (taken + free) / 2
            if try isTaken(base + middle) { taken = middle } else { free = middle }
        }
        return base + free
    }

    /// Neighbours of a message that are looked at for their dates.
    private static let mostNeighbours: Int64 = 64

    /// Called for each message before it becomes one of those that are found: counts how far it strays.
    func noteOrder(of id: Int64, dated date: Int64) throws {
        defer { newestDate = max(newestDate, date) }
        let drift = id - date / EmailID.secondsPerID
        // No number is smaller than its date's: what stands before this one is older, but for the drift.
        let before = min(drift * EmailID.secondsPerID, newestDate - date)
        if before > dateDisorder {
            dateDisorder = max(dateDisorder, min(before, try disorder(before: id, dated: date)))
        }
        // What stands behind it can only be older where it was pushed on.
        if idDrift > 0 {
            let behind = try disorder(behind: id, dated: date)
            dateDisorder = max(dateDisorder, min(behind, (idDrift + 1) * EmailID.secondsPerID))
        }
        idDrift = max(idDrift, drift)
    }

    /// By how much messages with smaller numbers are newer than a date.
    private func disorder(before id: Int64, dated date: Int64) throws -> Int64 {
        sql.earlierNumbers.bind(1, id)
        sql.earlierNumbers.bind(2, Self.mostNeighbours)
        defer { sql.earlierNumbers.reset() }
        var most: Int64 = 0
        for _ in 0..<Self.mostNeighbours {
            guard try sql.earlierNumbers.step() else { return most }
            let earlier = sql.earlierNumbers.integer(0)
            // From an older one on, all are by the disorder newer at most.
            guard earlier > date else { return most }
            most = max(most, earlier - date)
        }
        return most + dateDisorder
    }

    /// By how much messages with larger numbers are older than a date.
    private func disorder(behind id: Int64, dated date: Int64) throws -> Int64 {
        sql.laterNumbers.bind(1, id)
        sql.laterNumbers.bind(2, Self.mostNeighbours)
        defer { sql.laterNumbers.reset() }
        var most: Int64 = 0
        for _ in 0..<Self.mostNeighbours {
            guard try sql.laterNumbers.step() else { return most }
            let later = sql.laterNumbers.integer(0)
            // From a newer one on, or from one that was never pushed on so far, none is older by more than the disorder.
            guard later < date, sql.laterNumbers.integer(1) <= id + idDrift else { return most }
            most = max(most, date - later)
        }
        return most + dateDisorder
    }

    private func lastID() throws -> Int64 { try sql.lastID.runForInteger() ?? 0 }

    private func isTaken(_ id: Int64) throws -> Bool {
        sql.isTaken.bind(1, id)
        return try sql.isTaken.runForInteger() != nil
    }
}
