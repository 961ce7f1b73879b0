/// Notes where single words of phrases stand, and joins them when the text is read.
struct HitSink: WordSink {
    private struct Hit {
        var position: Int
        var word: Int
        var range: Range<Int>
    }

    private let text: UnsafeBufferPointer<UInt8>
    let sought: SoughtWords
    private let column: TextColumns
    private var hits: [Hit] = []
    var position = -1
    private var nearness: Nearness?
    /// Nothing that begins further down is of interest.
    private(set) var wantedEnd = Int.max

    /// - Parameters:
    ///   - phrases: how many of the query's phrases are looked for in the column.
    ///   - span: see ``TermMatcher/matches(in:column:span:)``.
    init(text: UnsafeBufferPointer<UInt8>, words: SoughtWords, column: TextColumns, phrases: Int, span: Int?) {
        self.text = text
        sought = words
        self.column = column
        nearness = span.map { Nearness(phrases: phrases, span: $0) }
    }

    mutating func take(
        _ token: UnsafePointer<UInt8>, _ count: Int, from start: Int, to end: Int, isColocated: Bool
    ) -> Bool {
        if !isColocated { position += 1 }
        guard sought.firstBytes[Int(token[0])] else { return start < wantedEnd }
        guard start < wantedEnd else { return false }
        for number in sought.words.indices where sought.words[number].matches(token, count, in: column) {
            let word = sought.words[number]
            var range = start..<end
            if word.isPrefix, word.bytes.count < count, let base = text.baseAddress {
                let (scalar, bytes) = UTF8Decoder.scalar(base, start, end)
                // A lone character found as the first of a pair is marked alone.
                let entry = Folding.entry(scalar)
                if entry == Folding.run || entry & Folding.foldsToRun != 0 { range = start..<(start + bytes) }
            }
            hits.append(Hit(position: position, word: number, range: range))
            if let shown = nearness?.take(word, at: position, start), !Snippet.isQuoted(shown.lowerBound, in: text) {
                wantedEnd = shown.upperBound
                nearness = nil
            }
        }
        return hits.count < TermMatcher.mostHits
    }

    func matches() -> [TermMatcher.Match] {
        /// A phrase's words up to one that is not its last, in sequence.
        struct Begun {
            var word: Int
            var position: Int
            var start: Int
        }
        var open: [Begun] = []
        var found: [TermMatcher.Match] = []
        for hit in hits {
            let word = sought.words[hit.word]
            var start = hit.range.lowerBound
            if word.offset > 0 {
                let before = open.first { $0.word == hit.word - 1 && $0.position == hit.position - 1 }
                guard let before else { continue }
                start = before.start
            }
            if word.isLast {
                found.append(TermMatcher.Match(range: start..<max(hit.range.upperBound, start), phrase: word.phrase))
            } else {
                // Only the last few positions can go on.
                open.removeAll { $0.position < hit.position - 1 }
                open.append(Begun(word: hit.word, position: hit.position, start: start))
            }
        }
        return found
    }
}

/// Tells when all phrases stand close together. A phrase that overlaps itself may be missed; then more is read.
private struct Nearness {
    /// A phrase of which the words up to `offset` were seen in sequence.
    private struct Progress {
        var position: Int
        var offset: Int
        var start: Int
    }

    private let phrases: Int
    private let span: Int
    /// Of phrases of more than one word, as far as they were seen.
    private var progress: [(phrase: Int, seen: Progress)] = []
    /// Where each phrase was seen last.
    private var starts: [(phrase: Int, start: Int)] = []

    init(phrases: Int, span: Int) {
        self.phrases = phrases
        self.span = span
    }

    /// The span from the first of the phrases on, once they all begin so near to it that ASCII would show them all.
    mutating func take(_ word: SoughtWords.Word, at position: Int, _ start: Int) -> Range<Int>? {
        var begin = start
        if word.offset > 0 {
            guard let before = progress.first(where: { $0.phrase == word.phrase })?.seen,
                before.offset == word.offset - 1,
                before.position == position - 1
            else { return nil }
            begin = before.start
        }
        guard word.isLast else {
            progress.removeAll { $0.phrase == word.phrase }
            progress.append((word.phrase, Progress(position: position, offset: word.offset, start: begin)))
            return nil
        }
        if let index = starts.firstIndex(where: { $0.phrase == word.phrase }) {
            starts[index].start = begin
        } else {
            starts.append((word.phrase, begin))
        }
        guard starts.count == phrases, let first = starts.lazy.map(\.start).min(),
            start - first < span / Snippet.longestScalar
        else { return nil }
        return first..<(first + span)
    }
}
