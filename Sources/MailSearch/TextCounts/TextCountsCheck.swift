/// Compares what was counted ahead with the words' lists.
package enum TextCountsCheck {
    /// Counts of each kind that are compared: to go through the lists of a hundred thousand would take minutes.
    static let compared = 200

    /// How many of some counts, spread over all there are, differ from what the lists say.
    package static func differences(in database: SQLiteDatabase) throws -> Int {
        guard let counts = try TextCounts(database), let finder = try TextFinder(database) else { return 0 }
        var differences = 0
        for kind in [CountKey.word, CountKey.beginning, CountKey.pair] {
            let all = Int(
                try database.integer(
                    "SELECT count(*) FROM text_count WHERE key >= ? AND key < ?", .blob([kind]), .blob([kind + 1])) ?? 0
            )
            let keys = try SQLStatement(
                database, "SELECT key FROM text_count WHERE key >= ? AND key < ? ORDER BY key",
                [.blob([kind]), .blob([kind + 1])])
            let step = max(all / Self.compared, 1)
            for place in 0..<all {
                guard try keys.step() else { break }
                guard place % step == 0 else { continue }
                let plan = CountKey.plan(keys.blob(0))
                guard let count = try counts.count(plan) else { continue }
                if try count != finder.count(plan) { differences += 1 }
            }
            keys.reset()
        }
        return differences
    }
}
