import CSQLite
#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The index's files, as the file system sees them.
package enum IndexFiles {
    package static func path(in directory: String) -> String {
        // SQLite reads "file:" at a path's beginning as a URI.
        let isPlain = directory.hasPrefix("/") || directory.hasPrefix("./")
        return (isPlain ? directory : "./" + directory) + (directory.hasSuffix("/") ? "" : "/") + IndexReader.fileName
    }

    /// -1 for no such file.
    package static func size(of path: String) -> Int64 {
        var information = stat()
        guard stat(path, &information) == 0 else { return -1 }
        return Int64(information.st_size)
    }

    /// The file, its log and the log's index.
    package static func totalSize(of path: String) -> Int64 {
        max(size(of: path), 0) + max(size(of: path + "-wal"), 0) + max(size(of: path + "-shm"), 0)
    }

    /// Makes the folder with mode 0700, and those above it with the usual mode.
    package static func makeDirectory(_ directory: String) throws {
        if mkdir(directory, 0o700) == 0 || errno == EEXIST { return }
        if errno == ENOENT, let slash = directory.dropLast().lastIndex(of: "/"), slash != directory.startIndex {
            try makeDirectory(String(directory[..<slash]))
            if mkdir(directory, 0o700) == 0 || errno == EEXIST { return }
        }
        let code = errno
        let isFull = code == ENOSPC || code == EDQUOT
        let isReadOnly = code == EROFS || code == EACCES || code == EPERM
        throw IndexError(
            code: isFull ? .diskFull : isReadOnly ? .readOnly : .inputOutput,
            message: "the folder \(directory) can't be made: \(String(cString: strerror(code)))")
    }

    /// Mail is its owner's alone, whatever the folder's mode.
    package static func restrict(_ path: String) {
        for suffix in ["", "-wal", "-shm"] { chmod(path + suffix, 0o600) }
    }

    /// Whether opening failed for want of a log that cannot be made here, and there is nothing in a log to read.
    package static func canBeReadAsImmutable(_ path: String, after error: SQLiteError) -> Bool {
        switch error.code & 0xFF {
        case SQLITE_CANTOPEN, SQLITE_READONLY, SQLITE_IOERR, SQLITE_PERM: break
        default: return false
        }
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
        return access(path, R_OK) == 0 && access(directory.isEmpty ? "/" : directory, W_OK) != 0
            && size(of: path + "-wal") <= 0
    }

    /// Whether the log has nothing to read, and its shared memory stands beside it.
    static func logIsEmpty(_ path: String) -> Bool { size(of: path + "-wal") <= 0 && size(of: path + "-shm") >= 0 }

    /// For reading a file that nobody writes.
    package static func immutableURI(_ path: String) -> String { uri(path) + "?immutable=1" }

    /// For reading beside others without ever writing to the log's shared memory.
    package static func readOnlyLogURI(_ path: String) -> String { uri(path) + "?readonly_shm=1" }

    private static func uri(_ path: String) -> String {
        var uri = "file:"
        for byte in path.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"),
                UInt8(ascii: "_"):
                uri.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                uri += byte < 16 ? "%0" : "%"
                uri += String(byte, radix: 16)
            }
        }
        return uri
    }
}
