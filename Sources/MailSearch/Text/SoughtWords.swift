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
    }

    let words: [Word]
    /// First bytes that some word begins with: most tokens are done with here.
    let firstBytes: [Bool]

    init(_ words: [Word]) {
        self.words = words
        var firstBytes = [Bool](repeating: false, count: 256)
        for word in words { if let first = word.bytes.first { firstBytes[Int(first)] = true } }
        self.firstBytes = firstBytes
    }
}
