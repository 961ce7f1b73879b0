/// What a row of `message` tells of a message without its document.
struct MessageRow {
    var id: Int64
    /// Unix seconds, as in the document.
    var date: Int64
    /// The inner number.
    var thread: Int64
    var flags: EmailFlags
    /// `document.number`
    var document: Int64

    /// Reads rows in one snapshot, one at a time.
    struct Reader {
        private let statement: SQLStatement

        init(_ database: SQLiteDatabase) throws {
            statement = try SQLStatement.cached(
                database, "SELECT date, thread_id, flags, document FROM message WHERE id = ?")
        }

        /// Nil for no such message.
        func row(_ id: Int64) throws -> MessageRow? {
            statement.bind(1, id)
            defer { statement.reset() }
            guard try statement.step() else { return nil }
            return MessageRow(
                id: id, date: statement.integer(0), thread: statement.integer(1),
                flags: EmailFlags(rawValue: UInt8(truncatingIfNeeded: statement.integer(2))),
                document: statement.integer(3))
        }
    }
}
