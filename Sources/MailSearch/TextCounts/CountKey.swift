/// What documents are counted for, as a key of the table `text_count`: a byte that tells its kind, then the word, as the text
/// index has it without its own first byte.
enum CountKey {
    /// A word; in the same form as the index has it.
    static let word = TextIndexReader.mainIndex
    /// All words that begin alike.
    static let beginning = UInt8(ascii: "1")
    /// Two words, the one behind the other.
    static let pair = UInt8(ascii: "2")
    /// Stands between a pair's words: no word has it.
    static let separator: UInt8 = 0xFF

    /// - Parameter term: as the index has it, as all terms here.
    static func beginning(_ term: some Collection<UInt8>) -> [UInt8] { [beginning] + term.dropFirst() }

    static func pair(_ first: some Collection<UInt8>, _ second: some Collection<UInt8>) -> [UInt8] {
        [pair] + first.dropFirst() + [separator] + second.dropFirst()
    }

    /// What finds the documents that a key's count is of.
    static func plan(_ key: [UInt8]) -> TextPlan {
        let words = key.dropFirst().split(separator: separator).map { [TextIndexReader.mainIndex] + $0 }
        return .phrase(.all, words, isPrefix: key.first == beginning)
    }
}
