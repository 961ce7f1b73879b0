/// What the index holds, by account and mailbox.
public struct IndexStatus: Hashable, Sendable {
    public var accounts: [AccountStatus]
    /// Messages, each counted once.
    public var messageCount: Int
    /// False while a mailbox has messages that are not indexed yet.
    public var isComplete: Bool
    /// What `changes(since:)` counts from.
    public var state: String
    /// Octets of the index's files.
    public var bytes: Int64
}

/// One account in ``IndexStatus``.
public struct AccountStatus: Hashable, Sendable {
    public var id: AccountID
    public var name: String
    /// A word of the synchroniser's; empty for none.
    public var state: String
    public var lastSyncAt: Int64?
    public var lastError: String?
    /// Since when it has not gone well: the first error's time, where several came in a row.
    public var lastErrorAt: Int64?
    public var mailboxes: [MailboxStatus]
}

/// One mailbox in ``IndexStatus``.
public struct MailboxStatus: Hashable, Sendable {
    public var id: MailboxID
    public var account: AccountID
    public var name: String
    /// As the server spelt it; nil for mail that came from no server.
    public var wireName: [UInt8]?
    public var delimiter: String?
    /// LIST attributes, such as `\Sent`.
    public var attributes: [String]
    /// MAILBOXID (RFC 8474).
    public var objectID: String?
    public var cursor: MailboxCursor?
    /// Messages of the mailbox that are indexed.
    public var messageCount: Int
    public var unseenCount: Int
    public var state: String
    public var lastSyncAt: Int64?
    public var lastError: String?
    /// Since when it has not gone well.
    public var lastErrorAt: Int64?

    public var isComplete: Bool { cursor?.isComplete ?? false }
}

/// What is told of an account or a mailbox beside its mail. Nil leaves what stands; `error: ""` clears the error.
public struct SyncNote: Hashable, Sendable {
    public var state: String?
    public var syncedAt: Int64?
    public var error: String?
    /// Stays that of the first error until one clears it.
    public var errorAt: Int64?

    public init(state: String? = nil, syncedAt: Int64? = nil, error: String? = nil, errorAt: Int64? = nil) {
        self.state = state
        self.syncedAt = syncedAt
        self.error = error
        self.errorAt = errorAt
    }
}

/// A mailbox as it is made known to the index.
public struct MailboxDescription: Hashable, Sendable {
    public var name: String
    public var wireName: [UInt8]?
    public var delimiter: String?
    public var attributes: [String]
    public var objectID: String?

    public init(
        name: String, wireName: [UInt8]? = nil, delimiter: String? = nil, attributes: [String] = [],
        objectID: String? = nil
    ) {
        self.name = name
        self.wireName = wireName
        self.delimiter = delimiter
        self.attributes = attributes
        self.objectID = objectID
    }
}
