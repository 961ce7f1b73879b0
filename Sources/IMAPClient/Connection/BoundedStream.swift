import Synchronization

/// A queue from one task to another with a limit on what waits in it.
///
/// One producer, one consumer. `push` never waits; the producer calls `room()` between two batches, which does, so that
/// what is queued stays at the limit and one batch.
final class BoundedStream<Element: Sendable>: Sendable {
    private struct State {
        var queue: [Element] = []
        var weight = 0
        var consumer: CheckedContinuation<[Element], any Error>?
        var producer: CheckedContinuation<Void, Never>?
        var end: Result<Void, any Error>?
        var isAbandoned = false
    }

    private let limit: Int
    private let state = Mutex(State())

    /// `limit` is in the units of the weights that are pushed.
    init(limit: Int) {
        self.limit = limit
    }

    /// Whether `room()` would wait.
    var isFull: Bool { state.withLock { $0.weight >= limit && !$0.isAbandoned && $0.end == nil } }

    /// The consumer has gone: pushing is in vain.
    var isAbandoned: Bool { state.withLock { $0.isAbandoned } }

    func push(_ element: Element, weight: Int = 1) {
        let consumer: CheckedContinuation<[Element], any Error>? = state.withLock { state in
            guard !state.isAbandoned, state.end == nil else { return nil }
            guard let consumer = state.consumer else {
                state.queue.append(element)
                state.weight += weight
                return nil
            }
            state.consumer = nil
            return consumer
        }
        consumer?.resume(returning: [element])
    }

    /// What was pushed before is still handed out. A second end changes nothing.
    func finish(_ result: Result<Void, any Error> = .success(())) {
        let (consumer, producer) = state.withLock { state in
            guard state.end == nil else {
                return (CheckedContinuation<[Element], any Error>?.none, CheckedContinuation<Void, Never>?.none)
            }
            state.end = result
            defer {
                state.consumer = nil
                state.producer = nil
            }
            return (state.consumer, state.producer)
        }
        producer?.resume()
        switch result {
        case .success: consumer?.resume(returning: [])
        case .failure(let error): consumer?.resume(throwing: error)
        }
    }

    /// Waits till the consumer has made room, or has gone.
    func room() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                guard state.weight >= limit, !state.isAbandoned, state.end == nil else { return true }
                state.producer = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    /// All that waits; empty at the end. Cancelling the task makes it throw.
    func next() async throws -> [Element] {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (answer, producer): (Result<[Element], any Error>?, CheckedContinuation<Void, Never>?) =
                    state.withLock { state in
                        if state.isAbandoned { return (.failure(CancellationError()), nil) }
                        if !state.queue.isEmpty {
                            let queue = state.queue
                            state.queue = []
                            state.weight = 0
                            defer { state.producer = nil }
                            return (.success(queue), state.producer)
                        }
                        if let end = state.end { return (end.map { [] }, nil) }
                        state.consumer = continuation
                        return (nil, nil)
                    }
                producer?.resume()
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            abandon()
        }
    }

    /// The consumer goes.
    func abandon() {
        let (consumer, producer) = state.withLock { state in
            state.isAbandoned = true
            state.queue = []
            state.weight = 0
            defer {
                state.consumer = nil
                state.producer = nil
            }
            return (state.consumer, state.producer)
        }
        producer?.resume()
        consumer?.resume(throwing: CancellationError())
    }
}
