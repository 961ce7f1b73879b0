/// Tells which of some phrases a message's columns hold, and stops reading once it has found them all.
struct PhrasePresence: WordSink {
    /// The last two positions at which a phrase's words up to one of them stood in sequence. Two, because tokens may stand
    /// at one position, and the first of them must not hide from the second what stood before it.
    private struct Progress {
        var last = -2
        var before = -2

        func includes(_ position: Int) -> Bool { last == position || before == position }

        mutating func add(_ position: Int) {
            guard last != position else { return }
            before = last
            last = position
        }
    }

    let sought: SoughtWords
    private var column: TextColumns = []
    var position = -1
    private var progress: [Progress]
    private var isFound: [Bool]
    private var missing: Int

    /// - Parameter count: phrases that `words` are of, numbered from 0.
    init(_ words: SoughtWords, phrases count: Int) {
        sought = words
        progress = Array(repeating: Progress(), count: words.words.count)
        isFound = Array(repeating: false, count: count)
        missing = count
    }

    /// Whether all phrases stood in what was read.
    var isComplete: Bool { missing == 0 }

    /// Reads a column of a message; no phrase goes on from one into another.
    mutating func read(_ text: UnsafeRawBufferPointer, as column: TextColumns) {
        guard !isComplete, !text.isEmpty, let base = text.bindMemory(to: UInt8.self).baseAddress else { return }
        guard sought.words.contains(where: { !$0.columns.isDisjoint(with: column) }) else { return }
        begin(column)
        TextScanner.scan(base, count: text.count, for: .document, into: &self)
    }

    mutating func begin(_ column: TextColumns) {
        self.column = column
        position = -1
        for index in progress.indices { progress[index] = Progress() }
    }

    mutating func take(
        _ token: UnsafePointer<UInt8>, _ count: Int, from start: Int, to end: Int, isColocated: Bool
    ) -> Bool {
        if !isColocated { position += 1 }
        guard sought.firstBytes[Int(token[0])] else { return true }
        for number in sought.words.indices where sought.words[number].matches(token, count, in: column) {
            let word = sought.words[number]
            guard word.offset == 0 || progress[number - 1].includes(position - 1) else { continue }
            progress[number].add(position)
            if word.isLast, !isFound[word.phrase] {
                isFound[word.phrase] = true
                missing -= 1
            }
        }
        return missing > 0
    }
}
