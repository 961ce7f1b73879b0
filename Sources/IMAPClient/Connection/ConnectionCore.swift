import IMAPCore
import Synchronization
import TLS

/// What the handle and the task that owns the connection share: requests one way, answers and events the other.
final class ConnectionCore: Sendable {
    /// What the handle can tell without asking the server.
    struct Snapshot: Sendable {
        /// The last that were told; `hasCapabilities` tells whether they still hold.
        var capabilities = CapabilitySet()
        var hasCapabilities = false
        var enabled: Set<Capability> = []
        var peer: TLSPeer?
        var serverID: [IDField] = []
        var greeting = ""
        var isCompressed = false
        var loginMethod = ""
        /// Texts of ALERT, each once, without control characters.
        var alerts: [String] = []
    }

    /// An `idle` that somebody waits in.
    struct Idle: Sendable {
        var stream: BoundedStream<MailboxEvent>
        var interval: Duration
        var end: ContinuousClock.Instant?
    }

    /// Events kept while nobody listens. Beyond it the oldest go: whoever listens next must look at the mailbox anew
    /// anyhow, and `exists` of later events tells that.
    static let eventLimit = 4096

    private struct State {
        var requests: [Request] = []
        var idle: Idle?
        var events: [MailboxEvent] = []
        var snapshot = Snapshot()
        var failure: IMAPError?
        var waker: (@Sendable () -> Void)?
        var isWakePending = false
        var phases: [Phase: ContinuousClock.Instant] = [:]
        /// Those who wait for the connection's end; resumed with nil when they are cancelled.
        var ending: [Int: CheckedContinuation<IMAPError?, Never>] = [:]
        var lastEnding = 0
    }

    /// How far a connection has come, for `IMAPDoctor`.
    enum Phase: Hashable, Sendable {
        case connected
        case secured
        case greeted
        case authenticated
    }

    private let state = Mutex(State())
    /// The greeting's condition: OK or PREAUTH.
    let greeted = Answer<StatusCondition>()

    // MARK: The handle's side

    var snapshot: Snapshot { state.withLock { $0.snapshot } }

    func submit(_ request: Request) {
        wake { state in
            if let failure = state.failure { return failure }
            state.requests.append(request)
            return nil
        } refused: {
            request.fail($0)
        }
    }

    func beginIdle(_ stream: BoundedStream<MailboxEvent>, interval: Duration, maximum: Duration?) {
        wake { state in
            if let failure = state.failure { return failure }
            for event in state.events { stream.push(event) }
            state.events = []
            state.idle?.stream.finish()
            state.idle = Idle(stream: stream, interval: interval, end: maximum.map { ContinuousClock.now + $0 })
            return nil
        } refused: {
            stream.finish(.failure($0))
        }
    }

    func endIdle(_ stream: BoundedStream<MailboxEvent>) {
        stream.abandon()
        wake { state in
            if state.idle?.stream === stream { state.idle = nil }
            return nil
        } refused: { _ in
        }
    }

    /// Waits till the connection is no more, and gives the reason.
    func end() async throws(CancellationError) -> IMAPError {
        let number = state.withLock { state in
            state.lastEnding += 1
            return state.lastEnding
        }
        let reason = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isOver: IMAPError?? = state.withLock { state in
                    if let failure = state.failure { return failure }
                    // Cancelled before there was anything to resume.
                    if Task.isCancelled { return .some(nil) }
                    state.ending[number] = continuation
                    return nil
                }
                if let isOver { continuation.resume(returning: isOver) }
            }
        } onCancel: {
            state.withLock { $0.ending.removeValue(forKey: number) }?.resume(returning: nil)
        }
        guard let reason else { throw CancellationError() }
        return reason
    }

    func takeEvents() -> [MailboxEvent] {
        state.withLock { state in
            defer { state.events = [] }
            return state.events
        }
    }

    /// Changes the state and wakes the owner, once for however many changes it has not seen yet.
    private func wake(
        _ change: (inout sending State) -> IMAPError?, refused: (IMAPError) -> Void
    ) {
        var refusal: IMAPError?
        var waker: (@Sendable () -> Void)?
        state.withLock { state in
            refusal = change(&state)
            guard refusal == nil, !state.isWakePending else { return }
            state.isWakePending = state.waker != nil
            waker = state.waker
        }
        if let refusal { refused(refusal) }
        waker?()
    }

    // MARK: The owner's side

    /// From now on requests wake the owner through `waker`.
    func attach(_ waker: @escaping @Sendable () -> Void) {
        state.withLock { $0.waker = waker }
        waker()
    }

    /// Takes what is wanted. Requests that come later wake the owner again.
    func takeRequests() -> [Request] {
        state.withLock { state in
            state.isWakePending = false
            defer { state.requests = [] }
            return state.requests
        }
    }

    func mark(_ phase: Phase) {
        state.withLock { $0.phases[phase] = .now }
    }

    var phases: [Phase: ContinuousClock.Instant] { state.withLock { $0.phases } }

    var idle: Idle? { state.withLock { $0.idle } }

    func update(_ change: (inout sending Snapshot) -> Void) {
        state.withLock { change(&$0.snapshot) }
    }

    /// Hands an event to whoever listens, or keeps it. Gives the listener's stream, which may be full.
    @discardableResult
    func publish(_ event: MailboxEvent) -> BoundedStream<MailboxEvent>? {
        let stream = state.withLock { state -> BoundedStream<MailboxEvent>? in
            if let stream = state.idle?.stream { return stream }
            // Only the newest count is true.
            if case .exists = event, case .exists? = state.events.last { state.events.removeLast() }
            if state.events.count >= Self.eventLimit { state.events.removeFirst() }
            state.events.append(event)
            return nil
        }
        stream?.push(event)
        return stream
    }

    /// Ends the `idle` that somebody waits in.
    func failIdle(_ error: IMAPError) {
        let idle = state.withLock { state in
            defer { state.idle = nil }
            return state.idle
        }
        idle?.stream.finish(.failure(error))
    }

    /// Ends all that waits, and all that will come.
    func fail(_ error: IMAPError) {
        let (requests, idle, ending) = state.withLock { state in
            if state.failure == nil { state.failure = error }
            state.waker = nil
            defer {
                state.requests = []
                state.idle = nil
                state.ending = [:]
            }
            return (state.requests, state.idle, state.ending.values)
        }
        greeted.resolve(.failure(error))
        for request in requests { request.fail(error) }
        idle?.stream.finish(.failure(error))
        for task in ending { task.resume(returning: error) }
    }

    /// Why the connection is no more; nil while it lives.
    var failure: IMAPError? { state.withLock { $0.failure } }
}
