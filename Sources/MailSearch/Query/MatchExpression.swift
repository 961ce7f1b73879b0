/// Builds FTS5's own query language. Every word is quoted, so no word can be an operator.
enum MatchExpression {
    /// One phrase, within some columns; a plain word also by its stems.
    static func text(_ columns: TextColumns, _ phrase: Phrase, stemmers: [Stemmer] = []) -> String {
        let exact = filter(columns) + self.phrase(phrase)
        return any([exact] + phrase.stems(by: stemmers).map { "\(filter(columns))\"\($0)\"" })
    }

    static func near(_ columns: TextColumns, _ phrases: [Phrase], distance: Int) -> String {
        filter(columns) + "NEAR(" + phrases.map(phrase).parted(by: " ") + ", \(distance))"
    }

    static func all(_ expressions: [String]) -> String { joined(expressions, " AND ") }

    static func any(_ expressions: [String]) -> String { joined(expressions, " OR ") }

    /// FTS5's NOT has two sides: there is no "everything but".
    static func without(_ left: String, _ right: String) -> String { "(\(left) NOT \(right))" }

    private static func joined(_ expressions: [String], _ separator: String) -> String {
        expressions.count == 1 ? expressions[0] : "(" + expressions.parted(by: separator) + ")"
    }

    private static func filter(_ columns: TextColumns) -> String {
        if columns == .all { return "" }
        let names = columns.names
        return names.count == 1 ? "\(names[0]) : " : "{\(names.parted(by: " "))} : "
    }

    /// The words one by one: FTS5 scans each string again, and within one string a run's last character would join
    /// what follows it.
    private static func phrase(_ phrase: Phrase) -> String {
        phrase.tokens.map { "\"\($0)\"" }.parted(by: " + ") + (phrase.isPrefix ? " *" : "")
    }
}

extension Phrase {
    /// The stems that a plain word is sought by as well, as the index has them; none for a phrase, a beginning or a word in
    /// quotes.
    func stems(by stemmers: [Stemmer]) -> [String] {
        guard !stemmers.isEmpty, !isPrefix, !isQuoted, tokens.count == 1 else { return [] }
        return Stemmer.forms(of: tokens[0], stemmers)
    }
}
