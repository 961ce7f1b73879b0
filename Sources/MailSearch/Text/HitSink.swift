/// Notes where single words of phrases stand, and joins them when the text is read.
struct HitSink: TokenSink {
    private struct Hit {
        var position: Int
        var word: Int
        var range: Range<Int>
    }

    private let text: UnsafeBufferPointer<UInt8>
    private let sought: SoughtWords
    private let column: TextColumns
    private var hits: [Hit] = []
    private var position = -1
    private var nearness: Nearness?
    /// Nothing that begins further down is of interest.
    private var end = Int.max

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
        guard sought.firstBytes[Int(token[0])] else { return start < self.end }
        guard start < self.end else { return false }
        for (number, word) in sought.words.enumerated() where word.matches(token, count, in: column) {
            var range = start..<end
            if word.isPrefix, word.bytes.count < count, let base = text.baseAddress {
                let (scalar, bytes) = UTF8Decoder.scalar(base, start, end)
                // A lone character found as the first of a pair is marked alone.
                let entry = Folding.entry(scalar)
                if entry == Folding.run || entry & Folding.foldsToRun != 0 { range = start..<(start + bytes) }
            }
            hits.append(Hit(position: position, word: number, range: range))
            if let shown = nearness?.take(word, at: position, start), !Snippet.isQuoted(shown.lowerBound, in: text) {
                self.end = shown.upperBound
                nearness = nil
            }
        }
        return hits.count < TermMatcher.mostHits
    }

    func matches() -> [TermMatcher.Match] {
        var open: [Int: [(position: Int, start: Int)]] = [:]
        var found: [TermMatcher.Match] = []
        for hit in hits {
            let word = sought.words[hit.word]
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
    private var progress: [Int: Progress] = [:]
    /// Where each phrase was seen last.
    private var starts: [Int: Int] = [:]

    init(phrases: Int, span: Int) {
        self.phrases = phrases
        self.span = span
    }

    /// The span from the first of the phrases on, once they all begin so near to it that ASCII would show them all.
    mutating func take(_ word: SoughtWords.Word, at position: Int, _ start: Int) -> Range<Int>? {
        var begin = start
        if word.offset > 0 {
            guard let before = progress[word.phrase], before.offset == word.offset - 1,
                before.position == position - 1
            else { return nil }
            begin = before.start
        }
        guard word.isLast else {
            progress[word.phrase] = Progress(position: position, offset: word.offset, start: begin)
            return nil
        }
        starts[word.phrase] = begin
        guard starts.count == phrases, let first = starts.values.min(),
            start - first < span / Snippet.longestScalar
        else { return nil }
        return first..<(first + span)
    }
}
