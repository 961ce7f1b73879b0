#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import MailSearch
import NIOPosix
import Synchronization

/// Runs a command of the configuration: arguments as given, no shell, with limits of time, output and memory.
///
/// The command gets its own process group, so that the time limit ends what it started too. Its stderr is the
/// user's.
public struct CommandRunner: Sendable {
    /// Seconds until the command is ended.
    public var timeout: Int
    /// Octets of output taken at most; more is an error.
    public var outputLimit: Int
    /// Octets of memory of its own that the command, and each process that it starts, may have; nil: as many as there
    /// are. Linux alone holds it.
    public var memoryLimit: Int?

    public init(timeout: Int, outputLimit: Int, memoryLimit: Int? = nil) {
        self.timeout = timeout
        self.outputLimit = outputLimit
        self.memoryLimit = memoryLimit
    }

    /// Runs the command on a thread of its own and returns what it wrote to stdout.
    ///
    /// Errors: ``ServiceError/Code/commandFailed``: not found, ended with a status other than 0, too slow, too much.
    /// The message names the program alone: arguments may hold what is not for logs.
    public func run(_ arguments: [String], input: [UInt8] = []) async throws -> [UInt8] {
        try await NIOThreadPool.singleton.runIfActive { try runBlocking(arguments, input: input) }
    }

    /// As ``run(_:input:)``, holding up the calling thread.
    public func runBlocking(_ arguments: [String], input: [UInt8] = []) throws(ServiceError) -> [UInt8] {
        guard let program = arguments.first, !program.isEmpty else {
            throw ServiceError(.commandFailed, "a command without a program")
        }
        _ = Self.ignoresBrokenPipes
        // Pipe ends that a child started by another thread inherited would outlive this child.
        let limited = memoryLimit.flatMap { MemoryLimiter.arguments(running: arguments, with: $0) }
        let process = try Self.starting.withLock { _ throws(ServiceError) in
            try ChildProcess(limited ?? arguments, program: limited?.first ?? program)
        }
        defer { process.closePipes() }
        if limited == nil, let memoryLimit { process.limitMemory(memoryLimit) }
        let deadline = MonotonicClock.milliseconds + Int64(timeout) * 1000
        switch exchange(process, input: input, deadline: deadline) {
        case .finished(let output):
            guard let status = waitForEnd(of: process, deadline: deadline) else {
                process.end()
                throw ServiceError(.commandFailed, "\(program) took more than \(timeout) s and was ended")
            }
            if status == 0 { return output }
            // 128 + number is how shells tell of a signal, and what people look up.
            throw ServiceError(.commandFailed, "\(program) ended with status \(status)")
        case .tooSlow:
            process.end()
            throw ServiceError(.commandFailed, "\(program) took more than \(timeout) s and was ended")
        case .tooMuch:
            process.end()
            throw ServiceError(.commandFailed, "\(program) wrote more than \(outputLimit) octets and was ended")
        case .failed(let text):
            process.end()
            throw ServiceError(.commandFailed, "\(program): \(text)")
        }
    }

    /// A command that ends without reading its input would otherwise end Trawl by SIGPIPE.
    private static let ignoresBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

    private static let starting = Mutex(())

    private enum Exchange {
        case finished([UInt8])
        case tooSlow
        case tooMuch
        case failed(String)
    }

    /// Feeds stdin and reads stdout side by side, so that neither waits for the other.
    private func exchange(_ process: ChildProcess, input: [UInt8], deadline: Int64) -> Exchange {
        var output: [UInt8] = []
        var written = 0
        if input.isEmpty { process.closeInput() }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let remaining = deadline - MonotonicClock.milliseconds
            guard remaining > 0 else { return .tooSlow }
            var descriptors = [pollfd(fd: process.outputEnd, events: Int16(POLLIN), revents: 0)]
            if process.inputEnd >= 0 {
                descriptors.append(pollfd(fd: process.inputEnd, events: Int16(POLLOUT), revents: 0))
            }
            let ready = poll(&descriptors, nfds_t(descriptors.count), Int32(clamping: min(remaining, 60_000)))
            if ready < 0 {
                if errno == EINTR { continue }
                return .failed(Files.lastErrorText())
            }
            if descriptors.count > 1, descriptors[1].revents != 0 {
                let count = input.withUnsafeBytes { buffer in
                    write(process.inputEnd, buffer.baseAddress.map { $0 + written }, buffer.count - written)
                }
                if count > 0 { written += count }
                // A command that doesn't read all of its input is no error; its status tells.
                if count < 0, errno != EAGAIN, errno != EINTR { process.closeInput() }
                if written == input.count { process.closeInput() }
            }
            if descriptors[0].revents != 0 {
                let count = chunk.withUnsafeMutableBytes { read(process.outputEnd, $0.baseAddress, $0.count) }
                if count == 0 { return .finished(output) }
                if count < 0 {
                    if errno == EINTR || errno == EAGAIN { continue }
                    return .failed(Files.lastErrorText())
                }
                guard output.count + count <= outputLimit else { return .tooMuch }
                output.append(contentsOf: chunk[..<count])
            }
        }
    }

    /// A command may close its stdout and go on; it is given the rest of its time. Nil where that isn't enough.
    private func waitForEnd(of process: ChildProcess, deadline: Int64) -> Int32? {
        var pause: useconds_t = 100
        while true {
            if let status = process.statusIfEnded() { return status }
            guard MonotonicClock.milliseconds < deadline else { return nil }
            usleep(pause)
            pause = min(pause * 2, 20_000)
        }
    }
}

