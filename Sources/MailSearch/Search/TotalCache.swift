import Synchronization

/// Totals of late searches, as long as the index stays as it is.
///
/// Counting a common word's hits in a million messages takes a hundred times as long as finding the newest twenty, and
/// who turns pages or types a query again asks for the same number.
final class TotalCache: Sendable {
    private struct Contents {
        var state: Int64 = -1
        var totals: [Key: Int] = [:]
    }

    struct Key: Hashable, Sendable {
        var query: CompiledQuery
        var threads: Bool
    }

    static let capacity = 512
    private let contents = Mutex(Contents())

    func total(_ key: Key, state: Int64) -> Int? {
        contents.withLock { $0.state == state ? $0.totals[key] : nil }
    }

    func keep(_ total: Int, for key: Key, state: Int64) {
        contents.withLock {
            if $0.state != state || $0.totals.count >= TotalCache.capacity {
                $0.totals.removeAll(keepingCapacity: true)
            }
            $0.state = state
            $0.totals[key] = total
        }
    }
}
