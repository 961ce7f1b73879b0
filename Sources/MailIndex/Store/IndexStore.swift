import GRDB
import IndexSchema

/// The index of all mail: one SQLite file in a folder, with its write-ahead log beside it.
///
/// One process writes; any number of processes read at the same time, and neither waits for the other. Reading
/// functions block the calling thread for as long as they take (never call them on an event loop); they see the index
/// as the last whole batch left it.
public final class IndexStore: Sendable {
    public enum Access: Hashable, Sendable {
        case readWrite
        case readOnly
    }

    /// The file's name in the folder.
    public static let fileName = "index.sqlite"

    public let access: Access
    public let options: IndexStoreOptions
    /// The file.
    public let path: String

    let reader: any DatabaseReader
    let writer: IndexWriter?
    let totals = TotalCache()
    let stamps = IndexStamps()
    let dictionaries: TextDictionaries

    /// Opens the index in a folder.
    ///
    /// For writing, the folder (mode 0700) and the index are made where they don't exist, and an index of an older
    /// Trawl is brought up to date. What is no index, damaged, or from a newer Trawl is refused, and not touched.
    /// For reading only, nothing is made, and a folder that can't be written to does no harm.
    public static func open(
        _ directory: String, access: Access, options: IndexStoreOptions = IndexStoreOptions()
    ) throws -> IndexStore {
        let path = IndexFiles.path(in: directory)
        return try IndexError.translating(path) {
            switch access {
            case .readWrite: try openForWriting(directory, path, options)
            case .readOnly: try openForReading(path, options)
            }
        }
    }

    private init(
        access: Access, options: IndexStoreOptions, path: String, reader: any DatabaseReader, writer: IndexWriter?,
        dictionaries: TextDictionaries
    ) {
        self.access = access
        self.options = options
        self.path = path
        self.reader = reader
        self.writer = writer
        self.dictionaries = dictionaries
    }

    private static func openForWriting(_ directory: String, _ path: String, _ options: IndexStoreOptions) throws
        -> IndexStore
    {
        try IndexFiles.makeDirectory(directory)
        let dictionaries = TextDictionaries(isForWriting: true)
        if IndexFiles.size(of: path) > 0 {
            // Looked at before anything is changed: a pool switches whatever it opens to write-ahead logging.
            let queue = try DatabaseQueue(
                path: path, configuration: IndexConnection.configuration(.readOnly, options, dictionaries))
            let state = try queue.read { try IndexMigrator.state(of: $0) }
            try queue.close()
            try IndexMigrator.refuse(state, at: path, access: .readWrite)
        }
        let pool = try DatabasePool(
            path: path, configuration: IndexConnection.configuration(.readWrite, options, dictionaries))
        try IndexMigrator.migrate(pool)
        IndexFiles.restrict(path)
        let writer = IndexWriter(pool: pool, options: options, dictionaries: dictionaries)
        // New documents are compressed with it from the beginning.
        try pool.read { database in
            let id = try Int64.fetchOne(database, sql: "SELECT max(id) FROM dictionary")
            if let id { _ = try dictionaries.dictionary(id, database) }
        }
        return IndexStore(
            access: .readWrite, options: options, path: path, reader: pool, writer: writer, dictionaries: dictionaries)
    }

    private static func openForReading(_ path: String, _ options: IndexStoreOptions) throws -> IndexStore {
        guard IndexFiles.size(of: path) > 0 else {
            throw IndexError(
                code: .notFound,
                message: "there is no index at \(path): run \"trawl sync\" or \"trawl import\" first")
        }
        let dictionaries = TextDictionaries(isForWriting: false)
        let configuration = IndexConnection.configuration(.readOnly, options, dictionaries)
        let queue: DatabaseQueue
        do {
            queue = try DatabaseQueue(path: path, configuration: configuration)
            try queue.read { try IndexMigrator.refuse(IndexMigrator.state(of: $0), at: path, access: .readOnly) }
        } catch let error as DatabaseError where IndexFiles.canBeReadAsImmutable(path, after: error) {
            // Nobody can write here, so nobody does: SQLite may do without the log and its shared memory.
            let immutable = try DatabaseQueue(path: IndexFiles.immutableURI(path), configuration: configuration)
            try immutable.read { try IndexMigrator.refuse(IndexMigrator.state(of: $0), at: path, access: .readOnly) }
            return IndexStore(
                access: .readOnly, options: options, path: path, reader: immutable, writer: nil,
                dictionaries: dictionaries)
        }
        return IndexStore(
            access: .readOnly, options: options, path: path, reader: queue, writer: nil, dictionaries: dictionaries)
    }

    /// Reads in one snapshot.
    func read<R>(_ body: (Database) throws -> R) throws -> R {
        try IndexError.translating(path) { try reader.read(body) }
    }

    /// Ends all work and closes the files. What is called afterwards throws.
    public func close() throws {
        try IndexError.translating(path) {
            writer?.close()
            try reader.close()
        }
    }
}
