import MailSearch

/// Puts texts into the text index and takes them out, within the transactions of ``BatchWriter``.
///
/// New texts are gathered and written as a segment of our own making; what is taken out goes through FTS5. The newest
/// segment that names a document is the one that counts, so each is written before the other may name the same document
/// again. Where the index is in a form that isn't known here, FTS5 does all.
final class TextIndexWriter {
    /// Octets of memory at which what was gathered is written, though more is to come.
    static let mostGathered = 96 << 20
    /// Octets of a text that FTS5 is left with: what is gathered has addresses of 32 bits.
    static let longestText = 32 << 20
    static let defaultPageSize: Int64 = 4_050
    static let pageSizes: ClosedRange<Int64> = 32...65_000

    private let database: SQLiteDatabase
    private let statements: TextIndexStatements
    private let builder = TextSegmentBuilder()
    private var languages: [String]?
    private var stemmers: [Stemmer] = []
    /// Within a transaction, as soon as a text was added: the page size, or nil where FTS5 does all.
    private var pageSize: Int??
    /// Of the segment that is gathered: whether it was seen to that there aren't too many beside it.
    private var isMergeLookedFor = false

    init(_ database: SQLiteDatabase) throws {
        self.database = database
        statements = try TextIndexStatements(database)
    }

    /// Begins a transaction.
    func begin() {
        builder.removeAll()
        pageSize = nil
        isMergeLookedFor = false
    }

    func add(_ id: Int64, _ columns: DocumentColumns, body: String, attachments: String) throws {
        let pageSize: Int?
        if let known = self.pageSize {
            pageSize = known
        } else {
            pageSize = try prepare()
            self.pageSize = .some(pageSize)
        }
        if pageSize != nil, !isMergeLookedFor {
            isMergeLookedFor = true
            // FTS5 merges a level's segments where it writes one more itself.
            if try isNearCrisis() { return try insert(id, columns, body: body, attachments: attachments) }
        }
        guard pageSize != nil, body.utf8.count + attachments.utf8.count <= Self.longestText else {
            return try insert(id, columns, body: body, attachments: attachments)
        }
        builder.begin(id)
        for text in [body, columns.subject, columns.from, columns.to, columns.cc, columns.bcc, attachments] {
            builder.add(text, stemmers)
        }
        if builder.size > Self.mostGathered { try write() }
    }

    /// Takes a text out, which must be the one that was put in.
    func remove(_ id: Int64, _ columns: DocumentColumns, body: String, attachments: String) throws {
        if builder.contains(id) { try write() }
        try run(statements.deleteText, id, columns, body: body, attachments: attachments)
        statements.noteRemoval.bind(1, id)
        try statements.noteRemoval.run()
    }

    private func insert(_ id: Int64, _ columns: DocumentColumns, body: String, attachments: String) throws {
        try run(statements.insertText, id, columns, body: body, attachments: attachments)
    }

    private func run(
        _ statement: SQLStatement, _ id: Int64, _ columns: DocumentColumns, body: String, attachments: String
    ) throws {
        statement.bind(1, id)
        statement.bind(2, columns.subject)
        statement.bind(3, columns.from)
        statement.bind(4, columns.to)
        statement.bind(5, columns.cc)
        statement.bind(6, columns.bcc)
        statement.bind(7, body)
        statement.bind(8, attachments)
        try statement.run()
    }

    // MARK: What is there

    /// The page size, if the index is in a form that is known here.
    private func prepare() throws -> Int? {
        guard try statements.setting("version") == TextStructure.version, try structure() != nil, try averages() != nil
        else {
            return nil
        }
        let size = try statements.setting("pgsz") ?? Self.defaultPageSize
        guard Self.pageSizes.contains(size) else { return nil }
        let languages = try Stemming.languages(in: database)
        if languages != self.languages {
            self.languages = languages
            stemmers = languages.compactMap { Stemmer(language: $0) }
        }
        return Int(size)
    }

    private func structure() throws -> TextStructure? {
        try statements.data(TextStructure.row).flatMap(TextStructure.init)
    }

    private func isNearCrisis() throws -> Bool { try structure()?.isNearCrisis ?? false }

    /// How many documents there are, and the tokens of each column in all of them.
    private func averages() throws -> [Int64]? {
        guard let record = try statements.data(TextStructure.averagesRow) else { return nil }
        guard !record.isEmpty else { return [Int64](repeating: 0, count: 1 + TextSegmentBuilder.columns) }
        guard let numbers = TextVarint.readAll(record), numbers.count == 1 + TextSegmentBuilder.columns else {
            return nil
        }
        return numbers.map { Int64(bitPattern: $0) }
    }

    // MARK: Writing

    /// Writes what was gathered. Ends each transaction.
    func write() throws {
        guard !builder.isEmpty else { return }
        defer {
            builder.removeAll()
            isMergeLookedFor = false
        }
        try settleFTS5()
        guard let pageSize = pageSize ?? nil, var structure = try structure(), let id = structure.freeID,
            var averages = try averages()
        else {
            throw IndexError.damagedTextIndex
        }
        let pages = try builder.writePages(segment: id, pageSize: pageSize, statements)
        if pages > 0 {
            structure.add(TextStructure.Segment(id: id, firstPage: 1, lastPage: pages))
            try statements.writeData(TextStructure.row, structure.record)
        }
        try builder.writeSizes(statements)
        averages[0] += Int64(builder.documents.count)
        for column in 0..<TextSegmentBuilder.columns { averages[1 + column] += builder.totals[column] }
        var record: [UInt8] = []
        for number in averages { TextVarint.append(UInt64(bitPattern: number), to: &record) }
        try statements.writeData(TextStructure.averagesRow, record)
    }

    /// Has FTS5 write what it holds, and forget what it has read, so that both see one index.
    ///
    /// By the contract of virtual tables alone: one that takes part in a transaction writes its state where a savepoint
    /// begins, and takes nothing for known that it read before a savepoint was rolled back.
    private func settleFTS5() throws {
        try statements.joinTransaction.run()
        try statements.openSavepoint.run()
        try statements.rollBack.run()
        try statements.release.run()
    }
}

extension IndexError {
    static var damagedTextIndex: IndexError {
        IndexError(code: .damaged, message: "the index is damaged (the text index): run \"trawl check\"")
    }
}
