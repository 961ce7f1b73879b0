import IMAPClient
import MailIndex
import MailSearch

/// How long to wait before an account is tried again: growing with each failure in a row, scattered so that many clients
/// of a server that was down don't come back in one moment. All are in seconds.
public struct RetryDelay: Sendable {
    /// The first step, and the longest, where nothing else is said: the network, or a connection that broke off.
    public static let first = 1.0
    public static let longest = 300.0
    /// A server that says BYE of itself, as when it is restarted, wants some time to come back.
    public static let firstAfterBye = 4.0
    /// `[UNAVAILABLE]`: something behind the server is down, and every try adds to its load.
    public static let firstAfterUnavailable = 20.0
    /// `[INUSE]`: another program holds what is asked for, mostly for the time of one run.
    public static let firstAfterInUse = 20.0
    /// `[LIMIT]`, or too many connections: those who try on are locked out for longer by some servers.
    public static let firstAfterLimit = 60.0
    public static let longestAfterLimit = 900.0
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
        switch (error as? IMAPError)?.code {
        case .bye?: return (firstAfterBye, longest)
        case .unavailable?: return (firstAfterUnavailable, longest)
        case .inUse?: return (firstAfterInUse, longest)
        case .limit?: return (firstAfterLimit, longestAfterLimit)
        default: break
        }
        if let error = error as? ServiceError, error.code == .credentialUnavailable {
            return (firstAfterRefusal, longestAfterRefusal)
        }
        if let error = error as? IndexError, error.code == .diskFull { return (first, longestWithoutRoom) }
        return (first, longest)
    }
}
