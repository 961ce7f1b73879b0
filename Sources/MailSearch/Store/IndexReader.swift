/// An index opened for reading: queries, messages, states. Any number of processes read at the same time, beside the one
/// that writes, and none waits for another.
///
/// What can be asked is told by ``IndexReading``. Its functions block the calling thread for as long as they take (never
/// call them on an event loop); they see the index as the last whole batch left it.
public final class IndexReader: IndexReading, Sendable {
    /// The file's name in the folder.
    public static let fileName = "index.sqlite"

    /// The file.
    public let path: String
    public var reader: IndexReader { self }

    let totals = TotalCache()
    let stamps = IndexStamps()
    package let dictionaries: TextDictionaries
    let kept: KeptMessages?
    let facts: FactSets?
    private let connections: ReaderPool

    /// Opens the index in a folder. Nothing is made, and a folder that can't be written to does no harm.
    ///
    /// - Throws: `IndexError`: `notFound`, or by whose fault it can't be read. What is no index, damaged, or from another
    ///   Trawl is refused.
    public static func open(
        _ directory: String, options: IndexStoreOptions = IndexStoreOptions()
    ) throws -> IndexReader {
        let path = IndexFiles.path(in: directory)
        return try IndexError.translating(path) {
            guard IndexFiles.size(of: path) > 0 else {
                throw IndexError(
                    code: .notFound,
                    message: "there is no index at \(path): \"trawl account add\" and \"trawl sync\" make one, "
                        + "or \"trawl import\"")
            }
            if options.isForOneAnswer, IndexFiles.logIsEmpty(path) {
                // SQLite reads the log itself where its shared memory is nobody's. That there is something to be mended
                // is an error then, which the usual way mends.
                do { return try opened(path, IndexFiles.readOnlyLogURI(path), options) } catch is SQLiteError {}
            }
            do {
                return try opened(path, path, options)
            } catch let error as SQLiteError where IndexFiles.canBeReadAsImmutable(path, after: error) {
                // Nobody can write here, so nobody does: SQLite may do without the log and its shared memory.
                return try opened(path, IndexFiles.immutableURI(path), options)
            }
        }
    }

    private static func opened(_ path: String, _ name: String, _ options: IndexStoreOptions) throws -> IndexReader {
        let reader = IndexReader(path, name, options, TextDictionaries(isForWriting: false), isMapped: true)
        try reader.refuseOthers()
        return reader
    }

    /// For an index that is known to be one.
    ///
    /// - Parameter isMapped: the file is mapped rather than copied, which is best for a few searches.
    package convenience init(
        path: String, _ options: IndexStoreOptions, _ dictionaries: TextDictionaries, isMapped: Bool
    ) {
        self.init(path, path, options, dictionaries, isMapped: isMapped)
    }

    private init(
        _ path: String, _ name: String, _ options: IndexStoreOptions, _ dictionaries: TextDictionaries, isMapped: Bool
    ) {
        self.path = path
        self.dictionaries = dictionaries
        kept = options.keptMessageBytes > 0 ? KeptMessages(capacity: options.keptMessageBytes) : nil
        facts = options.keptMessageBytes > 0 ? FactSets() : nil
        connections = ReaderPool(capacity: options.readerCount) {
            let connection = try SQLiteDatabase(reading: name, isForWordsAlone: options.isForWordsAlone)
            try IndexConnection.prepareReading(connection, options, dictionaries, isMapped: isMapped)
            if options.isForOneAnswer { try connection.stayInSnapshot() }
            return connection
        }
    }

    private func refuseOthers() throws {
        try connections.read { connection in
            try connection.inSnapshot { try IndexState($0).refuse(at: path, isForWriting: false) }
        }
    }

    /// Reads in one snapshot.
    package func read<R>(_ body: (SQLiteDatabase) throws -> R) throws -> R {
        try IndexError.translating(path) { try connections.read { try $0.inSnapshot(body) } }
    }

    /// Lets go of memory that is kept for what comes next. For a process that stays, now and then: what is needed again
    /// costs a few microseconds.
    public func releaseMemory() {
        connections.releaseMemory()
        ZstdFrame.releaseMemory()
        DocumentSetMemory.pool.removeAll()
        LeafMemory.pool.removeAll()
        facts?.removeAll()
    }

    /// Ends all work and closes the file. What is called afterwards throws.
    public func close() { connections.close() }
}
