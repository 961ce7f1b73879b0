import Synchronization

/// What a synchronisation came to, for progress and for tests.
public struct SyncTotals: Hashable, Sendable {
    /// Messages that were fetched from the server.
    public var fetched = 0
    /// Octets of their literals.
    public var octets = 0
    /// Of these, octets of attachments that were fetched for their text.
    public var attachmentOctets = 0
    /// Messages that the index knew from elsewhere: nothing of them was fetched.
    public var relocated = 0
    public var removed = 0
    /// Flag changes that were told or found.
    public var flagChanges = 0
    /// Messages that could not be had whole, and stand in the index with what could be read.
    public var incomplete = 0
    /// Mailboxes that were opened.
    public var opened = 0
    /// Mailboxes whose STATUS showed that nothing had changed.
    public var unchanged = 0

    public init() {}
}

/// Adds up over all tasks of one account.
final class SyncCounters: Sendable {
    private let totals = Mutex(SyncTotals())

    var value: SyncTotals { totals.withLock { $0 } }

    func add(_ change: (inout SyncTotals) -> Void) {
        totals.withLock { change(&$0) }
    }
}
