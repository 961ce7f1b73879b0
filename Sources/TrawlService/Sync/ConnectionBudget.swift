import Synchronization

/// The connections that all accounts share, so that their number is bounded however many accounts there are.
///
/// As long as the accounts are fewer than the connections, each is sure of one to work with, and what is left goes to
/// watching. Of more accounts (`isCrowded`) none watches, and they take turns: each brings its mailboxes up to date, logs
/// out, and comes again after its poll interval.
public final class ConnectionBudget: Sendable {
    /// Unless a ``SyncEnvironment`` says otherwise.
    public static let mostConnections = 64
    /// Kept free for what somebody waits for: a message fetched whole, a comparison.
    static let spare = 2

    enum Purpose: Hashable, Sendable, CaseIterable {
        /// Passes over an account's mailboxes.
        case working
        /// Keeps a mailbox open.
        case watching
        /// Something short that somebody waits for.
        case asking
    }

    private struct Share {
        var free: Int
        var waiters: [(number: Int, continuation: CheckedContinuation<Void, any Error>)] = []
    }

    /// Whether there are more accounts than can be connected at the same time.
    let isCrowded: Bool
    private let shares: Mutex<[Purpose: Share]>
    private let numbers = Atomic(0)

    /// - Parameter limit: connections at the same time; three at least, for there is one of each purpose.
    init(limit: Int = mostConnections, accounts: Int = 1) {
        let usable = max(1, limit - Self.spare)
        let working = min(max(1, accounts), usable)
        isCrowded = accounts > usable
        shares = Mutex([
            .working: Share(free: working), .watching: Share(free: usable - working), .asking: Share(free: Self.spare),
        ])
    }

    /// Waits for a connection's place, and gives it back when `body` has ended. First come, first served.
    nonisolated(nonsending) func withPlace<R>(
        for purpose: Purpose, _ body: () async throws -> R
    ) async throws -> R {
        try await take(purpose)
        defer { give(purpose, 1) }
        return try await body()
    }

    /// Places for watching, without waiting: as many of `wanted` as are free. To be given back by `endWatching`.
    func beginWatching(_ wanted: Int) -> Int {
        shares.withLock { shares in
            let got = max(0, min(wanted, shares[.watching]?.free ?? 0))
            shares[.watching]?.free -= got
            return got
        }
    }

    func endWatching(_ count: Int) { give(.watching, count) }

    private func take(_ purpose: Purpose) async throws {
        let number = numbers.add(1, ordering: .relaxed).newValue
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<Void, any Error>) in
                let answer: Result<Void, any Error>? = shares.withLock { shares in
                    if Task.isCancelled { return .failure(CancellationError()) }
                    guard let free = shares[purpose]?.free, free > 0 else {
                        shares[purpose]?.waiters.append((number, continuation))
                        return nil
                    }
                    shares[purpose]?.free -= 1
                    return .success(())
                }
                if let answer { continuation.resume(with: answer) }
            }
        } onCancel: {
            let waiter = shares.withLock { shares in
                guard let place = shares[purpose]?.waiters.firstIndex(where: { $0.number == number }) else {
                    return CheckedContinuation<Void, any Error>?.none
                }
                return shares[purpose]?.waiters.remove(at: place).continuation
            }
            waiter?.resume(throwing: CancellationError())
        }
    }

    private func give(_ purpose: Purpose, _ count: Int) {
        for _ in 0..<count {
            let next = shares.withLock { shares -> CheckedContinuation<Void, any Error>? in
                guard let waiters = shares[purpose]?.waiters, !waiters.isEmpty else {
                    shares[purpose]?.free += 1
                    return nil
                }
                return shares[purpose]?.waiters.removeFirst().continuation
            }
            next?.resume()
        }
    }
}
