import TestSupport
import Testing

@testable import MailSearch
@testable import Presentation

/// What is written byte by byte must be what the library's characters say.
@Suite struct MarkedTextTests {
    /// Scalars that join, part, fold or are named, among plain ones.
    private static let scalars: [Unicode.Scalar] = [
        " ", "\t", "\n", "\r", "\u{B}", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}", "\u{A0}", "\u{AD}", "a", "Z", "é", "ß",
        "\u{301}", "\u{483}", "я", "\u{600}", "\u{61C}", "\u{E33}", "\u{1100}", "\u{1161}", "\u{11A8}", "\u{1680}",
        "\u{200B}", "\u{200D}", "\u{2009}", "…", "\u{2028}", "\u{202E}", "\u{202F}", "\u{205F}", "\u{3000}", "。",
        "\u{302A}", "か", "\u{3099}", "カ", "議", "한", "\u{FE0F}", "\u{FEFF}", "\u{1F1E9}", "👍", "🏽", "\u{E0001}",
    ]

    private static func text(_ random: inout some RandomNumberGenerator, upTo most: Int) -> String {
        var view = String.UnicodeScalarView()
        for _ in 0..<Int.random(in: 0...most, using: &random) {
            if let scalar = scalars.randomElement(using: &random) { view.append(scalar) }
        }
        return String(view)
    }

    private static func reference(_ snippet: String, _ style: Style) -> String {
        var result = ""
        for piece in MarkedText.pieces(snippet) {
            let clean = TerminalText.line(piece.text)
            let before = piece.text.first?.isWhitespace == true && !result.isEmpty ? " " : ""
            let after = piece.text.last?.isWhitespace == true && !clean.isEmpty ? " " : ""
            let text = before + clean + after
            result += piece.isMatch ? style.match(text) : text
        }
        return result
    }

    private static func line(_ fragment: TextFragment, _ style: Style) -> String {
        var result: [UInt8] = Array("before".utf8)
        MarkedText.append(fragment, width: nil, style: style, to: &result)
        return String(decoding: result.dropFirst("before".utf8.count), as: UTF8.self)
    }

    @Test func aLineOfAnyLengthIsMadeOfItsPiecesCharacterByCharacter() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<20_000 {
            var fragment = TextFragment(text: Self.text(&random, upTo: 4), matches: [])
            for _ in 0..<Int.random(in: 0...3, using: &random) {
                let start = fragment.text.utf8.count
                fragment.text += Self.text(&random, upTo: 4)
                fragment.matches.append(start..<fragment.text.utf8.count)
                fragment.text += Self.text(&random, upTo: 4)
            }
            for isOn in [false, true] {
                let style = Style(isOn: isOn)
                #expect(
                    Self.line(fragment, style) == Self.reference(fragment.html, style),
                    "seed \(seed): \(fragment.html.unicodeScalars.map { String($0.value, radix: 16) })")
            }
        }
    }

    @Test func ofBrokenUTF8AFragmentHoldsWhatItsHTMLHolds() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        let query = try QueryParser.parse("word", context: .local())
        let terms = TermMatcher(query)
        let broken: [[UInt8]] = [
            [0x9B], [0xFF, 0xFE], [0xE4, 0xBC], [0xF0, 0x9F, 0x98], [0xC2], Array("é会".utf8), Array("a < & >".utf8),
        ]
        for _ in 0..<2_000 {
            var bytes: [UInt8] = []
            for _ in 0..<Int.random(in: 1...6, using: &random) {
                bytes += broken.randomElement(using: &random) ?? []
                bytes += Array((Bool.random(using: &random) ? " word " : " ").utf8)
            }
            let folded = bytes.withUnsafeBufferPointer { Snippet.cutting(of: $0, column: .body, terms: terms) }
            guard let folded else { continue }
            #expect(folded.fragment.html == folded.html, "seed \(seed): \(bytes)")
        }
    }

    @Test(arguments: [
        ("a &lt;b&gt; &amp;amp; &#39;c&#39; &quot;&unknown; &", "a <b> &amp; 'c' \"&unknown; &"),
        ("<mark>a</mark><mark></mark> b < c </mark>", "a b < c </mark>"), ("", ""), ("<mark>", ""),
    ])
    func entitiesAndMarksAreRead(snippet: String, text: String) {
        #expect(MarkedText.pieces(snippet).map(\.text).joined() == text)
    }

    @Test func aLinesFoldingIsThatOfItsScalars() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<20_000 {
            let text = Self.text(&random, upTo: 8)
            var words: [String] = [""]
            for scalar in text.unicodeScalars {
                switch scalar.value {
                case 0x20, 0x09, 0x0A, 0x0D, 0x85, 0x2028, 0x2029: words.append("")
                case 0..<0x20: words[words.count - 1] += "^" + String(Unicode.Scalar(UInt8(scalar.value + 0x40)))
                case 0x7F: words[words.count - 1] += "^?"
                case _ where TerminalText.mustBeNamed(scalar.value):
                    let digits = String(scalar.value, radix: 16, uppercase: true)
                    words[words.count - 1] +=
                        "<U+" + String(repeating: "0", count: max(0, 4 - digits.count)) + digits + ">"
                default: words[words.count - 1].unicodeScalars.append(scalar)
                }
            }
            let expected = words.filter { !$0.isEmpty }.joined(separator: " ")
            #expect(Array(TerminalText.line(text).utf8) == Array(expected.utf8), "seed \(seed)")
        }
    }

    @Test func aWidthIsTheSumOfItsCharacters() {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed: seed)
        for _ in 0..<20_000 {
            let text = Self.text(&random, upTo: 6)
            #expect(DisplayWidth.of(text) == text.reduce(0) { $0 + DisplayWidth.of($1) }, "seed \(seed)")
        }
        for value in 0x80...UInt32(0x10FFFF) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            #expect(DisplayWidth.of(String(scalar)) == DisplayWidth.of(Character(scalar)), "\(value)")
        }
    }

    @Test func theStableDateIsPaddedWhateverTheZone() throws {
        let expected = /[0-9]{4,}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}/
        for seconds: Int64 in [
            0, 951_782_400, 1_700_000_000, -40_000_000_000, 253_402_300_800 + 86_400, 253_402_214_400,
        ] {
            let text = DateText.stable(seconds)
            #expect(text.wholeMatch(of: expected) != nil, "\(text)")
        }
        // Two hours later, to the minute; no zone changes its clock in this night.
        let texts = [Int64(1_700_000_000), 1_700_007_200].map { DateText.stable($0) }
        #expect(texts[0].suffix(3) == texts[1].suffix(3))
        #expect(texts[0].prefix(8) == "2023-11-")
    }
}
