/// Finds a query's words in a text again, by the same scanner that indexed it.
///
/// What stands under NOT is not looked for, and each word only in the columns it was asked for in.
public struct TermMatcher: Sendable {
    /// So many phrases of a query are looked for; more would mark everything.
    static let mostPhrases = 64
    /// So many places of single words are kept; a text that has more is marked up to there.
    static let mostHits = 4_096

    /// A place of a phrase in a text.
    struct Match: Hashable {
        /// UTF-8 bytes.
        var range: Range<Int>
        /// Which of the query's phrases it is.
        var phrase: Int
    }

    private struct Wanted {
        var columns: TextColumns
        var phrase: Phrase
    }

    private let wanted: [Wanted]
    private let words: SoughtWords
    private let stemmers: [Stemmer]

    /// - Parameter languages: those whose stems the index holds (``Stemming/languages(in:)``).
    public init(_ query: SearchQuery, languages: [String] = []) {
        stemmers = languages.compactMap { Stemmer(language: $0) }
        var found: [Wanted] = []
        Self.collect(query.root, into: &found)
        wanted = Array(found.prefix(Self.mostPhrases))
        var words: [SoughtWords.Word] = []
        for (number, wanted) in wanted.enumerated() {
            let phrase = wanted.phrase
            words += SoughtWords.words(of: phrase, in: wanted.columns, number: number)
            guard phrase.tokens.count == 1, !phrase.isQuoted, !phrase.isPrefix else { continue }
            words += Stemmer.forms(of: phrase.tokens[0], stemmers).map { form in
                SoughtWords.Word(
                    bytes: Array(form.utf8), columns: wanted.columns, isPrefix: false, phrase: number, offset: 0,
                    isLast: true)
            }
        }
        self.words = SoughtWords(words)
    }

    /// Whether any word is looked for in these columns.
    public func looksIn(_ columns: TextColumns) -> Bool {
        wanted.contains { !$0.columns.isDisjoint(with: columns) }
    }

    private static func collect(_ node: QueryNode, into found: inout [Wanted]) {
        guard found.count < mostPhrases else { return }
        switch node.kind {
        case .text(let columns, let phrase): found.append(Wanted(columns: columns, phrase: phrase))
        case .near(let columns, let phrases, _):
            found += phrases.map { Wanted(columns: columns, phrase: $0) }
        case .and(let nodes), .or(let nodes):
            for node in nodes { collect(node, into: &found) }
        case .filename(let pattern):
            let tokens = ScannedToken.tokens(of: pattern.text, for: .query).map(\.text)
            if !tokens.isEmpty {
                found.append(
                    Wanted(columns: .attachment, phrase: Phrase(text: pattern.text, tokens: tokens, isPrefix: true)))
            }
        case .not, .everything, .participant, .flag, .hasAttachment, .mediaType, .list, .account, .mailbox, .tag, .date,
            .size, .id, .messageID, .thread:
            break
        }
    }

    /// The query's phrases in a column's text, in order, not overlapping.
    ///
    /// - Parameter span: bytes in which a snippet shows what it shows: once all phrases stand so close together, in text
    ///   that is not quoted, what follows further down is not looked for. Nil looks for all.
    func matches(in text: UnsafeBufferPointer<UInt8>, column: TextColumns, span: Int? = nil) -> [Match] {
        let count = wanted.count { !$0.columns.isDisjoint(with: column) }
        guard count > 0, let base = text.baseAddress else { return [] }
        var sink = HitSink(text: text, words: words, column: column, phrases: count, span: span)
        TextScanner.scan(base, count: text.count, for: .document, stemmers: stemmers, into: &sink)
        var found = sink.matches()
        found.sort { ($0.range.lowerBound, -$0.range.upperBound) < ($1.range.lowerBound, -$1.range.upperBound) }
        var kept: [Match] = []
        for match in found {
            if let last = kept.last, match.range.lowerBound < last.range.upperBound {
                // Runs overlap by nature: what begins within a match lengthens it.
                if match.range.upperBound > last.range.upperBound, match.phrase == last.phrase {
                    kept[kept.count - 1].range = last.range.lowerBound..<match.range.upperBound
                }
                continue
            }
            kept.append(match)
        }
        return kept
    }
}
