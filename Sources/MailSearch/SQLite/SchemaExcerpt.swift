import CSQLite
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A way for SQLite to its files (a VFS) on which it sees but those tables that a search for words and dates needs.
///
/// Before its first statement, SQLite reads the definition of each table, index and view there is, all fifty: in a process that
/// answers one search, a fifth of all that it does. The usual way to files is taken for everything; only the page with the
/// schema is cut to some rows when it is read, from the file or its log (``SchemaPage``). For connections that never write.
///
/// What needs another table fails. What needs but an index that is left out would work without it, and slowly: so nothing is
/// asked for here but what ``IndexStoreOptions/isForWordsAlone`` tells.
enum SchemaExcerpt {
    /// For `sqlite3_open_v2`; nil where it can't be had.
    static let name: String? = register() ? own : nil

    private static let own = "trawl-words"

    /// What a search for words and dates reads, each followed by a space.
    static let tables: StaticString = """
        message document message_text message_text_data message_text_idx message_text_config dictionary counter setting \
        grdb_migrations sqlite_autoindex_grdb_migrations_1 
        """

    private static func isWanted(_ name: UnsafeBufferPointer<UInt8>) -> Bool {
        guard let start = name.baseAddress else { return false }
        let end = tables.utf8Start + tables.utf8CodeUnitCount
        var table = tables.utf8Start
        while let space = memchr(table, Int32(UInt8(ascii: " ")), end - table) {
            let length = UnsafeRawPointer(space) - UnsafeRawPointer(table)
            if length == name.count, memcmp(table, start, length) == 0 { return true }
            table += length + 1
        }
        return false
    }

    private static func register() -> Bool {
        guard sqlite3_initialize() == SQLITE_OK, let usual = sqlite3_vfs_find(nil) else { return false }
        // SQLite keeps it, and its name, as long as the process lives.
        let system = UnsafeMutablePointer<sqlite3_vfs>.allocate(capacity: 1)
        system.initialize(to: usual.pointee)
        system.pointee.zName = UnsafePointer(strdup(own))
        system.pointee.pNext = nil
        system.pointee.xOpen = { _, path, file, flags, outFlags in
            guard let usual = sqlite3_vfs_find(nil), let open = usual.pointee.xOpen else { return SQLITE_CANTOPEN }
            let code = open(usual, path, file, flags, outFlags)
            if code == SQLITE_OK, flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL) != 0, let file {
                SchemaExcerpt.intercept(file)
            }
            return code
        }
        return sqlite3_vfs_register(system, 0) == SQLITE_OK
    }

    /// A file's functions with those that stand in their place, which SQLite takes for the former.
    private struct Methods {
        var own: sqlite3_io_methods
        let usual: UnsafePointer<sqlite3_io_methods>
    }

    private static func intercept(_ file: UnsafeMutablePointer<sqlite3_file>) {
        guard let usual = file.pointee.pMethods else { return }
        let methods = UnsafeMutablePointer<Methods>.allocate(capacity: 1)
        methods.initialize(to: Methods(own: usual.pointee, usual: usual))
        methods.pointee.own.xRead = { file, bytes, count, offset in
            guard let file, let read = SchemaExcerpt.methods(of: file)?.pointee.usual.pointee.xRead else {
                return SQLITE_IOERR
            }
            let code = read(file, bytes, count, offset)
            if code == SQLITE_OK, let bytes {
                let page = UnsafeMutableBufferPointer(
                    start: bytes.assumingMemoryBound(to: UInt8.self), count: Int(count))
                SchemaPage.keep(in: page, where: SchemaExcerpt.isWanted)
            }
            return code
        }
        methods.pointee.own.xClose = { file in
            guard let file, let methods = SchemaExcerpt.methods(of: file) else { return SQLITE_IOERR }
            let usual = methods.pointee.usual
            file.pointee.pMethods = usual
            methods.deallocate()
            return usual.pointee.xClose?(file) ?? SQLITE_IOERR
        }
        file.pointee.pMethods = UnsafeRawPointer(methods).assumingMemoryBound(to: sqlite3_io_methods.self)
    }

    private static func methods(of file: UnsafeMutablePointer<sqlite3_file>) -> UnsafeMutablePointer<Methods>? {
        file.pointee.pMethods.map {
            UnsafeMutableRawPointer(mutating: $0).assumingMemoryBound(to: Methods.self)
        }
    }
}
