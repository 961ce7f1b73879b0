/// How many of a query's hits there are by sender, mailbox, year, list and type of attachment.
public struct Facets: Hashable, Sendable {
    /// One value with the number of hits that bear it.
    public struct Count: Hashable, Sendable {
        /// An address, mailbox, year, List-Id or media type, as it would stand in a query.
        public var value: String
        /// What a person calls it, where that is something else: a sender's name, a mailbox's account.
        public var name: String?
        public var count: Int
    }

    /// Each sorted by count, the largest first.
    public var senders: [Count] = []
    public var mailboxes: [Count] = []
    /// By year, the newest first, in the local zone.
    public var years: [Count] = []
    public var lists: [Count] = []
    public var types: [Count] = []

    public init() {}

    /// Values of each kind that are told, unless asked otherwise.
    public static let mostValues = 10

    /// Counts the hits of `query` in the state that `db` sees. Takes time in proportion to the hits.
    package init(
        _ query: SearchQuery, context: QueryContext, in db: SQLiteDatabase, mostValues: Int = Facets.mostValues
    ) throws {
        let compiled = try QueryCompiler.compile(query, in: db)
        if compiled.isEmpty { return }
        let source = compiled.idSource
        let hits = "WITH hit (id) AS MATERIALIZED (\(source.sql)) "
        func counts(_ sql: String) throws -> [Count] {
            let rows = try SQLStatement(
                db, hits + sql + " ORDER BY count DESC, value LIMIT \(mostValues)", source.arguments)
            var found: [Count] = []
            try rows.forEachRow { row in
                let name = row.text(1)
                found.append(
                    Count(value: row.text(0), name: name.isEmpty ? nil : name, count: Int(row.integer(2))))
            }
            return found
        }
        senders = try counts(
            """
            SELECT address.email AS value, address.name AS name, count(*) AS count
            FROM hit CROSS JOIN message ON message.id = hit.id JOIN address ON address.id = message.sender_id
            GROUP BY address.id
            """)
        mailboxes = try counts(
            """
            SELECT mailbox.name AS value, account.name AS name, count(DISTINCT place.message_id) AS count
            FROM hit CROSS JOIN place ON place.message_id = hit.id JOIN mailbox ON mailbox.id = place.mailbox_id
            JOIN account ON account.id = mailbox.account_id GROUP BY mailbox.id
            """)
        lists = try counts(
            """
            SELECT list.name AS value, NULL AS name, count(*) AS count
            FROM hit CROSS JOIN message ON message.id = hit.id JOIN list ON list.id = message.list_id GROUP BY list.id
            """)
        types = try counts(
            """
            SELECT media_type.name AS value, NULL AS name, count(DISTINCT attachment.message_id) AS count
            FROM hit CROSS JOIN attachment ON attachment.message_id = hit.id
            JOIN media_type ON media_type.id = attachment.media_type_id GROUP BY media_type.id
            """)
        years = try Self.years(
            hits + "SELECT message.date FROM hit CROSS JOIN message ON message.id = hit.id", source.arguments, context,
            db)
    }

    private static func years(
        _ sql: String, _ arguments: [SQLValue], _ context: QueryContext, _ db: SQLiteDatabase
    ) throws -> [Count] {
        var counts: [Int: Int] = [:]
        // Neighbours mostly fall into the same year: its bounds spare the calendar.
        var year = 0
        var bounds: Range<Int64> = 0..<0
        try SQLStatement(db, sql, arguments).forEachRow { row in
            let date = row.integer(0)
            if !bounds.contains(date) {
                year = CivilTime(date, in: context).year
                let start = CivilTime(year: year).instant(in: context)
                bounds = start..<max(start, CivilTime(year: year + 1).instant(in: context))
            }
            counts[year, default: 0] += 1
        }
        return counts.sorted { $0.key > $1.key }.map { Count(value: String($0.key), name: nil, count: $0.value) }
    }
}
