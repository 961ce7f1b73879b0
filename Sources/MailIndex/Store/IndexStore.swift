import GRDB
import MailSearch

/// The index of all mail, for who may also write it: one SQLite file in a folder, with its write-ahead log beside it.
///
/// One process writes; any number of processes read at the same time, and neither waits for the other. What can be asked
/// is told by `IndexReading`; those functions block the calling thread for as long as they take (never call them on an
/// event loop).
public final class IndexStore: IndexReading, Sendable {
    public enum Access: Hashable, Sendable {
        case readWrite
        case readOnly
    }

    public let access: Access
    public let options: IndexStoreOptions
    public let reader: IndexReader

    let writer: IndexWriter?

    /// The file.
    public var path: String { reader.path }

    /// Opens the index in a folder.
    ///
    /// For writing, the folder (mode 0700) and the index are made where they don't exist, and an index of an older
    /// Trawl is brought up to date. What is no index, damaged, or from a newer Trawl is refused, and not touched.
    /// For reading only, nothing is made, and a folder that can't be written to does no harm.
    public static func open(
        _ directory: String, access: Access, options: IndexStoreOptions = IndexStoreOptions()
    ) throws -> IndexStore {
        switch access {
        case .readWrite:
            let path = IndexFiles.path(in: directory)
            return try IndexError.translatingAll(path) { try openForWriting(directory, path, options) }
        case .readOnly:
            let reader = try IndexReader.open(directory, options: options)
            return IndexStore(access: .readOnly, options: options, reader: reader, writer: nil)
        }
    }

    private init(access: Access, options: IndexStoreOptions, reader: IndexReader, writer: IndexWriter?) {
        self.access = access
        self.options = options
        self.reader = reader
        self.writer = writer
    }

    private static func openForWriting(_ directory: String, _ path: String, _ options: IndexStoreOptions) throws
        -> IndexStore
    {
        try IndexFiles.makeDirectory(directory)
        let dictionaries = TextDictionaries(isForWriting: true)
        if IndexFiles.size(of: path) > 0 {
            // Looked at before anything is changed: a pool switches whatever it opens to write-ahead logging.
            let connection = try SQLiteDatabase(reading: path)
            try connection.inSnapshot { try IndexState($0).refuse(at: path, isForWriting: true) }
        }
        let pool = try DatabasePool(path: path, configuration: WriterConnection.configuration(options, dictionaries))
        try IndexMigrator.migrate(pool, dictionaries)
        IndexFiles.restrict(path)
        let reader = IndexReader(path: path, options, dictionaries, isMapped: false)
        let writer = IndexWriter(pool: pool, options: options, dictionaries: dictionaries)
        // New documents are compressed with it from the beginning.
        try reader.read { database in
            let id = try database.integer("SELECT max(id) FROM dictionary")
            if let id { _ = try dictionaries.dictionary(id, database) }
        }
        return IndexStore(access: .readWrite, options: options, reader: reader, writer: writer)
    }

    /// Ends all work and closes the files. What is called afterwards throws.
    public func close() throws {
        try IndexError.translatingAll(path) {
            reader.close()
            try writer?.close()
        }
    }
}
