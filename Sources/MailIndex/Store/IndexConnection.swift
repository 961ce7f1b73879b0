import Foundation
import GRDB

/// What every connection to the index is given: limits, the tokenizer, the functions of the schema.
enum IndexConnection {
    /// Of a new index. Messages are some kilobytes long: with 4,096, a seventh of the file would be the empty ends of
    /// pages.
    static let pageSize = 16_384
    /// Pages in the log after which it is written back into the file.
    static let checkpointPages = 1_000
    /// What the log is cut back to after that, in octets.
    static let logSizeLimit = 64 << 20
    /// Octets of the file that a process which only reads maps rather than copies: most are gone again after one search,
    /// and spent a third of it on pages for copies.
    static let mappedBytes = 1 << 30
    /// How long a writer waits for another process's write lock, in seconds.
    static let busySeconds = 10.0

    static func configuration(
        _ access: IndexStore.Access, _ options: IndexStoreOptions, _ dictionaries: TextDictionaries
    ) -> Configuration {
        var configuration = Configuration()
        configuration.label = "trawl.index"
        configuration.readonly = access == .readOnly
        configuration.maximumReaderCount = max(options.readerCount, 1)
        configuration.busyMode = .timeout(busySeconds)
        configuration.foreignKeysEnabled = access == .readWrite
        configuration.prepareDatabase { database in
            database.add(tokenizer: MailTokenizer.self)
            database.add(function: textFunction(database, dictionaries))
            let isWriter = !database.configuration.readonly
            let cache = isWriter ? options.writerCacheBytes : options.readerCacheBytes
            // The page size first: SQLite counts a cache in pages, and what it counted with the default page size stays,
            // so that the cache of a new index would be four times as large.
            var sql = isWriter ? "PRAGMA page_size = \(pageSize);" : ""
            sql += "PRAGMA cache_size = -\(cache / 1024); PRAGMA temp_store = MEMORY;"
            if isWriter {
                sql += """
                    PRAGMA secure_delete = FAST;
                    PRAGMA wal_autocheckpoint = \(checkpointPages);
                    PRAGMA journal_size_limit = \(logSizeLimit);
                    """
            }
            if access == .readOnly { sql += "PRAGMA mmap_size = \(mappedBytes);" }
            try database.execute(sql: sql)
        }
        return configuration
    }

    /// `trawl_text(blob, section)`: see ``TextCodec``.
    private static func textFunction(_ database: Database, _ dictionaries: TextDictionaries) -> DatabaseFunction {
        // SQLite calls it within the connection alone, and drops it with the connection. The connection holds it.
        nonisolated(unsafe) weak let database = database
        return DatabaseFunction("trawl_text", argumentCount: 2, pure: true) { values in
            guard values.count == 2, let database, let data = Data.fromDatabaseValue(values[0]) else { return nil }
            guard let number = Int64.fromDatabaseValue(values[1]), let section = TextCodec.Section(rawValue: number)
            else { return nil }
            let text = try data.withUnsafeBytes { try dictionaries.text($0, section, database) }
            return text.isEmpty ? nil : text
        }
    }
}
