/// The words of a query's phrases, ready to be looked for in many texts.
struct SoughtWords: Sendable {
    struct Word: Sendable {
        var bytes: [UInt8]
        var columns: TextColumns
        var isPrefix: Bool
        var phrase: Int
        /// Its place in the phrase; a phrase's words follow one another in the list.
        var offset: Int
        var isLast: Bool

        /// Whether a token of a column's text is the word, or begins with it where it may go on.
        @inline(__always)
        func matches(_ token: UnsafePointer<UInt8>, _ count: Int, in column: TextColumns) -> Bool {
            let length = bytes.count
            guard isPrefix ? length <= count : length == count, !columns.isDisjoint(with: column) else { return false }
            return bytes.elementsEqual(UnsafeBufferPointer(start: token, count: length))
        }
    }

    let words: [Word]
    /// First bytes that some word begins with: most tokens are done with here.
    let firstBytes: [Bool]

    /// The words of a phrase that stands in some columns.
    static func words(of phrase: Phrase, in columns: TextColumns, number: Int) -> [Word] {
        phrase.tokens.enumerated().map { offset, token in
            let isLast = offset == phrase.tokens.count - 1
            return Word(
                bytes: Array(token.utf8), columns: columns, isPrefix: isLast && phrase.isPrefix, phrase: number,
                offset: offset, isLast: isLast)
        }
    }

    init(_ words: [Word]) {
        self.words = words
        var firstBytes = [Bool](repeating: false, count: 256)
        for word in words { if let first = word.bytes.first { firstBytes[Int(first)] = true } }
        self.firstBytes = firstBytes
    }
}
