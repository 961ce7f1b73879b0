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
    private let stemmers: [Stemmer]

    /// - Parameter languages: those whose stems the index holds (``Stemming/languages(in:)``).
    public init(_ query: SearchQuery, languages: [String] = []) {
        stemmers = languages.compactMap { Stemmer(language: $0) }
        var found: [Wanted] = []
        Self.collect(query.root, into: &found)
        wanted = Array(found.prefix(Self.mostPhrases))
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
        case .not, .everything, .flag, .hasAttachment, .mediaType, .list, .account, .mailbox, .tag, .date, .size, .id,
            .messageID, .thread:
            break
        }
    }

    /// The query's phrases in a column's text, in order, not overlapping.
    func matches(in text: UnsafeBufferPointer<UInt8>, column: TextColumns) -> [Match] {
        let phrases = wanted.enumerated().filter { !$0.element.columns.isDisjoint(with: column) }
        guard !phrases.isEmpty, let base = text.baseAddress else { return [] }
        var sink = HitSink(text: text)
        for (number, wanted) in phrases {
            for (offset, token) in wanted.phrase.tokens.enumerated() {
                let isLast = offset == wanted.phrase.tokens.count - 1
                sink.words.append(
                    HitSink.Word(
                        bytes: Array(token.utf8), isPrefix: isLast && wanted.phrase.isPrefix, phrase: number,
                        offset: offset, isLast: isLast))
            }
        }
        for (number, wanted) in phrases where wanted.phrase.tokens.count == 1 {
            guard !wanted.phrase.isQuoted, !wanted.phrase.isPrefix else { continue }
            for form in Stemmer.forms(of: wanted.phrase.tokens[0], stemmers) {
                sink.words.append(
                    HitSink.Word(bytes: Array(form.utf8), isPrefix: false, phrase: number, offset: 0, isLast: true))
            }
        }
        sink.prepare()
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

/// Notes where single words of phrases stand, and joins them when the text is read.
private struct HitSink: TokenSink {
    struct Word {
        var bytes: [UInt8]
        var isPrefix: Bool
        var phrase: Int
        /// Its place in the phrase.
        var offset: Int
        var isLast: Bool
    }

    private struct Hit {
        var position: Int
        var word: Int
        var range: Range<Int>
    }

    let text: UnsafeBufferPointer<UInt8>
    var words: [Word] = []
    /// First bytes that some word begins with: most tokens are done with here.
    private var firstBytes = [Bool](repeating: false, count: 256)
    private var hits: [Hit] = []
    private var position = -1

    init(text: UnsafeBufferPointer<UInt8>) {
        self.text = text
    }

    mutating func prepare() {
        for word in words { if let first = word.bytes.first { firstBytes[Int(first)] = true } }
    }

    mutating func take(
        _ token: UnsafePointer<UInt8>, _ count: Int, from start: Int, to end: Int, isColocated: Bool
    ) -> Bool {
        if !isColocated { position += 1 }
        guard firstBytes[Int(token[0])] else { return true }
        for (number, word) in words.enumerated() {
            let length = word.bytes.count
            guard word.isPrefix ? length <= count : length == count else { continue }
            guard word.bytes.elementsEqual(UnsafeBufferPointer(start: token, count: length)) else { continue }
            var range = start..<end
            if word.isPrefix, length < count, let base = text.baseAddress {
                let (scalar, bytes) = UTF8Decoder.scalar(base, start, end)
                // A lone character found as the first of a pair is marked alone.
                let entry = Folding.entry(scalar)
                if entry == Folding.run || entry & Folding.foldsToRun != 0 { range = start..<(start + bytes) }
            }
            hits.append(Hit(position: position, word: number, range: range))
        }
        return hits.count < TermMatcher.mostHits
    }

    func matches() -> [TermMatcher.Match] {
        var open: [Int: [(position: Int, start: Int)]] = [:]
        var found: [TermMatcher.Match] = []
        for hit in hits {
            let word = words[hit.word]
            var starts: [Int] = []
            if word.offset == 0 {
                starts = [hit.range.lowerBound]
            } else {
                starts = (open[hit.word - 1] ?? []).filter { $0.position == hit.position - 1 }.map(\.start)
            }
            guard let start = starts.first else { continue }
            if word.isLast {
                found.append(TermMatcher.Match(range: start..<max(hit.range.upperBound, start), phrase: word.phrase))
            } else {
                // Only the last few positions can go on.
                var list = (open[hit.word] ?? []).filter { $0.position >= hit.position - 1 }
                list.append((hit.position, start))
                open[hit.word] = list
            }
        }
        return found
    }
}
