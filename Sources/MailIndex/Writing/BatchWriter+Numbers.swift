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

    /// Called for each message before it becomes one of those that are found: counts how far it strays.
    func noteOrder(of id: Int64, dated date: Int64) throws {
        defer { newestDate = max(newestDate, date) }
        let drift = id - date / EmailID.secondsPerID
        // No number is smaller than its date's: what stands before this one is older, but for the drift.
        let above = min(drift * EmailID.secondsPerID, newestDate - date)
        // What stands behind it can only be older where it was pushed on.
        var below: Int64 = 0
        if idDrift > 0 {
            sql.nextDate.bind(1, id)
            defer { sql.nextDate.reset() }
            if try sql.nextDate.step(), sql.nextDate.integer(0) <= id + idDrift, sql.nextDate.integer(1) < date {
                // What follows the next one can be older by what the disorder was.
                below = min(date - sql.nextDate.integer(1) + dateDisorder, (idDrift + 1) * EmailID.secondsPerID)
            }
        }
        idDrift = max(idDrift, drift)
        dateDisorder = max(dateDisorder, above, below)
    }

    private func lastID() throws -> Int64 { try sql.lastID.runForInteger() ?? 0 }

    private func isTaken(_ id: Int64) throws -> Bool {
        sql.isTaken.bind(1, id)
        return try sql.isTaken.runForInteger() != nil
    }
}
