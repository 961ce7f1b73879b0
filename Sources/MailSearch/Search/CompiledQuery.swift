/// A query in SQLite's terms: what `QueryCompiler` makes of a `SearchQuery` and `SearchRun` runs.
///
/// The store makes one of these statements of it, and adds the order and the limit:
///
///     SELECT rowid FROM message_text WHERE message_text MATCH :text [AND rowid BETWEEN …]           -- no condition
///     SELECT message.id FROM message_text CROSS JOIN message ON message.id = message_text.rowid
///      WHERE message_text MATCH :text AND (condition) …                                             -- both
///     SELECT message.id FROM message WHERE (condition) …                                            -- no text
public struct CompiledQuery: Hashable, Sendable {
    /// What every hit's text matches, as an FTS5 expression; nil where the query has no such part. Text in an OR with
    /// a fact goes into `condition`: `message.id IN (SELECT rowid FROM message_text WHERE message_text MATCH ?)`.
    public var text: String?
    /// SQL over `message`'s columns, each written `message.column`, with `?` for arguments; nil for none.
    public var condition: String?
    /// For `condition`, in its order.
    public var arguments: [SQLValue]
    /// Bounds of the ids that can match (dates), for speed alone: `condition` must be exact by itself.
    public var idBounds: ClosedRange<Int64>?
    /// True where nothing can match, such as an unknown mailbox.
    public var isEmpty: Bool

    public init(
        text: String? = nil, condition: String? = nil, arguments: [SQLValue] = [], idBounds: ClosedRange<Int64>? = nil,
        isEmpty: Bool = false
    ) {
        self.text = text
        self.condition = condition
        self.arguments = arguments
        self.idBounds = idBounds
        self.isEmpty = isEmpty
    }
}

/// A value bound to a statement.
public enum SQLValue: Hashable, Sendable {
    case integer(Int64)
    case text(String)
    case blob([UInt8])
}
