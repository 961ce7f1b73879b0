/// Which languages' stems the index holds, and how they are told apart from words.
///
/// A stem stands beside its word at the same position, with ``marker`` before it, so it is never taken for a word: who
/// searches for a phrase, a prefix or a word in quotes finds just that. A stem that is the word itself is not kept.
public enum Stemming {
    /// Begins each stem: a private-use character, which parts words in texts.
    package static let marker: Unicode.Scalar = "\u{E000}"
    package static let markerBytes: [UInt8] = [0xEE, 0x80, 0x80]
    /// The key in the table `setting`; its value has one language a line.
    package static let settingKey = "languages"

    /// The languages of the index.
    package static func languages(in db: SQLiteDatabase) throws -> [String] {
        let statement = try SQLStatement.cached(db, "SELECT value FROM setting WHERE key = ?")
        statement.bind(1, settingKey)
        defer { statement.reset() }
        return try statement.step() ? LineColumn.decode(statement.text(0)) : []
    }

    package static func stemmers(in db: SQLiteDatabase) throws -> [Stemmer] {
        try languages(in: db).compactMap { Stemmer(language: $0) }
    }

    /// Makes the index hold the stems of these languages, in one transaction of the caller's: all text is indexed anew
    /// if they are others than before. Each other connection that writes must call ``refresh(_:)`` in each transaction.
    ///
    /// - Parameter onChange: called with the languages' names before the work begins, which takes long on a large index.
    /// - Returns: whether anything changed.
    @discardableResult
    package static func change(
        to languages: [String], in db: SQLiteDatabase, onChange: ([String]) -> Void = { _ in }
    ) throws -> Bool {
        let wanted = Set(languages.compactMap { Stemmer(language: $0)?.language }).sorted()
        guard try wanted != self.languages(in: db) else { return false }
        onChange(wanted)
        try SQLStatement(
            db, "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)",
            [.text(settingKey), .text(LineColumn.encode(wanted))]
        ).run()
        try refresh(db)
        try db.execute("INSERT INTO message_text (message_text) VALUES ('rebuild')")
        return true
    }

    /// Lets the connection's tokenizers read the setting again: another process may have changed it.
    package static func refresh(_ db: SQLiteDatabase) throws {
        let languages = try languages(in: db)
        MailTokenizer.forEach(on: db) { tokenizer in
            guard let known = tokenizer.stemmers, known.map(\.language) != languages else { return }
            tokenizer.stemmers = languages.compactMap { Stemmer(language: $0) }
        }
    }
}
