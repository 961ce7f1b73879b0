#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Presentation

extension RPCSocket {
    /// The listening socket that systemd made and hands over (sd_listen_fds(3)), or nil where it didn't.
    ///
    /// Taken once: programs that are started from here don't find it again.
    static func inherited() -> Int32? {
        defer {
            for name in ["LISTEN_PID", "LISTEN_FDS", "LISTEN_FDNAMES"] { unsetenv(name) }
        }
        guard let process = Environment.value("LISTEN_PID"), process == String(getpid()),
            let count = Environment.value("LISTEN_FDS").flatMap({ Int($0) }), count >= 1
        else { return nil }
        // The first of what is handed over; the unit names one.
        let first: Int32 = 3
        var info = stat()
        guard fstat(first, &info) == 0, info.st_mode & S_IFMT == S_IFSOCK else { return nil }
        _ = fcntl(first, F_SETFD, FD_CLOEXEC)
        return first
    }
}
