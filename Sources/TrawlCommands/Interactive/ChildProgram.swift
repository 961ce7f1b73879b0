import TrawlService

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A program that is given the terminal until it ends: a pager, a mail reader.
enum ChildProgram {
    /// Runs a program found in PATH.
    ///
    /// - Parameter input: what it reads from its standard input; nil: the terminal.
    /// - Returns: what went wrong, for people; nil for nothing.
    static func run(_ arguments: [String], input: String? = nil) -> String? {
        guard let name = arguments.first else { return nil }
        var ends: [Int32] = [-1, -1]
        if input != nil {
            guard pipe(&ends) == 0 else { return "can't run \(name): \(text(of: errno))" }
            for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        }
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
            var attributes: posix_spawnattr_t?
        #else
            var actions = posix_spawn_file_actions_t()
            var attributes = posix_spawnattr_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        posix_spawnattr_init(&attributes)
        defer {
            posix_spawn_file_actions_destroy(&actions)
            posix_spawnattr_destroy(&attributes)
        }
        if input != nil { posix_spawn_file_actions_adddup2(&actions, ends[0], 0) }
        // Ignored signals would stay ignored in the program.
        var defaults = sigset_t()
        sigemptyset(&defaults)
        sigaddset(&defaults, SIGPIPE)
        sigaddset(&defaults, SIGINT)
        sigaddset(&defaults, SIGQUIT)
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))
        var words: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        words.append(nil)
        defer { for word in words { free(word) } }
        var process = pid_t()
        let failure = posix_spawnp(&process, name, &actions, &attributes, words, environ)
        if input != nil { _ = close(ends[0]) }
        guard failure == 0 else {
            if input != nil { _ = close(ends[1]) }
            return "can't run \(name): \(text(of: failure))"
        }
        if let input {
            writeAll(Array(input.utf8), to: ends[1])
            _ = close(ends[1])
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        let code = (status >> 8) & 0xFF
        // What a shell says of a program that isn't there.
        return status & 0x7F == 0 && (code == 126 || code == 127) ? "can't run \(arguments.last ?? name)" : nil
    }

    /// Whoever has read enough goes away before the end.
    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    return
                }
                rest = rest.dropFirst(count)
            }
        }
    }

    private static func text(of number: Int32) -> String { String(cString: strerror(number)) }

    /// The first of some programs that PATH has.
    static func find(_ names: [String]) -> String? { names.first(where: ProgramSearch.finds) }
}