/// A started command and the pipes to it. Used from one thread.
private final class ChildProcess {
    private(set) var inputEnd: Int32
    private(set) var outputEnd: Int32
    private let id: pid_t
    private var endedWith: Int32?

    init(_ arguments: [String], program: String) throws(ServiceError) {
        var toChild: [Int32] = [-1, -1]
        var fromChild: [Int32] = [-1, -1]
        guard Self.makePipe(&toChild) else { throw ServiceError(.commandFailed, Files.lastErrorText()) }
        guard Self.makePipe(&fromChild) else {
            toChild.forEach { close($0) }
            throw ServiceError(.commandFailed, Files.lastErrorText())
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
        posix_spawn_file_actions_adddup2(&actions, toChild[0], 0)
        posix_spawn_file_actions_adddup2(&actions, fromChild[1], 1)
        // Trawl ignores SIGPIPE and blocks what its lifecycle waits for; a child must have neither from it.
        var signals = sigset_t()
        sigemptyset(&signals)
        posix_spawnattr_setsigmask(&attributes, &signals)
        var defaults = sigset_t()
        sigemptyset(&defaults)
        for signal in [SIGPIPE, SIGTERM, SIGINT, SIGHUP] { sigaddset(&defaults, signal) }
        posix_spawnattr_setsigdefault(&attributes, &defaults)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
        var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) }
        pointers.append(nil)
        defer { for pointer in pointers { free(pointer) } }
        var id: pid_t = 0
        let result = posix_spawnp(&id, program, &actions, &attributes, pointers, environ)
        close(toChild[0])
        close(fromChild[1])
        self.id = id
        inputEnd = toChild[1]
        outputEnd = fromChild[0]
        guard result == 0 else {
            endedWith = 127
            closePipes()
            throw ServiceError(.commandFailed, "\(program): \(Files.text(ofError: result))")
        }
        _ = fcntl(inputEnd, F_SETFL, O_NONBLOCK)
    }

    private static func makePipe(_ ends: inout [Int32]) -> Bool {
        guard pipe(&ends) == 0 else { return false }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return true
    }

    func closeInput() {
        if inputEnd >= 0 { close(inputEnd) }
        inputEnd = -1
    }

    func closePipes() {
        closeInput()
        if outputEnd >= 0 { close(outputEnd) }
        outputEnd = -1
    }

    /// From outside, where there is no ``MemoryLimiter``: what the command starts before then is not limited.
    func limitMemory(_ octets: Int) {
        #if os(Linux)
            // Glibc's module hides prlimit, an extension of GNU's.
            typealias SetLimit =
                @convention(c) (pid_t, UInt32, UnsafePointer<rlimit>?, UnsafeMutablePointer<rlimit>?) -> Int32
            guard let symbol = dlsym(nil, "prlimit") else { return }
            let setLimit = unsafeBitCast(symbol, to: SetLimit.self)
            // Not RLIMIT_AS: Java and others reserve far more addresses than they ever use.
            let data: UInt32 = 2
            var limit = rlimit(rlim_cur: rlim_t(clamping: octets), rlim_max: rlim_t(clamping: octets))
            _ = setLimit(id, data, &limit, nil)
        #endif
    }

    /// The exit status, or 128 + the signal's number; nil while it runs.
    func statusIfEnded() -> Int32? {
        if let endedWith { return endedWith }
        var status: Int32 = 0
        let result = waitpid(id, &status, WNOHANG)
        if result == 0 || (result < 0 && errno == EINTR) { return nil }
        let signal = status & 0x7F
        endedWith = result < 0 ? 127 : signal == 0 ? (status >> 8) & 0xFF : 128 + signal
        return endedWith
    }

    func end() {
        guard endedWith == nil else { return }
        kill(-id, SIGKILL)
        kill(id, SIGKILL)
        var status: Int32 = 0
        while waitpid(id, &status, 0) < 0, errno == EINTR {}
        endedWith = 128 + SIGKILL
    }
}
