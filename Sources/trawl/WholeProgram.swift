#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The executable that holds all commands.
enum WholeProgram {
    static let name = "trawl-commands"
    /// Where it stands, seen from this executable's folder: beside it in a build, in `libexec` where it is installed.
    static let places = ["/", "/../libexec/trawl/"]
    /// Octets of a path at most.
    private static let longestPath = 4_096

    /// Runs it in this process's place, with the same arguments. Comes back only if that can't be done, and says why.
    static func become(_ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> String {
        guard let own = executablePath(), let slash = own.utf8.lastIndex(of: UInt8(ascii: "/")) else {
            return "can't tell where this program stands: install trawl again"
        }
        for place in places {
            execv(own[..<slash] + place + name, arguments)
            guard errno == ENOENT || errno == ENOTDIR else {
                return "\(own[..<slash])\(place)\(name) can't be run: \(String(cString: strerror(errno)))"
            }
        }
        return "\(name) is missing beside \(own) and in libexec/trawl: install trawl again"
    }

    /// This executable's own path, links followed.
    private static func executablePath() -> String? {
        #if canImport(Darwin)
            var size = UInt32(longestPath)
            let path = withUnsafeTemporaryAllocation(of: CChar.self, capacity: longestPath) { buffer -> String? in
                guard let start = buffer.baseAddress, _NSGetExecutablePath(start, &size) == 0 else { return nil }
                return String(cString: start)
            }
        #else
            let path = Optional("/proc/self/exe")
        #endif
        guard let path, let resolved = realpath(path, nil) else { return nil }
        defer { free(resolved) }
        return String(cString: resolved)
    }
}
