#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import MailSearch
import NIOCore
import Synchronization

/// A second thread for one search, where a core is idle.
///
/// Until a thread is awake takes a tenth of a millisecond, as long as several hits take to be read. So it is woken before
/// there is work, and then looks out for it without sleeping.
final class RPCHelper: SearchHelper {
    /// How long it looks out for work: about as long as most searches take to know the first hits of which there are many.
    static let patience = TimeAmount.microseconds(500)

    private enum State {
        /// Nobody was woken, or nobody looks out any more.
        case away
        /// Somebody looks out, or will at once.
        case ready
        case called(@Sendable () -> Void)
        /// Nothing is left to be helped with.
        case over
    }

    private let readers: RPCReaders
    private let call: RPCCall
    private let patience: TimeAmount
    private let state = Mutex(State.away)
    /// Whether `state` is to be looked at. Changes with it.
    private let isCalled = Atomic<Bool>(false)

    init(_ readers: RPCReaders, for call: RPCCall, patience: TimeAmount = patience) {
        (self.readers, self.call, self.patience) = (readers, call, patience)
    }

    func prepare() {
        guard readers.hasIdleCore else { return }
        let isFirst = state.withLock { state in
            guard case .away = state else { return false }
            state = .ready
            return true
        }
        if isFirst { readers.submit { self.lookOut() } }
    }

    private func lookOut() {
        var hasHelped = false
        while let work = nextWork() {
            work()
            hasHelped = true
        }
        if hasHelped, isOver { stayAwake() }
    }

    /// What it is called for; nil once it is dismissed, or gives up.
    private func nextWork() -> (@Sendable () -> Void)? {
        let end = NIODeadline.now() + patience
        var turns = 0
        while !isCalled.load(ordering: .acquiring) {
            turns &+= 1
            if turns & 63 == 0, readers.isCrowded || NIODeadline.now() > end { break }
        }
        return state.withLock { state in
            switch state {
            case .called(let work):
                state = .ready
                isCalled.store(false, ordering: .relaxed)
                return work
            case .ready: state = .away
            case .away, .over: break
            }
            return nil
        }
    }

    /// Until the answer is under way, if nobody else wants the core: the event loop that is woken for it would else have to
    /// wake a core as well.
    private func stayAwake() {
        let end = NIODeadline.now() + patience
        while !call.isAnswered, !readers.isCrowded, NIODeadline.now() < end { sched_yield() }
    }

    private var isOver: Bool {
        state.withLock { state in
            if case .over = state { true } else { false }
        }
    }

    func help(_ work: @escaping @Sendable () -> Void) {
        let isThere = state.withLock { state in
            switch state {
            case .ready:
                state = .called(work)
                isCalled.store(true, ordering: .releasing)
                return true
            case .away, .called, .over: return false
            }
        }
        if !isThere, readers.hasIdleCore { readers.submit(work) }
    }

    /// To be called when the search has ended.
    func dismiss() {
        state.withLock { state in
            state = .over
            isCalled.store(true, ordering: .releasing)
        }
    }
}
