import IMAPCore
import Synchronization

/// A command on its way, and where its answer goes.
final class Request: Sendable {
    enum Destination: Sendable {
        /// All of the answer at the end.
        case whole(Answer<CommandResult>)
        /// Messages as they come, for one window of a fetch.
        case fetch(BoundedStream<FetchPiece>, window: Int)
    }

    let command: Command
    let destination: Destination

    init(_ command: Command, _ destination: Destination) {
        self.command = command
        self.destination = destination
    }

    /// Whoever asked no longer waits.
    var isAbandoned: Bool {
        switch destination {
        case .whole(let answer): answer.isAbandoned
        case .fetch(let stream, _): stream.isAbandoned
        }
    }

    /// Ends it with an error, whatever it is.
    func fail(_ error: any Error) {
        switch destination {
        case .whole(let answer): answer.resolve(.failure(error))
        case .fetch(let stream, _): stream.finish(.failure(error))
        }
    }
}

/// A part of a fetch's answer.
enum FetchPiece: Sendable {
    case messages([FetchResponse])
    case vanished(UIDSet)
    case finished(window: Int, CommandStatus, ResponseText)
}

/// A value that one task awaits and another gives, once.
final class Answer<Value: Sendable>: Sendable {
    private struct State {
        var result: Result<Value, any Error>?
        var waiter: CheckedContinuation<Value, any Error>?
        var isAbandoned = false
    }

    private let state = Mutex(State())

    var isAbandoned: Bool { state.withLock { $0.isAbandoned } }
    var isResolved: Bool { state.withLock { $0.result != nil } }

    func resolve(_ result: Result<Value, any Error>) {
        let waiter = state.withLock { state in
            guard state.result == nil else { return CheckedContinuation<Value, any Error>?.none }
            state.result = result
            defer { state.waiter = nil }
            return state.waiter
        }
        waiter?.resume(with: result)
    }

    /// Cancelling the task makes it throw; the command itself cannot be called back.
    func value() async throws -> Value {
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let result = state.withLock { state in
                    if state.result == nil { state.waiter = continuation }
                    return state.result
                }
                if let result { continuation.resume(with: result) }
            }
        } onCancel: {
            state.withLock { $0.isAbandoned = true }
            resolve(.failure(CancellationError()))
        }
    }
}
