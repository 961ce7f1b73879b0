#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Presentation

/// Reading and making files by plain system calls.
enum Files {
    /// A file's kind and the facts that tell whether it has changed.
    struct Status: Hashable, Sendable {
        enum Kind: Sendable { case file, folder, other }
        var kind: Kind
        var size: Int
        var modifiedAtNanoseconds: Int64
        var permissions: UInt32
        var owner: UInt32
        var inode: UInt64
        var device: UInt64
    }

    /// Follows symbolic links. Nil where nothing is there or it can't be looked at.
    static func status(_ path: String) -> Status? {
        var info = stat()
        guard stat(path, &info) == 0 else { return nil }
        return Status(info)
    }

    /// What the system says of the last failed call.
    static func lastErrorText() -> String { text(ofError: errno) }

    static func text(ofError number: Int32) -> String {
        guard let text = strerror(number) else { return "error \(number)" }
        return String(cString: text)
    }

    /// Reads a whole file, at most `limit` octets.
    ///
    /// Errors: ``ServiceError/Code/fileUnusable`` where it can't be opened or read, or is larger.
    static func read(_ path: String, limit: Int) throws(ServiceError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw ServiceError(.fileUnusable, "\(path): \(lastErrorText())")
        }
        defer { close(descriptor) }
        return try read(descriptor: descriptor, path: path, limit: limit)
    }

    static func read(descriptor: Int32, path: String, limit: Int) throws(ServiceError) -> [UInt8] {
        var info = stat()
        guard fstat(descriptor, &info) == 0 else {
            throw ServiceError(.fileUnusable, "\(path): \(lastErrorText())")
        }
        guard Int(info.st_size) <= limit else {
            throw ServiceError(.fileUnusable, "\(path): larger than \(limit) octets")
        }
        // One octet more than the file says, so that its end is seen without a second growth.
        var bytes = [UInt8](repeating: 0, count: max(Int(info.st_size) + 1, 4096))
        var used = 0
        while true {
            if used == bytes.count {
                bytes.append(contentsOf: repeatElement(0, count: bytes.count))
            }
            let count = bytes.withUnsafeMutableBytes { buffer -> Int in
                guard let start = buffer.baseAddress else { return 0 }
                #if canImport(Glibc)
                    return Glibc.read(descriptor, start + used, buffer.count - used)
                #elseif canImport(Musl)
                    return Musl.read(descriptor, start + used, buffer.count - used)
                #else
                    return Darwin.read(descriptor, start + used, buffer.count - used)
                #endif
            }
            if count < 0 {
                if errno == EINTR { continue }
                throw ServiceError(.fileUnusable, "\(path): \(lastErrorText())")
            }
            if count == 0 { break }
            used += count
            guard used <= limit else {
                throw ServiceError(.fileUnusable, "\(path): larger than \(limit) octets")
            }
        }
        bytes.removeLast(bytes.count - used)
        return bytes
    }

    /// Makes a folder (and those above it) that only its owner can enter; an existing one is left as it is.
    static func makePrivateFolder(_ path: String) throws(ServiceError) {
        if let status = status(path) {
            guard status.kind == .folder else {
                throw ServiceError(.fileUnusable, "\(path): is no folder")
            }
            return
        }
        let parent = Paths.folder(of: path)
        if parent != path, status(parent) == nil { try makePrivateFolder(parent) }
        guard mkdir(path, 0o700) == 0 || errno == EEXIST else {
            throw ServiceError(.fileUnusable, "\(path): can't be made: \(lastErrorText())")
        }
    }
}

extension Files.Status {
    init(_ info: stat) {
        switch info.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .folder
        default: kind = .other
        }
        size = Int(info.st_size)
        #if canImport(Darwin)
            let time = info.st_mtimespec
        #else
            let time = info.st_mtim
        #endif
        modifiedAtNanoseconds = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
        permissions = UInt32(info.st_mode & 0o7777)
        owner = UInt32(info.st_uid)
        inode = UInt64(info.st_ino)
        device = UInt64(info.st_dev)
    }
}
