import Synchronization

/// Sets of messages of which a fact holds, kept for the next search while the index stays as it is. For a process that stays.
final class FactSets: Sendable {
    /// Sets at most. One of a million messages takes two megabytes or so.
    private static let most = 6

    /// Unchecked because a set is not changed once it is kept.
    private struct Entry: @unchecked Sendable {
        var rows: SQLCondition.Rows
        var change: Int64
        var set: DocumentSet
    }

    /// What was asked for last comes last.
    private let entries = Mutex<[Entry]>([])

    func set(_ rows: SQLCondition.Rows, _ change: Int64) -> DocumentSet? {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.rows == rows && $0.change == change }) else { return nil }
            entries.append(entries.remove(at: index))
            return entries.last?.set
        }
    }

    /// Keeps a set, which nobody may change any more.
    func keep(_ set: DocumentSet, for rows: SQLCondition.Rows, _ change: Int64) {
        let entry = Entry(rows: rows, change: change, set: set)
        entries.withLock { entries in
            entries.removeAll { $0.change != change || $0.rows == rows }
            if entries.count >= Self.most { entries.removeFirst() }
            entries.append(entry)
        }
    }

    func removeAll() { entries.withLock { $0.removeAll() } }
}
