import IMAPClient
import Logging
import MailIndex
import MailSearch

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What synchronisation takes from the world: the index, the time, chance. Tests bring their own.
public struct SyncEnvironment: Sendable {
    public var store: IndexStore
    public var logger: Logger
    /// `[extract]` of the configuration.
    public var extract: [String: [String]] = [:]
    /// Seconds since 1970.
    public var now: @Sendable () -> Int64 = { Int64(time(nil)) }
    public var sleep: @Sendable (_ seconds: Double) async throws -> Void = { try await Task.sleep(for: .seconds($0)) }
    /// 0 ≤ x < 1.
    public var chance: @Sendable () -> Double = { Double.random(in: 0..<1) }
    /// How connections behave.
    public var connection = IMAPConfiguration()
    /// Called after each batch: who watches the index looks again.
    public var indexChanged: @Sendable () -> Void = {}
    /// The most connections of all accounts together (see ``ConnectionBudget``).
    public var mostConnections = ConnectionBudget.mostConnections
    /// UIDs in one question: tests ask for fewer.
    var flagWindow = MailboxSynchronizer.flagWindow
    var changeWindow = MailboxSynchronizer.changeWindow
    /// Shared by all accounts of a ``SyncEngine``.
    var connections = ConnectionBudget()
    /// Called with the names of commit points (``CommitPoint``); tests end the process there.
    public var atCommit: @Sendable (String) -> Void = { _ in }

    public init(store: IndexStore, logger: Logger) {
        self.store = store
        self.logger = logger
    }
}

/// How far a synchronisation is.
public struct SyncProgress: Hashable, Sendable {
    public var account: String
    public var totals: SyncTotals
    /// Messages that were expected when the mailboxes were listed and that the index lacked.
    public var expected: Int
    public var mailboxesDone: Int
    public var mailboxes: Int
}
