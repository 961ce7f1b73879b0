/// What every connection to the index is given: limits, the tokenizer, the functions of the schema.
package enum IndexConnection {
    /// Octets of the file that a process which only reads maps rather than copies: most are gone again after one search,
    /// and spent a third of it on pages for copies.
    private static let mappedBytes = 1 << 30
    /// How long a connection waits for a lock of another process, in seconds.
    package static let busySeconds = 10.0

    /// The tokenizer and the functions, without which the schema can't be used.
    package static func extend(_ database: SQLiteDatabase, _ dictionaries: TextDictionaries) throws {
        try MailTokenizer.register(on: database)
        try TextFunction.register(on: database, dictionaries)
    }

    static func prepareReading(
        _ database: SQLiteDatabase, _ options: IndexStoreOptions, _ dictionaries: TextDictionaries, isMapped: Bool
    ) throws {
        database.setBusyTimeout(seconds: busySeconds)
        try extend(database, dictionaries)
        var sql = "PRAGMA temp_store = MEMORY;"
        if isMapped { sql += "PRAGMA mmap_size = \(mappedBytes);" }
        // That makes SQLite read the schema at once, which one answer is to have in the same snapshot as all else.
        if !options.isForOneAnswer { sql += "PRAGMA cache_size = -\(options.readerCacheBytes / 1024);" }
        try database.execute(sql)
    }
}
