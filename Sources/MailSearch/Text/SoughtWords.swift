/// The words of a query's phrases, ready to be looked for in many texts.
///
/// One instance for all of them: a scan has it at hand, and to copy all of it for each text would be dearer than most scans.
final class SoughtWords: Sendable {
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
            return bytes.withUnsafeBufferPointer { bytes in
                for index in 0..<length where bytes[index] != token[index] { return false }
                return true
            }
        }
    }

    let words: [Word]
    /// First bytes that some word begins with: most tokens are done with here.
    let firstBytes: [Bool]
    /// The same of first characters, by their last six bits.
    private let firstCharacters: UInt64

    /// The same of the second characters.
    private let secondCharacters: UInt64
    /// The first two bytes of the words that begin with ASCII.
    let beginnings: WordBeginnings
    /// The first characters of the others.
    let runBeginnings: RunBeginnings

    /// Whether some word may have a character behind its first.
    @inline(__always)
    func mayGoOn(with character: UInt32) -> Bool { secondCharacters >> UInt64(character & 63) & 1 != 0 }

    /// Whether some word may begin with a character.
    @inline(__always)
    func mayBegin(with character: UInt32) -> Bool { firstCharacters >> UInt64(character & 63) & 1 != 0 }

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
        var characters: UInt64 = 0
        var seconds: UInt64 = 0
        var beginnings = WordBeginnings()
        var runBeginnings = RunBeginnings()
        for word in words {
            word.bytes.withUnsafeBufferPointer { bytes in
                guard let base = bytes.baseAddress, bytes.count > 0 else { return }
                let (first, length) = UTF8Decoder.scalar(base, 0, bytes.count)
                characters |= 1 << UInt64(first & 63)
                runBeginnings.insert(word.bytes)
                if bytes[0] < 0x80 {
                    // What has another character behind the first stands in no text of ASCII.
                    if bytes.count == 1 {
                        beginnings.insert(bytes[0], nil)
                    } else if bytes[1] < 0x80 {
                        beginnings.insert(bytes[0], bytes[1])
                    }
                }
                if length < bytes.count {
                    seconds |= 1 << UInt64(UTF8Decoder.scalar(base, length, bytes.count).value & 63)
                } else if word.isPrefix {
                    seconds = .max
                }
            }
        }
        firstCharacters = characters
        secondCharacters = seconds
        self.beginnings = beginnings
        self.runBeginnings = runBeginnings
    }
}
