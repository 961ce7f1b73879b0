import Synchronization

/// What one task collects for another: nothing waits on the sending side, and past a limit the content collapses.
///
/// One consumer at a time.
final class Inbox<Element: Sendable>: Sendable {
    private struct State {
        var elements: [Element] = []
        var hasOverflowed = false
        var waiter: CheckedContinuation<Void, any Error>?
        var failure: (any Error)?
    }

    /// What came since the last look.
    struct Delivery: Sendable {
        var elements: [Element]
        /// More came than fits: what is missing can be found only by asking the server anew.
        var hasOverflowed: Bool

        var isEmpty: Bool { elements.isEmpty && !hasOverflowed }
    }

    private let limit: Int
    private let state = Mutex(State())

    init(limit: Int) {
        self.limit = limit
    }

    /// `always`: past the limit too, for what must not be lost and cannot be many.
    func push(_ element: Element, always: Bool = false) {
        let waiter = state.withLock { state in
            if always || state.elements.count < limit {
                state.elements.append(element)
            } else {
                state.hasOverflowed = true
            }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Makes `next` throw, now and later, once what is there has been taken.
    func fail(_ error: any Error) {
        let waiter = state.withLock { state in
            if state.failure == nil { state.failure = error }
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume()
    }

    /// Takes what is there without waiting.
    func take() -> Delivery {
        state.withLock { state in
            let delivery = Delivery(elements: state.elements, hasOverflowed: state.hasOverflowed)
            state.elements = []
            state.hasOverflowed = false
            return delivery
        }
    }

    /// Waits till something is there, and takes all of it.
    func next() async throws -> Delivery {
        try await wait()
        return take()
    }

    /// As `next`, with an empty delivery when nothing came in that time.
    func next(within time: Duration) async throws -> Delivery {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.wait() }
            group.addTask { try await Self.sleep(for: time) }
            defer { group.cancelAll() }
            try await group.next()
        }
        return take()
    }

    /// In naps: a sleep that is cancelled leaves its timer behind, which stays in memory until it would have ended. With
    /// half an hour of patience and news twice a second, that came to thousands.
    private static func sleep(for time: Duration) async throws {
        let end = ContinuousClock.now + time
        while true {
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero else { return }
            try await Task.sleep(for: min(left, longestNap))
        }
    }

    private static var longestNap: Duration { .seconds(10) }

    private func wait() async throws {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let answer: Result<Void, any Error>? = state.withLock { state in
                    if !state.elements.isEmpty || state.hasOverflowed { return .success(()) }
                    if let failure = state.failure { return .failure(failure) }
                    if Task.isCancelled { return .failure(CancellationError()) }
                    state.waiter = continuation
                    return nil
                }
                if let answer { continuation.resume(with: answer) }
            }
            let failure = state.withLock { $0.elements.isEmpty && !$0.hasOverflowed ? $0.failure : nil }
            if let failure { throw failure }
        } onCancel: {
            let waiter = state.withLock { state in
                defer { state.waiter = nil }
                return state.waiter
            }
            waiter?.resume(throwing: CancellationError())
        }
    }
}
