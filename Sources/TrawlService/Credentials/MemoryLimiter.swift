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
        // A name that begins like an option is none of prlimit's.
        guard let name = command.first, !name.hasPrefix("-"), access(program, X_OK) == 0, ProgramSearch.finds(name)
        else { return nil }
        // Not the limit of addresses: Java and others reserve far more of those than they ever use.
        return [program, "--data=\(octets):\(octets)"] + command
    }
}
