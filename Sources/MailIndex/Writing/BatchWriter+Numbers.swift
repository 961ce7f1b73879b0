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
            let newer = try disorder(sql.earlierNumbers, of: id, dated: date, sign: 1, reach: .max)
            dateDisorder = max(dateDisorder, min(before, newer))
        }
        // What stands behind it can only be older where it was pushed on.
        if idDrift > 0 {
            let older = try disorder(sql.laterNumbers, of: id, dated: date, sign: -1, reach: idDrift)
            dateDisorder = max(dateDisorder, min(older, (idDrift + 1) * EmailID.secondsPerID))
        }
        idDrift = max(idDrift, drift)
    }

    /// By how many seconds messages on one side of a number lie on the wrong side of a date: newer ones before it, older
    /// ones behind it.
    ///
    /// - Parameters:
    ///   - neighbours: gives their dates, the nearest first, and their numbers.
    ///   - sign: 1 where newer is wrong, -1 where older is.
    ///   - reach: no neighbour whose number is further off can be wrong.
    private func disorder(
        _ neighbours: SQLStatement, of id: Int64, dated date: Int64, sign: Int64, reach: Int64
    ) throws -> Int64 {
        neighbours.bind(1, id)
        neighbours.bind(2, Self.mostNeighbours)
        defer { neighbours.reset() }
        var most: Int64 = 0
        for _ in 0..<Self.mostNeighbours {
            guard try neighbours.step() else { return most }
            let wrong = sign * (neighbours.integer(0) - date)
            // From one that is right on, none is wrong by more than the disorder.
            guard wrong > 0, abs(neighbours.integer(1) - id) <= reach else { return most }
            most = max(most, wrong)
        }
        return most + dateDisorder
    }

    private func lastID() throws -> Int64 { try sql.lastID.runForInteger() ?? 0 }

    private func isTaken(_ id: Int64) throws -> Bool {
        sql.isTaken.bind(1, id)
        return try sql.isTaken.runForInteger() != nil
    }
}
