import GRDB
import MailSearch

/// What the connections that write to the index are given.
enum WriterConnection {
    /// Of a new index. Messages are some kilobytes long: with 4,096, a seventh of the file would be the empty ends of
    /// pages.
    static let pageSize = 16_384
    /// Pages in the log after which it is written back into the file.
    static let checkpointPages = 1_000
    /// What the log is cut back to after that, in octets.
    static let logSizeLimit = 64 << 20

    static func configuration(_ options: IndexStoreOptions, _ dictionaries: TextDictionaries) -> Configuration {
        _ = SQLiteDatabase.leavesMemoryUncounted
        var configuration = Configuration()
        configuration.label = "trawl.index"
        // What searches goes by connections of its own.
        configuration.maximumReaderCount = 1
        // The writer's may stay open for the batches that follow: see IndexStore.apply.
        configuration.allowsUnsafeTransactions = true
        configuration.busyMode = .timeout(IndexConnection.busySeconds)
        configuration.prepareDatabase { database in
            try IndexConnection.extend(SQLiteDatabase(of: database.open), dictionaries)
            let isWriter = !database.configuration.readonly
            // The page size first: SQLite counts a cache in pages, and what it counted with the default page size stays,
            // so that the cache of a new index would be four times as large.
            var sql = isWriter ? "PRAGMA page_size = \(pageSize);" : ""
            let cache = isWriter ? options.writerCacheBytes : options.readerCacheBytes
            sql += "PRAGMA cache_size = -\(cache / 1024); PRAGMA temp_store = MEMORY;"
            if isWriter {
                sql += """
                    PRAGMA secure_delete = FAST;
                    PRAGMA wal_autocheckpoint = \(checkpointPages);
                    PRAGMA journal_size_limit = \(logSizeLimit);
                    """
            }
            try database.execute(sql: sql)
        }
        return configuration
    }
}
