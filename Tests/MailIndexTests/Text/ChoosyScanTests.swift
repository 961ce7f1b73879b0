import TestSupport
import Testing

@testable import MailSearch

/// Takes all tokens for a sink that would have most of them passed over.
private struct Indifferent<Sink: TokenSink>: TokenSink {
    var sink: Sink

    mutating func take(
        _ token: UnsafePointer<UInt8>, _ count: Int, from start: Int, to end: Int, isColocated: Bool
    ) -> Bool {
        sink.take(token, count, from: start, to: end, isColocated: isColocated)
    }
}

@Suite("Scans that pass over what is not wanted")
struct ChoosyScanTests {
    private static let pieces = [
        "a", "B", "ab", "Abc", "b2", "xylophone", "cab", "é", "É", "×", "÷", "ó", "e\u{301}", "ß", "ñ", "ﬁ", "ａ", "'",
        "’", "l'ab",
        "ab'c", "o'b'a", " ", " ", " ", "\n", "\n", ".", "-", "@", "\u{AD}", "\u{200D}", "яб", "Яб", "Ёж", "договор",
        "ѣ", "ѿ", "\u{482}", "\u{483}", "\u{301}",
        "会", "議", "会議", "か", "\u{3099}", "\u{309A}", "は", "カ", "ｶ", "ﾞ", "、", "。", "！", "〇", "々", "한", "국", "\u{1112}",
        "\u{1161}",
        "\u{11AB}", "ไ", "👍", "🏽", "\u{3000}", "豈", String(repeating: "aB3", count: 14),
        String(repeating: "ab", count: 70), " words of plain text, and a few more of them ", "--------------------",
        "会議室一二三四五六七八九十、あいうえお。", "안녕하세요반갑습니다", "カタカナー々〆〇・「」",
        "some(longer)stretch/without=anything;but,ASCII", "zzabzzABzzabczz",
    ]
    private static let words = [
        "a", "b", "ab", "abc", "b2", "cab", "e", "ss", "n", "fi", "c", "яб", "еж", "договор", "о", "ѣ", "会", "議", "会議",
        "議会", "か", "が", "ば", "カ",
        "한국", "하", "ไ", "👍", "oba", "lab",
    ]

    private static func joined(_ list: [String], _ count: ClosedRange<Int>, _ random: inout SeededRandom) -> String {
        (0..<Int.random(in: count, using: &random)).map { _ in list.randomElement(using: &random) ?? "" }.joined()
    }

    @Test func findWhatScansOfAllTokensFind() throws {
        var random = SeededRandom.announced("findWhatScansOfAllTokensFind")
        for _ in 0..<20_000 {
            let text = Array(Self.joined(Self.pieces, 0...30, &random).utf8)
            var words: [SoughtWords.Word] = []
            let phrases = Int.random(in: 1...3, using: &random)
            for number in 0..<phrases {
                let query = Self.joined(Self.words, 1...2, &random) + (random.chance(percent: 30) ? " ab" : "")
                let tokens = ScannedToken.tokens(of: query, for: .query).map(\.text)
                let phrase = Phrase(text: query, tokens: tokens, isPrefix: random.chance(percent: 30))
                words += SoughtWords.words(of: phrase, in: .body, number: number)
            }
            let sought = SoughtWords(words)
            let span = random.chance(percent: 50) ? Int.random(in: 4...80, using: &random) : nil
            text.withUnsafeBufferPointer { text in
                guard let base = text.baseAddress else { return }
                var sink = HitSink(text: text, words: sought, column: .body, phrases: phrases, span: span)
                var other = Indifferent(sink: sink)
                TextScanner.scan(base, count: text.count, for: .document, into: &sink)
                TextScanner.scan(base, count: text.count, for: .document, into: &other)
                #expect(sink.matches() == other.sink.matches(), "\(String(decoding: text, as: UTF8.self)) \(words)")

                var presence = PhrasePresence(sought, phrases: phrases)
                var otherPresence = Indifferent(sink: presence)
                presence.read(UnsafeRawBufferPointer(text), as: .body)
                otherPresence.sink.begin(.body)
                TextScanner.scan(base, count: text.count, for: .document, into: &otherPresence)
                #expect(presence.isComplete == otherPresence.sink.isComplete)
            }
        }
    }

    /// What is passed over sixteen bytes at a time must not join what stands beside it, nor be found by another name.
    @Test func everyCharacterThatIsPassedInBlocksStandsForItself() {
        let none = RunBeginnings()
        let padding = Array(String(repeating: "一", count: 20).utf8)
        var passed = 0
        for scalar in (UInt32(0x800)...0xFFFF).compactMap({ Unicode.Scalar($0) }) {
            let text = padding + Array(String(scalar).utf8) + padding
            let end = text.withUnsafeBufferPointer { text in
                text.baseAddress.map { none.pass($0, from: 0, to: text.count) } ?? 0
            }
            guard end > padding.count else { continue }
            passed += 1
            let entry = Folding.entry(scalar.value)
            #expect(
                [Folding.separator, Folding.run, Folding.single].contains(entry), "\(String(scalar.value, radix: 16))")
        }
        #expect(passed > 30_000)
    }

    @Test func everyPlainCharacterOfARunStandsAsItIs() {
        for scalar in UInt32(0)...0x20000 where TextScanner.isPlainRun(scalar) {
            #expect(Folding.entry(scalar) == Folding.run, "\(scalar)")
            #expect((0x800...0xFFFF).contains(scalar))
            let isVoiced = [0x3099, 0x309A, 0xFF9E, 0xFF9F].contains { TextScanner.voiced(scalar, $0) != nil }
            #expect(!isVoiced || scalar < TextScanner.firstUnvoiced)
        }
    }

    @Test func lettersThatArePassedPartNoWords() {
        let latin = (UInt32(0xC0)...0xFF).filter { $0 != 0xD7 && $0 != 0xF7 }
        for scalar in latin + Array(UInt32(0x400)...0x47F) {
            let entry = Folding.entry(scalar)
            #expect(
                entry == Folding.word || (entry >= Folding.firstFold && entry & Folding.foldsToRun == 0), "\(scalar)")
        }
    }

    @Test func kindsOfBytesAreThoseOfTheFoldingTable() {
        for byte in UInt8.min ... .max {
            let kind = Folding.kinds.utf8Start[Int(byte)]
            if byte >= 0x80 || byte == UInt8(ascii: "'") {
                #expect(kind == Folding.otherKind)
            } else {
                let isLetter = Folding.ascii.utf8Start[Int(byte)] != 0
                #expect(kind == (isLetter ? Folding.letterKind : Folding.separatorKind))
            }
        }
        #expect(Folding.kinds.utf8CodeUnitCount == 256)
    }
}
