import Synchronization

/// How many connections at once a server lets an account have, as far as its refusals have taught.
///
/// A refusal counts for `memory` seconds: often other programs of the same user have taken the rest.
final class ConnectionAllowance: Sendable {
    static let memory: Int64 = 3_600

    private let learned = Mutex<(most: Int, at: Int64)?>(nil)

    /// `wanted`, or fewer where the server has refused so many; one at least.
    func connections(wanted: Int, now: Int64) -> Int {
        learned.withLock { learned in
            if let known = learned, now >= known.at + Self.memory || now < known.at { learned = nil }
            return max(1, min(wanted, learned?.most ?? wanted))
        }
    }

    /// The server refused one of `used` connections.
    func refused(of used: Int, now: Int64) {
        learned.withLock { $0 = (max(1, used - 1), now) }
    }
}
