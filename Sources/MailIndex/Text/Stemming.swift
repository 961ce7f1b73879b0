import GRDB

/// Which languages' stems the index holds, and how they are told apart from words.
///
/// A stem stands beside its word at the same position, with ``marker`` before it, so it is never taken for a word: who
/// searches for a phrase, a prefix or a word in quotes finds just that. A stem that is the word itself is not kept.
public enum Stemming {
    /// Begins each stem: a private-use character, which parts words in texts.
    static let marker: Unicode.Scalar = "\u{E000}"
    static let markerBytes: [UInt8] = [0xEE, 0x80, 0x80]
    /// The key in the table `setting`; its value has one language a line.
    static let settingKey = "languages"

    /// The languages of the index.
    public static func languages(in db: Database) throws -> [String] {
        let statement = try db.cachedStatement(sql: "SELECT value FROM setting WHERE key = ?")
        let value = try String.fetchOne(statement, arguments: [settingKey])
        return value?.split(separator: "\n").map(String.init) ?? []
    }

    static func stemmers(in db: Database) throws -> [Stemmer] {
        try languages(in: db).compactMap { Stemmer(language: $0) }
    }

    /// Makes the index hold the stems of these languages, in one transaction of the caller's: all text is indexed anew
    /// if they are others than before. Each other connection that writes must call ``refresh(_:)`` before it does.
    ///
    /// - Returns: whether anything changed.
    @discardableResult
    public static func change(to languages: [String], in db: Database) throws -> Bool {
        let wanted = Set(languages.compactMap { Stemmer(language: $0)?.language }).sorted()
        guard try wanted != self.languages(in: db) else { return false }
        try db.execute(
            sql: "INSERT OR REPLACE INTO setting (key, value) VALUES (?, ?)",
            arguments: [settingKey, wanted.joined(separator: "\n")])
        try refresh(db)
        try db.execute(sql: "INSERT INTO message_text (message_text) VALUES ('rebuild')")
        return true
    }

    /// Lets the connection's tokenizers read the setting again: another process may have changed it.
    public static func refresh(_ db: Database) throws {
        let stemmers = try stemmers(in: db)
        MailTokenizer.forEach(on: db) { $0.stemmers = stemmers }
    }
}
