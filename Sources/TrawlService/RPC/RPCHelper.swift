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
    private let state = Mutex(State.away)
    /// Whether `state` is to be looked at.
    private let isCalled = Atomic<Bool>(false)

    init(_ readers: RPCReaders) { self.readers = readers }

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
        let end = NIODeadline.now() + Self.patience
        var turns = 0
        while !isCalled.load(ordering: .acquiring) {
            turns &+= 1
            if turns & 63 == 0, readers.isCrowded || NIODeadline.now() > end { break }
        }
        let work = state.withLock { state -> (@Sendable () -> Void)? in
            switch state {
            case .called(let work):
                state = .over
                return work
            case .ready: state = .away
            case .away, .over: break
            }
            return nil
        }
        work?()
    }

    func help(_ work: @escaping @Sendable () -> Void) {
        let isThere = state.withLock { state in
            switch state {
            case .ready:
                state = .called(work)
                return true
            case .away, .called, .over: return false
            }
        }
        if isThere {
            isCalled.store(true, ordering: .releasing)
        } else if readers.hasIdleCore {
            readers.submit(work)
        }
    }

    /// To be called when the search has ended.
    func dismiss() {
        state.withLock { $0 = .over }
        isCalled.store(true, ordering: .releasing)
    }
}
