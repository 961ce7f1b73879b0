import IMAPClient
import MailIndex

/// How long to wait before an account is tried again: growing with each failure in a row, scattered so that many clients
/// of a server that was down don't come back in one moment.
public struct RetryDelay: Sendable {
    /// The first delays, in seconds, by what failed.
    public static let first = 1.0
    public static let longest = 300.0
    /// A refused login may lock the account, so it is tried rarely.
    public static let firstAfterRefusal = 60.0
    public static let longestAfterRefusal = 3_600.0
    /// A full disk may have room at any time, and asking costs nothing.
    public static let longestWithoutRoom = 15.0

    private var failures = 0

    public init() {}

    /// After a session that worked.
    public mutating func succeeded() { failures = 0 }

    /// Seconds until the next try. `chance`: 0 ≤ x < 1; the delay is between half and the whole of its step.
    public mutating func failed(_ error: any Error, chance: Double) -> Double {
        let (first, longest) = Self.bounds(error)
        let step = min(longest, first * Double(UInt64(1) << UInt64(min(failures, 20))))
        failures += 1
        return step * (0.5 + min(max(chance, 0), 1) / 2)
    }

    private static func bounds(_ error: any Error) -> (first: Double, longest: Double) {
        if let error = error as? IMAPError, !error.isTransient, error.fault == .user {
            return (firstAfterRefusal, longestAfterRefusal)
        }
        if let error = error as? ServiceError, error.code == .credentialUnavailable {
            return (firstAfterRefusal, longestAfterRefusal)
        }
        if let error = error as? IndexError, error.code == .diskFull { return (first, longestWithoutRoom) }
        return (first, longest)
    }
}
