import Synchronization

/// What one parse works with: the octets it reads, memory that it writes to, and what it has counted.
final class ParseContext {
    var limits = MIMELimits.default
    /// 0 is the message; more are nested messages that came encoded.
    private(set) var buffers: [UnsafeRawBufferPointer] = []
    private var owned: [ByteSink] = []
    var defects: [MIMEDefect] = []
    var partCount = 0
    /// The charset of the header's encoded words: what a mailer that labels no text is likely to write it in.
    var headerCharset: Charset?

    /// Where transfer encodings are undone.
    let decoded = ByteSink(capacity: 64 << 10)
    /// Where charsets are undone.
    let converted = ByteSink(capacity: 64 << 10)
    /// The body's text.
    let body = ByteSink(capacity: 64 << 10)
    /// An alternative's text on trial, and attachments' text.
    let trial = ByteSink(capacity: 4 << 10)

    func begin(_ bytes: UnsafeRawBufferPointer, limits: MIMELimits) {
        self.limits = limits
        buffers.append(bytes)
    }

    /// Forgets the message. Memory that a usual message needs is kept.
    func end() {
        buffers.removeAll(keepingCapacity: true)
        owned.removeAll()
        defects.removeAll()
        partCount = 0
        headerCharset = nil
        for sink in [decoded, converted, body, trial] {
            sink.removeAll()
            sink.shrink(toCapacity: 1 << 20)
        }
    }

    /// Takes octets that a parse made, and gives their number as a buffer.
    func adopt(_ sink: ByteSink) -> Int {
        owned.append(sink)
        buffers.append(sink.bytes)
        return buffers.count - 1
    }

    func note(_ code: MIMEDefect.Code, _ partID: String? = nil) {
        // Broken mail repeats its faults; a thousand tell as much as a million.
        if defects.count < 1000 { defects.append(MIMEDefect(code, partID: partID)) }
    }

    // Unchecked: a context leaves the pool while it is in use, so that one parse alone ever holds it.
    private struct Idle: @unchecked Sendable {
        let context: ParseContext
    }

    private static let idle = Mutex<[Idle]>([])
    private static let idleLimit = 16

    /// Lets go of the contexts that nobody uses.
    static func releaseMemory() {
        let resting = idle.withLock { idle in
            defer { idle = [] }
            return idle
        }
        withExtendedLifetime(resting) {}
    }

    /// Calls `body` with a context out of the pool.
    static func with<Result>(
        _ bytes: UnsafeRawBufferPointer, limits: MIMELimits, _ body: (ParseContext) -> Result
    ) -> Result {
        let context = idle.withLock { $0.popLast() }?.context ?? ParseContext()
        context.begin(bytes, limits: limits)
        let result = body(context)
        context.end()
        let box = Idle(context: context)
        idle.withLock { idle in
            if idle.count < idleLimit { idle.append(box) }
        }
        return result
    }
}
