import TestSupport

@testable import MailIndex
@testable import MailSearch

/// A text as it is put into the text index, with the number of its row.
struct IndexedText: Hashable {
    var id: Int64
    /// Body, subject, from, to, cc, bcc, attachments: the table's order.
    var columns: [String]

    var document: DocumentColumns {
        DocumentColumns(
            digest: [], date: 0, sentAt: nil, receivedAt: nil, size: 0, messageIDs: "", inReplyTo: "", references: "",
            subject: columns[1], from: columns[2], to: columns[3], cc: columns[4], bcc: columns[5], replyTo: "",
            sender: "", list: "", attachments: "", isTruncated: false)
    }
}

extension IndexFixture {
    /// Puts texts in as the writer does, in its transaction.
    func withTexts(_ body: (TextIndexWriter) throws -> Void) throws {
        try store.requireWriter().writeNow { session in
            try body(session.texts)
            try session.texts.write()
        }
    }

    /// Runs FTS5's own statements in one transaction.
    func withFTS5(_ body: (SQLiteDatabase) throws -> Void) throws {
        try store.requireWriter().writeNow { try body($0.database) }
    }

    /// Changes a setting of the text index.
    func setText(_ name: String, _ value: Int64) throws {
        try withFTS5 { database in
            try SQLStatement(
                database, "INSERT INTO message_text (message_text, rank) VALUES (?, ?)", [.text(name), .integer(value)]
            ).run()
        }
    }

    /// The rows of one of FTS5's own tables, as text.
    func rows(_ table: String) throws -> [String] {
        let columns: String
        switch table {
        case "message_text_idx": columns = "segid || ' ' || quote(term) || ' ' || pgno"
        case "message_text_docsize": columns = "id || ' ' || quote(sz)"
        default: columns = "id || ' ' || quote(block)"
        }
        return try store.read { try $0.texts("SELECT \(columns) FROM \(table) ORDER BY 1") }
    }

    /// What is in the text index: each term with each of its places.
    func instances() throws -> [String] {
        var found: [String] = []
        try withFTS5 { database in
            try database.execute(
                "CREATE VIRTUAL TABLE IF NOT EXISTS temp.instances USING fts5vocab(main, message_text, instance)")
            found = try database.texts(
                """
                SELECT term || ' ' || doc || ' ' || col || ' ' || offset FROM temp.instances
                ORDER BY term, doc, col, offset
                """)
        }
        return found
    }

    /// The numbers of the rows that match, newest first, within bounds.
    func matches(_ query: String, _ range: ClosedRange<Int64> = 0...Int64.max) throws -> [Int64] {
        try store.read { database in
            try database.integers(
                "SELECT rowid FROM message_text WHERE message_text MATCH ? AND rowid BETWEEN ? AND ? ORDER BY rowid DESC",
                .text(query), .integer(range.lowerBound), .integer(range.upperBound))
        }
    }

    func structure() throws -> TextStructure? {
        try store.read { database in
            try SQLStatement.cached(database, "SELECT block FROM message_text_data WHERE id = 10").firstBlob()
                .flatMap(TextStructure.init)
        }
    }

    /// FTS5's check of its own tables.
    func checkText() throws {
        try withFTS5 { try $0.execute("INSERT INTO message_text (message_text) VALUES ('integrity-check')") }
    }
}

extension SQLStatement {
    fileprivate func firstBlob() throws -> [UInt8]? {
        defer { reset() }
        return try step() ? blob(0) : nil
    }
}

extension SQLiteDatabase {
    func insertText(_ text: IndexedText) throws {
        try SQLStatement(
            self,
            """
            INSERT INTO message_text (rowid, body, subject, "from", "to", cc, bcc, attachment)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """, [.integer(text.id)] + text.columns.map { .text($0) }
        ).run()
    }

