#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The terminal in raw mode on its alternate screen, and given back as it was, however Trawl ends.
///
/// One at a time in a process: signal handlers must know it.
final class TerminalSession {
    static let enterSequence = "\u{1B}[?1049h\u{1B}[?7l\u{1B}[?2004h\u{1B}[0m\u{1B}[2J"
    static let leaveSequence = "\u{1B}[?2026l\u{1B}[?2004l\u{1B}[?7h\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l"

    /// What a signal tells the loop; one octet in the pipe.
    enum Notice: UInt8 {
        case resized = 1
        case resumed, suspended, ended, reports
    }

    let input: Int32
    let output: Int32
    /// The readable end of the pipe that signals and reports wake the loop through.
    let wakeInput: Int32
    private let wakeOutput: Int32
    private var saved = termios()
    private(set) var isActive = false
    /// The signal that asked Trawl to end.
    static var endingSignal: Int32 { SignalState.ending }

    private static let asked: [Int32] = [SIGHUP, SIGINT, SIGQUIT, SIGTERM]
    private static let fatal: [Int32] = [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE]

    /// Nil where input is no terminal, or a pipe can't be made.
    init?(input: Int32 = 0, output: Int32 = 1) {
        var ends: [Int32] = [-1, -1]
        guard tcgetattr(input, &saved) == 0, pipe(&ends) == 0 else { return nil }
        self.input = input
        self.output = output
        (wakeInput, wakeOutput) = (ends[0], ends[1])
        for end in ends {
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
        }
        SignalState.saved = saved
        SignalState.input = input
        SignalState.output = output
        SignalState.wake = wakeOutput
        SignalState.ending = 0
        installHandlers()
    }

    /// Raw mode, alternate screen, bracketed paste.
    func enter() {
        var raw = saved
        raw.c_iflag &= ~tcflag_t(BRKINT | ICRNL | INPCK | ISTRIP | IXON | INLCR | IGNCR)
        raw.c_oflag &= ~tcflag_t(OPOST)
        raw.c_cflag |= tcflag_t(CS8)
        raw.c_lflag &= ~tcflag_t(ECHO | ECHONL | ICANON | IEXTEN | ISIG)
        withUnsafeMutableBytes(of: &raw.c_cc) { bytes in
            bytes[Int(VMIN)] = 1
            bytes[Int(VTIME)] = 0
        }
        tcsetattr(input, TCSADRAIN, &raw)
        SignalState.isActive = 1
        isActive = true
        write(Array(Self.enterSequence.utf8))
    }

    /// The terminal as it was.
    func leave() {
        guard isActive else { return }
        isActive = false
        write(Array(Self.leaveSequence.utf8))
        tcsetattr(input, TCSADRAIN, &saved)
        SignalState.isActive = 0
    }

    /// After which signals do again what they did.
    func close() {
        leave()
        for signal in Self.asked + Self.fatal + [SIGWINCH, SIGTSTP, SIGCONT] {
            Self.set(signal, SIG_DFL)
        }
        SignalState.wake = -1
        _ = Self.closeDescriptor(wakeInput)
        _ = Self.closeDescriptor(wakeOutput)
    }

    private static func closeDescriptor(_ descriptor: Int32) -> Int32 {
        #if canImport(Glibc)
            Glibc.close(descriptor)
        #elseif canImport(Musl)
            Musl.close(descriptor)
        #else
            Darwin.close(descriptor)
        #endif
    }

    func size() -> (columns: Int, rows: Int) {
        var size = winsize()
        guard ioctl(output, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0, size.ws_row > 0 else { return (80, 24) }
        return (Int(size.ws_col), Int(size.ws_row))
    }

    /// Wakes the loop; from any thread.
    static func wake(_ descriptor: Int32) {
        var notice = Notice.reports.rawValue
        _ = SignalState.write(descriptor, &notice, 1)
    }

    /// What `wake` is called with.
    var wakeDescriptor: Int32 { wakeOutput }

    func takeNotices() -> [Notice] {
        var bytes = [UInt8](repeating: 0, count: 256)
        let count = read(wakeInput, &bytes, bytes.count)
        return count > 0 ? bytes.prefix(count).compactMap(Notice.init(rawValue:)) : []
    }

    /// False where the terminal is no more.
    @discardableResult
    func write(_ bytes: [UInt8]) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = SignalState.write(output, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
                if count < 0 {
                    if errno == EINTR { continue }
                    guard errno == EAGAIN else { return false }
                    var wait = pollfd(fd: output, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&wait, 1, 1000)
                    continue
                }
                rest = rest.dropFirst(count)
            }
            return true
        }
    }

    /// Stops as Ctrl-Z would stop another program; returns when it goes on.
    func suspend() {
        leave()
        Self.set(SIGTSTP, SIG_DFL)
        kill(0, SIGTSTP)
        installHandlers()
        enter()
    }

    // MARK: Signals

    private func installHandlers() {
        Self.set(SIGWINCH) { _ in SignalState.tell(.resized) }
        Self.set(SIGCONT) { _ in SignalState.tell(.resumed) }
        Self.set(SIGTSTP) { _ in SignalState.tell(.suspended) }
        for signal in Self.asked {
            Self.set(signal) { signal in
                SignalState.ending = signal
                SignalState.tell(.ended)
            }
        }
        for signal in Self.fatal { Self.set(signal) { SignalState.die($0) } }
        Self.set(SIGPIPE, SIG_IGN)
    }

    #if canImport(Darwin)
        typealias Handler = @convention(c) (Int32) -> Void
    #else
        typealias Handler = __sighandler_t
    #endif

    private static func set(_ number: Int32, _ handler: Handler?) {
        var action = sigaction()
        #if canImport(Darwin)
            action.__sigaction_u.__sa_handler = handler
        #else
            action.__sigaction_handler.sa_handler = handler
        #endif
        action.sa_flags = Int32(SA_RESTART)
        sigaction(number, &action, nil)
    }
}

/// What signal handlers need. They may use nothing that allocates or locks: plain variables and system calls.
private enum SignalState {
    // Written before the handlers are installed, or by one thread in single stores that a handler reads whole.
    nonisolated(unsafe) static var saved = termios()
    nonisolated(unsafe) static var input: Int32 = 0
    nonisolated(unsafe) static var output: Int32 = 1
    nonisolated(unsafe) static var wake: Int32 = -1
    nonisolated(unsafe) static var isActive: Int32 = 0
    nonisolated(unsafe) static var ending: Int32 = 0
    static let leave: StaticString =
        "\u{1B}[?2026l\u{1B}[?2004l\u{1B}[?7h\u{1B}[0m\u{1B}[?25h\u{1B}[?1049l"

    static func write(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
        #if canImport(Glibc)
            Glibc.write(descriptor, bytes, count)
        #elseif canImport(Musl)
            Musl.write(descriptor, bytes, count)
        #else
            Darwin.write(descriptor, bytes, count)
        #endif
    }

    static func tell(_ notice: TerminalSession.Notice) {
        let before = errno
        var byte = notice.rawValue
        _ = write(wake, &byte, 1)
        errno = before
    }

    /// A crash: the terminal is given back, then the signal does what it does.
    static func die(_ number: Int32) {
        if isActive != 0 {
            _ = write(output, leave.utf8Start, leave.utf8CodeUnitCount)
            tcsetattr(input, TCSANOW, &saved)
        }
        signal(number, SIG_DFL)
        raise(number)
    }
}
