#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// stdout with a buffer of its own. stdout carries results alone; all else goes to ``Diagnostics``.
package struct Output: ~Copyable {
    private var buffer: [UInt8] = []
    private static let flushAt = 65_536

    /// Shows all that was written, or says false; nil: it is written as it comes.
    private let pager: (([UInt8]) -> Bool)?

    /// - Parameter pager: what all that is written until `flush` is given to first. Where it answers false, it goes to
    ///   stdout.
    package init(pager: (([UInt8]) -> Bool)? = nil) {
        self.pager = pager
        buffer.reserveCapacity(8192)
    }

    package mutating func write(_ text: String) {
        buffer.append(contentsOf: text.utf8)
        if buffer.count >= Self.flushAt, pager == nil { flush() }
    }

    package mutating func line(_ text: String) {
        buffer.append(contentsOf: text.utf8)
        buffer.append(10)
        if buffer.count >= Self.flushAt, pager == nil { flush() }
    }

    /// Has `body` append to what is written.
    package mutating func append(_ body: (inout [UInt8]) -> Void) {
        body(&buffer)
        if buffer.count >= Self.flushAt, pager == nil { flush() }
    }

    package mutating func write(_ bytes: [UInt8]) {
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.flushAt, pager == nil { flush() }
    }

    /// A reader who has gone away ends the command quietly, as SIGPIPE does.
    package mutating func flush() {
        if let pager, pager(buffer) {
            buffer.removeAll()
            return
        }
        let failure = writeAll(buffer, to: 1)
        buffer.removeAll(keepingCapacity: true)
        guard let failure else { return }
        if failure == EPIPE { exit(ExitStatus.brokenPipe) }
        Diagnostics.error("can't write to stdout: \(String(cString: strerror(failure)))")
        exit(ExitStatus.error)
    }

    deinit {
        if !buffer.isEmpty { _ = writeAll(buffer, to: 1) }
    }
}

/// Nil, or the number of the error.
private func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Int32? {
    bytes.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = write(descriptor, UnsafeRawBufferPointer(rebasing: rest).baseAddress, rest.count)
            if count < 0 {
                if errno == EINTR { continue }
                if errno == EAGAIN {
                    var wait = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                    _ = poll(&wait, 1, 1000)
                    continue
                }
                return errno
            }
            rest = rest.dropFirst(count)
        }
        return nil
    }
}

/// Lines on stderr.
package enum Diagnostics {
    package static func error(_ message: String) { line("trawl: \(message)") }

    package static func line(_ message: String) {
        _ = writeAll(Array((message + "\n").utf8), to: 2)
    }

    package static func write(_ text: String) {
        _ = writeAll(Array(text.utf8), to: 2)
    }
}

/// Exit statuses, as grep's.
package enum ExitStatus {
    package static let found: Int32 = 0
    package static let nothingFound: Int32 = 1
    package static let error: Int32 = 2
    /// An answer was given, but the index is known to be incomplete, and `--require-complete` was asked.
    package static let incomplete: Int32 = 3

    package static func of(found isFound: Bool, complete: Bool = true) -> Int32 {
        complete ? isFound ? found : nothingFound : incomplete
    }

    /// What a shell reports of a command that SIGINT ended.
    package static let interrupted: Int32 = 130
    /// What a shell reports of a command that SIGPIPE ended.
    package static let brokenPipe: Int32 = 141
}
