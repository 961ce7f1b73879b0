/// A word or phrase of a query, with what is needed to say where it is wrong.
struct QueryValue: Hashable {
    /// Without the quotes.
    var text: String
    var range: Range<Int>
    var isQuoted = false
    /// A star stands right after the quotes.
    var hasStar = false
    /// The field's name as typed, if it stands right before it.
    var field: String?

    var isStar: Bool { !isQuoted && text == "*" }

    /// The words in sequence.
    func phrase() throws(QueryError) -> Phrase {
        var typed = text[...]
        var isPrefix = hasStar
        if !isQuoted {
            while typed.hasSuffix("*") {
                typed = typed.dropLast()
                isPrefix = true
            }
            if let star = typed.utf8.firstIndex(of: UInt8(ascii: "*")) {
                let offset = range.lowerBound + typed.utf8.distance(from: typed.startIndex, to: star)
                throw QueryError(
                    .wildcardMisplaced, "* is understood only at the end of a word", at: offset..<(offset + 1),
                    hint: "quote the word if the star is part of it")
            }
        }
        let tokens = ScannedToken.tokens(of: String(typed), for: .query)
        guard let last = tokens.last else {
            let shown = isQuoted ? "\"\(text)\"" : text
            throw QueryError(
                .noWord, "There is no letter or digit in \(shown)", at: range,
                hint: isPrefix ? "* alone finds everything" : "punctuation is not indexed; leave it out")
        }
        // A lone character of a script that is indexed in pairs begins a pair wherever another follows it.
        if let only = last.text.unicodeScalars.first, last.text.unicodeScalars.count == 1,
            Folding.entry(only.value) == Folding.run
        {
            isPrefix = true
        }
        return Phrase(text: String(typed), tokens: tokens.map(\.text), isPrefix: isPrefix, isQuoted: isQuoted)
    }

    /// The value as a name or pattern.
    func pattern() throws(QueryError) -> NamePattern {
        let typed = hasStar ? text + "*" : text
        let pattern = NamePattern(typed, isQuoted: isQuoted && !hasStar)
        guard !pattern.text.isEmpty else {
            throw QueryError(.badValue, "\(field.map { $0 + ":" } ?? "This") has no value", at: range)
        }
        return pattern
    }
}
