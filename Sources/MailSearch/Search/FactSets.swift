import Synchronization

/// Sets of messages of which a fact holds, kept for the next search: what changed since is asked anew. For a process that
/// stays.
final class FactSets: Sendable {
    /// Sets at most. One of a million messages takes two megabytes or so.
    private static let most = 6
    /// Changes that are followed; after more of them the set is made anew.
    private static let mostChanges = 2_000

    /// Unchecked because a set is not changed once it is kept.
    private struct Entry: @unchecked Sendable {
        var fact: Fact
        /// The index's last change when the set was right.
        var change: Int64
        var set: DocumentSet
    }

    /// What was asked for last comes last.
    private let entries = Mutex<[Entry]>([])

    /// The messages of which a fact holds, not to be changed; nil where they are not known.
    func set(_ fact: Fact, _ database: SQLiteDatabase) throws -> DocumentSet? {
        guard fact.isOwn, let entry = entry(fact), let (floor, now) = try MessageChange.range(database) else {
            return nil
        }
        if entry.change == now { return entry.set }
        guard entry.change < now, entry.change >= floor else { return nil }
        let changes = try MessageChange.after(entry.change, limit: Self.mostChanges + 1, database)
        guard changes.count <= Self.mostChanges else { return nil }
        let set = try entry.set.copy()
        let holds = try SQLStatement(
            database, "SELECT 1 FROM message WHERE message.id = ? AND (\(fact.condition.sql))",
            [.integer(0)] + fact.condition.arguments)
        for id in Set(changes.map(\.id)) {
            set.remove(id)
            holds.bind(1, id)
            if try holds.runForInteger() != nil { try set.insert(id) }
        }
        keep(Entry(fact: fact, change: now, set: set))
        return set
    }

    /// Keeps a set, which nobody may change any more.
    func keep(_ set: DocumentSet, for fact: Fact, _ database: SQLiteDatabase) throws {
        guard fact.isOwn else { return }
        keep(Entry(fact: fact, change: try IndexReader.change(database), set: set))
    }

    func removeAll() { entries.withLock { $0.removeAll() } }

    private func entry(_ fact: Fact) -> Entry? {
        entries.withLock { entries in
            guard let index = entries.firstIndex(where: { $0.fact == fact }) else { return nil }
            entries.append(entries.remove(at: index))
            return entries.last
        }
    }

    private func keep(_ entry: Entry) {
        entries.withLock { entries in
            // Another search may have seen a later state.
            if let known = entries.first(where: { $0.fact == entry.fact }), known.change >= entry.change { return }
            entries.removeAll { $0.fact == entry.fact }
            if entries.count >= Self.most { entries.removeFirst() }
            entries.append(entry)
        }
    }
}
