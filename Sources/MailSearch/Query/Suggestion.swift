/// A word of a query that the index does not hold, and the nearest one that it does.
public struct Suggestion: Hashable, Sendable {
    /// The word as typed.
    public var word: String
    /// Where it stands in the query, in UTF-8 bytes.
    public var range: Range<Int>
    /// What to try instead.
    public var replacement: String

    /// So many unknown words of one query are looked up.
    static let mostWords = 5
    /// Shorter words have too many neighbours.
    static let shortestWord = 3
    /// Hits by which the candidates are ranked are counted up to here.
    static let rankedHits = 1_000
    /// Words of the index that are compared when none is one letter away.
    static let mostCompared = 200_000

    /// Suggestions for a query that found nothing, in its order: words one letter apart, else two.
    package static func make(for query: SearchQuery, in db: SQLiteDatabase) throws -> [Suggestion] {
        var words: [(word: String, range: Range<Int>)] = []
        collect(query.root, into: &words)
        var found: [Suggestion] = []
        for (word, range) in words.prefix(mostWords) where try count(of: word, in: db, limit: 1) == 0 {
            if let nearest = try oneApart(word, in: db) ?? twoApart(word, in: db) {
                found.append(Suggestion(word: word, range: range, replacement: nearest))
            }
        }
        return found
    }

    /// The query with the words replaced.
    public static func applied(_ suggestions: [Suggestion], to query: SearchQuery) -> String {
        var bytes = Array(query.source.utf8)
        for suggestion in suggestions.sorted(by: { $0.range.lowerBound > $1.range.lowerBound }) {
            guard suggestion.range.upperBound <= bytes.count else { continue }
            // A field's name before the word stays.
            let text = String(decoding: bytes[suggestion.range], as: UTF8.self)
            let start = text.utf8.lastIndex(of: UInt8(ascii: ":")).map {
                text.utf8.distance(from: text.startIndex, to: $0) + 1
            }
            let from = suggestion.range.lowerBound + (start ?? 0)
            bytes.replaceSubrange(from..<suggestion.range.upperBound, with: Array(suggestion.replacement.utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func collect(_ node: QueryNode, into words: inout [(word: String, range: Range<Int>)]) {
        switch node.kind {
        case .text(_, let phrase):
            if phrase.tokens.count == 1, !phrase.isPrefix, phrase.tokens[0].count >= shortestWord {
                words.append((phrase.tokens[0], node.range))
            }
        case .and(let nodes), .or(let nodes):
            for node in nodes { collect(node, into: &words) }
        case .near, .participant, .not, .everything, .flag, .hasAttachment, .filename, .mediaType, .list, .account,
            .mailbox, .tag, .date, .size, .id, .messageID, .thread:
            break
        }
    }

    private static func count(of word: String, in db: SQLiteDatabase, limit: Int) throws -> Int {
        let statement = try SQLStatement.cached(
            db, "SELECT count(*) FROM (SELECT rowid FROM message_text WHERE message_text MATCH ? LIMIT ?)")
        statement.bind(1, "\"\(word)\"")
        statement.bind(2, limit)
        return Int(try statement.runForInteger() ?? 0)
    }

    /// The commonest word that differs by one letter: each is asked for, so the index's size doesn't matter.
    private static func oneApart(_ word: String, in db: SQLiteDatabase) throws -> String? {
        let scalars = Array(word.unicodeScalars)
        var candidates: Set<[Unicode.Scalar]> = []
        let letters = alphabet(of: scalars)
        for index in 0...scalars.count {
            for letter in letters {
                candidates.insert(Array(scalars[..<index]) + [letter] + scalars[index...])
                if index < scalars.count {
                    candidates.insert(Array(scalars[..<index]) + [letter] + scalars[(index + 1)...])
                }
            }
            if index < scalars.count { candidates.insert(Array(scalars[..<index]) + scalars[(index + 1)...]) }
            if index + 1 < scalars.count {
                var swapped = scalars
                swapped.swapAt(index, index + 1)
                candidates.insert(swapped)
            }
        }
        var best: (word: String, count: Int)?
        for candidate in candidates {
            var text = String.UnicodeScalarView()
            text.append(contentsOf: candidate)
            let name = String(text)
            // What the tokenizer would read otherwise is no word of the index.
            guard name != word, ScannedToken.tokens(of: name, for: .query).map(\.text) == [name] else { continue }
            let count = try count(of: name, in: db, limit: rankedHits)
            if count > 0, count > best?.count ?? 0 || (count == best?.count && name < best?.word ?? "") {
                best = (name, count)
            }
        }
        return best?.word
    }

    private static func alphabet(of word: [Unicode.Scalar]) -> [Unicode.Scalar] {
        func letters(_ range: ClosedRange<UInt32>) -> [Unicode.Scalar] { range.compactMap(Unicode.Scalar.init) }
        guard let first = word.first(where: { $0.value > 0x7F }) else {
            return letters(0x61...0x7A) + letters(0x30...0x39)
        }
        switch first.value {
        case 0x370...0x3FF: return letters(0x3B1...0x3C9)
        case 0x400...0x4FF: return letters(0x430...0x44F) + letters(0x454...0x458)
        case 0x590...0x5FF: return letters(0x5D0...0x5EA)
        case 0x600...0x6FF: return letters(0x621...0x64A)
        default: return word
        }
    }

    /// The nearest word that begins alike, among as many as may be compared. Needs a table of FTS5's vocabulary, which
    /// lives with the connection; where that cannot be made there is no suggestion.
    private static func twoApart(_ word: String, in db: SQLiteDatabase) throws -> String? {
        let scalars = Array(word.unicodeScalars)
        guard scalars.count > 4 else { return nil }
        let make = "CREATE VIRTUAL TABLE IF NOT EXISTS temp.message_vocabulary USING fts5vocab(main, message_text, row)"
        guard (try? db.execute(make)) != nil else { return nil }
        var prefix = String.UnicodeScalarView()
        prefix.append(contentsOf: scalars.prefix(2))
        let from = String(prefix)
        let terms = try SQLStatement(
            db, "SELECT term FROM temp.message_vocabulary WHERE term >= ? AND term < ? LIMIT ?",
            [.text(from), .text(from + "\u{10FFFF}"), .integer(Int64(mostCompared))])
        var best: (word: String, distance: Int)?
        while try terms.step() {
            let term = terms.text(0)
            let limit = (best?.distance ?? 3) - 1
            if limit < 2 { break }
            if let distance = EditDistance.between(scalars, Array(term.unicodeScalars), limit: limit) {
                best = (term, distance)
            }
        }
        return best?.word
    }
}
