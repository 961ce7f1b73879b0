import Synchronization

/// Tells whether what searches find, and how it is shown, can have changed: the same stamp, the same answer.
///
/// Changes of messages, mailboxes, accounts and settings make another stamp, those of cursors and notes don't. Good
/// within one process only, and never to be kept.
public struct IndexStamp: Hashable, Sendable {
    fileprivate var change: Int64
    fileprivate var surroundings: Int
}

/// The stamp that each connection saw last, and by SQLite's word on whether anything was committed since.
final class IndexStamps: Sendable {
    private struct Seen {
        var version: Int64
        var stamp: IndexStamp
    }

    /// By connection; there are as many as a pool has readers, and they stay open.
    private let seen = Mutex<[Int: Seen]>([:])

    func stamp(_ database: SQLiteDatabase) throws -> IndexStamp {
        let version = try SQLStatement.cached(database, "PRAGMA data_version").runForInteger()
        guard let version else { return try read(database) }
        let connection = Int(bitPattern: database.handle)
        let known = seen.withLock { $0[connection] }
        if let known, known.version == version { return known.stamp }
        let stamp = try read(database)
        seen.withLock { $0[connection] = Seen(version: version, stamp: stamp) }
        return stamp
    }

    private func read(_ database: SQLiteDatabase) throws -> IndexStamp {
        var hasher = Hasher()
        let mailboxes = try SQLStatement.cached(
            database,
            """
            SELECT mailbox.id, account.name, mailbox.name, mailbox.attributes, mailbox.uid_validity,
                mailbox.backfilled_down_to IS 1
            FROM mailbox JOIN account ON account.id = mailbox.account_id ORDER BY mailbox.id
            """)
        try mailboxes.forEachRow { row in
            hasher.combine(row.integer(0))
            for column: Int32 in 1...3 { hasher.combine(row.text(column)) }
            hasher.combine(row.integer(4))
            hasher.combine(row.integer(5))
        }
        let settings = try SQLStatement.cached(database, "SELECT key, value FROM setting ORDER BY key")
        try settings.forEachRow { row in
            hasher.combine(row.text(0))
            hasher.combine(row.text(1))
        }
        return IndexStamp(change: try IndexReader.change(database), surroundings: hasher.finalize())
    }
}

extension IndexReading {
    /// The index's stamp at this moment. Costs a few microseconds where nothing was committed since it was asked last.
    public func stamp() throws -> IndexStamp {
        try read { try stamps.stamp($0) }
    }
}
