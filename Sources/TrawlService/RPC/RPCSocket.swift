#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Presentation

/// The Unix domain socket's file: made for its owner alone, a stale one replaced, a living one left.
enum RPCSocket {
    /// Octets of a path that the system's address holds, with its closing zero.
    static var longestPath: Int { MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1 }

    /// A listening socket's descriptor, bound to `path`, not listening yet.
    ///
    /// Errors: ``ServiceError/Code/alreadyRunning`` where somebody answers there; ``ServiceError/Code/socketUnusable``.
    static func bind(_ path: String) throws(ServiceError) -> Int32 {
        guard path.utf8.count <= longestPath else {
            throw ServiceError(
                .socketUnusable,
                "\(path): longer than the \(longestPath) octets of a socket's path; give a shorter one with --socket")
        }
        try Files.makePrivateFolder(Paths.folder(of: path))
        // Two that start at once must not both find the file stale; the later waits here for the earlier.
        let lock = open(path + ".lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else {
            throw ServiceError(
                .socketUnusable, "\(path): can't be made: \(Files.lastErrorText()); give another place with --socket")
        }
        defer {
            unlink(path + ".lock")
            close(lock)
        }
        while flock(lock, LOCK_EX) != 0, errno == EINTR {}
        try removeStale(path)
        #if canImport(Darwin)
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #endif
        guard descriptor >= 0 else { throw ServiceError(.socketUnusable, Files.lastErrorText()) }
        // Before bind, so that there is no moment at which others could connect (Linux takes the mode from here).
        fchmod(descriptor, 0o600)
        guard withAddress(path, { Self.systemBind(descriptor, $0, $1) }) == 0 else {
            let text = Files.lastErrorText()
            close(descriptor)
            throw ServiceError(.socketUnusable, "\(path): can't be made: \(text); give another place with --socket")
        }
        chmod(path, 0o600)
        return descriptor
    }

    /// A connected socket's descriptor, or nil where nobody answers.
    static func connect(_ path: String) -> Int32? {
        guard path.utf8.count <= longestPath else { return nil }
        #if canImport(Darwin)
            let descriptor = socket(AF_UNIX, SOCK_STREAM, 0)
        #else
            let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        #endif
        guard descriptor >= 0 else { return nil }
        while withAddress(path, { Self.systemConnect(descriptor, $0, $1) }) != 0 {
            if errno == EINTR { continue }
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private static func removeStale(_ path: String) throws(ServiceError) {
        var info = stat()
        guard lstat(path, &info) == 0 else { return }
        guard info.st_mode & S_IFMT == S_IFSOCK else {
            throw ServiceError(
                .socketUnusable, "\(path): is there and is no socket; remove it or give another place with --socket")
        }
        if let living = connect(path) {
            close(living)
            throw ServiceError(.alreadyRunning, "another trawl serve answers on \(path); end it first")
        }
        unlink(path)
    }

    private static func systemBind(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> Int32
    {
        #if canImport(Glibc)
            Glibc.bind(descriptor, address, size)
        #elseif canImport(Musl)
            Musl.bind(descriptor, address, size)
        #else
            Darwin.bind(descriptor, address, size)
        #endif
    }

    private static func systemConnect(
        _ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t
    ) -> Int32 {
        #if canImport(Glibc)
            Glibc.connect(descriptor, address, size)
        #elseif canImport(Musl)
            Musl.connect(descriptor, address, size)
        #else
            Darwin.connect(descriptor, address, size)
        #endif
    }

    private static func withAddress(_ path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8.prefix(longestPath)) }
        let size = socklen_t(MemoryLayout<sockaddr_un>.size)
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, size) }
        }
    }
}
