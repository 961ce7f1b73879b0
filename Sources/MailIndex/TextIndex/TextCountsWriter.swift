import MailSearch

/// Keeps what was counted of the text index's large segments, and notes when it is no longer true.
enum TextCountsWriter {
    /// Has all that is taken out from now on noted; what was counted is no more.
    static func begin(_ segments: CountedSegments, in database: SQLiteDatabase) throws {
        try database.execute("DELETE FROM text_count; DELETE FROM text_removal")
        try name(segments, in: database)
    }

    /// Keeps what was counted since; false where the segments are no longer what they were.
    static func keep(_ counting: TextCounting, of segments: CountedSegments, in database: SQLiteDatabase) throws -> Bool
    {
        guard try CountedSegments.kept(in: database) == segments, try segments.stand(in: database) else { return false }
        let insertCount = try SQLStatement(database, "INSERT INTO text_count (key, documents) VALUES (?, ?)")
        for (key, documents) in counting.counts {
            insertCount.bind(1, key)
            insertCount.bind(2, documents)
            try insertCount.run()
        }
        // Taken out before it was counted, or in the meantime: it is in no count.
        let remove = try SQLStatement(database, "DELETE FROM text_removal WHERE is_counted = 1 AND id = ?")
        let insertOutdated = try SQLStatement(database, "INSERT INTO text_removal (is_counted, id) VALUES (0, ?)")
        for id in counting.outdated {
            for statement in [remove, insertOutdated] {
                statement.bind(1, id)
                try statement.run()
            }
        }
        var counted = segments
        counted.fewestOfPaired = counting.fewestOfPaired
        try name(counted, in: database)
        return true
    }

    /// To be called where all segments are about to be written anew.
    static func forget(in database: SQLiteDatabase) throws {
        try SQLStatement(database, "DELETE FROM setting WHERE key = ?", [.text(CountedSegments.settingKey)]).run()
        try database.execute("DELETE FROM text_count; DELETE FROM text_removal")
    }

    private static func name(_ segments: CountedSegments, in database: SQLiteDatabase) throws {
        try SQLStatement(
            database, "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)",
            [.text(CountedSegments.settingKey), .text(segments.text)]
        ).run()
    }
}