    func deleteText(_ text: IndexedText) throws {
        try SQLStatement(
            self,
            """
            INSERT INTO message_text (message_text, rowid, body, subject, "from", "to", cc, bcc, attachment)
            VALUES ('delete', ?, ?, ?, ?, ?, ?, ?, ?)
            """, [.integer(text.id)] + text.columns.map { .text($0) }
        ).run()
    }
}

extension TextIndexWriter {
    func add(_ text: IndexedText) throws {
        try add(text.id, text.document, body: text.columns[0], attachments: text.columns[6])
    }

    func remove(_ text: IndexedText) throws {
        try remove(text.id, text.document, body: text.columns[0], attachments: text.columns[6])
    }
}

/// Random texts of few words that are common and many that are rare, in several scripts.
struct RandomTexts {
    private static let common = [
        "the", "invoice", "Running", "O'Neill", "l'arbre", "don't", "ana@example.org", "INV-2024/0071", "Straße",
        "ångström",
        "会議室の予約", "发票", "договоры", "👍🏽", "x'x'x", "neill'neill", "ﬁne",
    ]
    private static let longest = String(repeating: "w", count: 119)

    private var next: Int64

    /// - Parameter first: the number of the first text's row; each after it has a larger one.
    init(first: Int64 = 0) { next = first }

    private static func word(_ random: inout SeededRandom) -> String {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<60: return common[min(Int.random(in: 0..<17, using: &random), Int.random(in: 0..<17, using: &random))]
        case 60..<90: return String(UInt32.random(in: 0..<4_000, using: &random), radix: 36)
        // Longer than the longest token, and the same up to their ends.
        case 90..<94: return longest + String(UInt8.random(in: 0...255, using: &random), radix: 36)
        case 94..<97: return "prefix" + String(repeating: "q", count: Int.random(in: 0..<100, using: &random))
        default: return String(UInt64.random(in: 0...UInt64.max, using: &random), radix: 16)
        }
    }

    private static func column(_ words: Int, _ random: inout SeededRandom) -> String {
        (0..<words).map { _ in word(&random) }.joined(separator: random.chance(percent: 50) ? " " : "\n")
    }

    mutating func make(_ random: inout SeededRandom, words: Int = 60) -> IndexedText {
        let columns = (0..<7).map { column -> String in
            if random.chance(percent: column == 0 ? 5 : 50) { return "" }
            return Self.column(
                Int.random(
                    in: 0...(column == 0 ? (random.chance(percent: 2) ? words * 40 : words) : 4), using: &random),
                &random)
        }
        let id = next
        next +=
            random.chance(percent: 3)
            ? Int64.random(in: 1...1 << 40, using: &random) : Int64.random(in: 1...3, using: &random)
        return IndexedText(id: id, columns: columns)
    }
}

/// Texts that come, go and come back in an index, under the same numbers with the same words or with others.
struct ChangingTexts {
    private let stock, others: [IndexedText]
    /// Those that are in the index, by their numbers.
    private(set) var present: [Int64: IndexedText] = [:]

    init(_ random: inout SeededRandom) {
        var made = RandomTexts()
        stock = (0..<300).map { _ in made.make(&random, words: 40) }
        others = stock.map { IndexedText(id: $0.id, columns: made.make(&random, words: 40).columns) }
    }

    /// Puts some in and takes some out, in one transaction.
    ///
    /// - Parameter usually: how many at most, but for one time in five, when there are up to eighty.
    mutating func change(_ fixture: IndexFixture, usually: Int, _ random: inout SeededRandom) throws {
        try fixture.withTexts { writer in
            for _ in 0..<Int.random(in: 0...(random.chance(percent: 20) ? 80 : usually), using: &random) {
                let index = Int.random(in: 0..<stock.count, using: &random)
                if let known = present.removeValue(forKey: stock[index].id) {
                    try writer.remove(known)
                    guard random.chance(percent: 60) else { continue }
                }
                let text = random.chance(percent: 50) ? stock[index] : others[index]
                present[text.id] = text
                try writer.add(text)
            }
        }
    }
}
