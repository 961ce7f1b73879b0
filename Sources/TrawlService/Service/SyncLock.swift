#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Presentation

/// Keeps a second process from synchronising into the same data folder. Ends with the process, however that ends.
public final class SyncLock: Sendable {
    private let descriptor: Int32

    /// Errors: ``ServiceError/Code/alreadyRunning`` where another process holds it, ``ServiceError/Code/fileUnusable``.
    public init(dataFolder: String) throws(ServiceError) {
        try Files.makePrivateFolder(dataFolder)
        let path = Paths.join(dataFolder, "sync.lock")
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw ServiceError(.fileUnusable, "\(path): \(Files.lastErrorText())") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let reason = errno
            close(descriptor)
            guard reason == EWOULDBLOCK else {
                throw ServiceError(.fileUnusable, "\(path): \(Files.text(ofError: reason))")
            }
            throw ServiceError(
                .alreadyRunning,
                "another trawl synchronises into \(dataFolder); wait for it, or ask it over its socket")
        }
        self.descriptor = descriptor
    }

    deinit {
        close(descriptor)
    }
}
