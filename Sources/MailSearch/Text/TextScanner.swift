/// What a text is scanned for.
public enum ScanPurpose: Sendable {
    /// To be indexed: with all the forms by which a word may be asked for.
    case document
    /// To be looked up: one token a position.
    case query
}

/// Parts a text into the tokens of the index, reading UTF-8 bytes as they are.
///
/// - Words are letters, digits and marks, folded (``Folding``). All else parts them, so that `ana@example.org`,
///   `INV-2024/0071` and `foo_bar` are words in sequence, found whole by a phrase.
/// - An apostrophe within a word is dropped (`O'Neill` is `oneill`, `don't` is `dont`), because that keeps one
///   position a word: phrases across it work however it is typed. In documents each part of two letters or more
///   stands beside it at the same position, so that `neill`, `john` (of `John's`) and `arbre` (of `l'arbre`) are
///   found too. A query asks for the whole: who types `l'arbre` wants just that.
/// - Scripts without spaces (Han, Kana, Hangul, Thai…) are indexed as pairs: the run abc gives `ab bc c`. The last
///   character stands alone, so each character begins a token: one is found by a prefix, more by a phrase of pairs.
///   In a query the lone last character is given only where something follows it: `bc` must find abc and bcd.
/// - An emoji is a token; skin tones and joiners are dropped, so that 👍 finds 👍🏽.
/// - A word longer than ``longestToken`` bytes is known by its beginning. So is, much sooner, what looks like
///   base64 (``leastNoise``): nobody searches for its end, and it would fill the index.
///
/// It promises nothing about normalisation beyond this, and takes any bytes: broken UTF-8 parts words.
enum TextScanner {
    /// A token has at most so many bytes; the rest of the word is skipped.
    static let longestToken = 120
    /// ASCII words of so many bytes are looked at for noise.
    static let leastNoise = 32
    /// So many bytes of a noise word are kept: enough to find it by, when it is pasted whole.
    static let keptOfNoise = 16
    /// After so many apostrophes in one word, the next ends it.
    static let mostApostrophes = 8

    /// Characters of runs that are three bytes long and stand as they are, but for a mark that may voice a kana.
    @inline(__always)
    static func isPlainRun(_ scalar: UInt32) -> Bool {
        switch scalar {
        case 0x4E00...0x9FFC, 0xAC00...0xD7A3, 0x3041...0x3096, 0x30A1...0x30FA: true
        default: false
        }
    }

    /// From here on no plain character of a run can be voiced.
    static let firstUnvoiced: UInt32 = 0x3100

    /// Gives each token of `text` to `sink`, in order.
    @inline(__always)
    static func scan<Sink: TokenSink>(
        _ text: UnsafePointer<UInt8>, count: Int, for purpose: ScanPurpose, stemmers: [Stemmer] = [],
        into sink: inout Sink
    ) {
        withUnsafeTemporaryAllocation(of: UInt8.self, capacity: longestToken + 8) { buffer in
            guard let base = buffer.baseAddress else { return }
            var scan = TextScan(
                text: text, end: count, isQuery: purpose == .query, stemmers: stemmers, word: base, sink: sink)
            scan.run()
            sink = scan.sink
        }
    }

    /// A kana with its voicing mark, if the two make one character.
    static func voiced(_ kana: UInt32, _ mark: UInt32) -> UInt32? {
        let isHiragana = kana < 0x30A1
        let katakana = isHiragana ? kana &+ 0x60 : kana
        let shift = isHiragana ? UInt32(0x60) : 0
        switch mark {
        case 0x3099, 0xFF9E:
            switch katakana {
            case 0x30A6: return 0x30F4 &- shift
            case 0x30AB...0x30C2 where katakana & 1 == 1, 0x30C4...0x30C9 where katakana & 1 == 0,
                0x30CF...0x30DD where (katakana &- 0x30CF) % 3 == 0:
                return katakana &+ 1 &- shift
            default: return nil
            }
        case 0x309A, 0xFF9F:
            guard (0x30CF...0x30DD).contains(katakana), (katakana &- 0x30CF) % 3 == 0 else { return nil }
            return katakana &+ 2 &- shift
        default: return nil
        }
    }
}
