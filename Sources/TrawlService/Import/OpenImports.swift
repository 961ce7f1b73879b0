/// Sources that are wholly in a transaction of the index that isn't committed yet. What is known of them is saved when it
/// is: a cache that knew more than the index would lose mail.
struct OpenImports {
    var caches: [ImportCache] = []
    private var since: ContinuousClock.Instant?

    /// Whether the transaction has been open for so long.
    func isOpen(for duration: Duration) -> Bool { since.map { $0.duration(to: .now) >= duration } ?? false }

    /// A batch was written and not committed.
    mutating func begin() {
        if since == nil { since = .now }
    }

    /// All that was written is committed.
    mutating func didCommit() throws(ServiceError) {
        since = nil
        while var cache = caches.popLast() { try cache.save() }
    }
}
