import MailSearch

/// The statements that read and write FTS5's own tables.
struct TextIndexStatements {
    let insertText, deleteText: SQLStatement
    /// Notes that a document was taken out which may have been counted.
    let noteRemoval: SQLStatement
    let joinTransaction: SQLStatement
    let openSavepoint, rollBack, release: SQLStatement
    private let readData, putData, putBranch, putSizes, readSetting: SQLStatement

    init(_ database: SQLiteDatabase) throws {
        func make(_ sql: String) throws -> SQLStatement { try SQLStatement(database, sql) }
        insertText = try make(
            """
            INSERT INTO message_text (rowid, subject, "from", "to", cc, bcc, body, attachment)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
        deleteText = try make(
            """
            INSERT INTO message_text (message_text, rowid, subject, "from", "to", cc, bcc, body, attachment)
            VALUES ('delete', ?, ?, ?, ?, ?, ?, ?, ?)
            """)
        noteRemoval = try make(
            """
            INSERT OR IGNORE INTO text_removal (is_counted, id) SELECT 1, ?1
            WHERE EXISTS (SELECT 1 FROM setting WHERE key = '\(CountedSegments.settingKey)')
                AND NOT EXISTS (SELECT 1 FROM text_removal WHERE is_counted = 0 AND id = ?1)
            """)
        joinTransaction = try make("INSERT INTO message_text (message_text, rank) VALUES ('merge', 0)")
        openSavepoint = try make("SAVEPOINT message_text")
        rollBack = try make("ROLLBACK TO message_text")
        release = try make("RELEASE message_text")
        readData = try make("SELECT block FROM message_text_data WHERE id = ?")
        putData = try make("REPLACE INTO message_text_data (id, block) VALUES (?, ?)")
        putBranch = try make("INSERT INTO message_text_idx (segid, term, pgno) VALUES (?, ?, ?)")
        putSizes = try make("REPLACE INTO message_text_docsize (id, sz) VALUES (?, ?)")
        readSetting = try make("SELECT v FROM message_text_config WHERE k = ?")
    }

    func data(_ id: Int64) throws -> [UInt8]? {
        readData.bind(1, id)
        defer { readData.reset() }
        return try readData.step() ? readData.blob(0) : nil
    }

    func setting(_ name: String) throws -> Int64? {
        readSetting.bind(1, name)
        return try readSetting.runForInteger()
    }

    func writeData(_ id: Int64, _ bytes: UnsafeRawBufferPointer) throws {
        putData.bind(1, id)
        putData.bind(2, borrowing: bytes)
        try putData.run()
    }

    func writeData(_ id: Int64, _ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { try writeData(id, $0) }
    }

    func writeBranch(_ segment: Int64, _ term: UnsafeRawBufferPointer, _ page: Int64) throws {
        putBranch.bind(1, segment)
        putBranch.bind(2, borrowing: term)
        putBranch.bind(3, page)
        try putBranch.run()
    }

    func writeSizes(_ id: Int64, _ bytes: UnsafeRawBufferPointer) throws {
        putSizes.bind(1, id)
        putSizes.bind(2, borrowing: bytes)
        try putSizes.run()
    }
}
