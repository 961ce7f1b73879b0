#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Runs commands with a limit of memory that holds from their first instruction, for all that they start too.
///
/// posix_spawn can set none, and one that is set from outside comes after a shell has started what it pipes to. So
/// util-linux's prlimit sets it on itself and becomes the command; every Linux has it.
enum MemoryLimiter {
    static let program = "/usr/bin/prlimit"

    /// Nil where there is no limiter, or no such command: starting that then says so.
    static func arguments(running command: [String], with octets: Int) -> [String]? {
        guard let name = command.first, access(program, X_OK) == 0, isFound(name) else { return nil }
        // Not the limit of addresses: Java and others reserve far more of those than they ever use.
        return [program, "--data=\(octets):\(octets)"] + command
    }

    /// As posix_spawnp looks for it.
    private static func isFound(_ name: String) -> Bool {
        // A name that begins like an option is none of prlimit's.
        if name.hasPrefix("-") { return false }
        if name.contains("/") { return access(name, X_OK) == 0 }
        let path = getenv("PATH").map { String(cString: $0) } ?? "/usr/bin:/bin"
        return path.split(separator: ":").contains { access("\($0)/\(name)", X_OK) == 0 }
    }
}
