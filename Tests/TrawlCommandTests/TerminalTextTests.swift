import Testing

@testable import TrawlCommands
@testable import Presentation

@Suite struct TerminalTextTests {
    @Test(arguments: [
        ("plain", "plain"),
        ("", ""),
        ("  two  blanks\t\r\n folded ", "two blanks folded"),
        ("\u{1B}[31mred\u{1B}[0m", "^[[31mred^[[0m"),
        ("\u{1B}]0;title\u{7}", "^[]0;title^G"),
        ("a\u{9B}31m", "a<U+009B>31m"),
        ("del\u{7F}nul\u{0}", "del^?nul^@"),
        ("file\u{202E}gpj.exe", "file<U+202E>gpj.exe"),
        ("\u{2066}x\u{2069}\u{200F}\u{61C}", "<U+2066>x<U+2069><U+200F><U+061C>"),
        ("a\u{2028}b\u{85}c", "a b c"),
        ("\u{FEFF}bom", "<U+FEFF>bom"),
        ("Zoë 邮件 👩‍👩‍👧 עברית", "Zoë 邮件 👩‍👩‍👧 עברית"),
    ])
    func lineShowsWhatATerminalWouldObey(text: String, expected: String) {
        #expect(TerminalText.line(text) == expected)
    }

    @Test func blockKeepsLinesAndTabsAlone() {
        #expect(TerminalText.block("a\r\nb\tc\n\u{1B}[2J\rd\u{8}") == "a\nb\tc\n^[[2J^Md^H")
        #expect(TerminalText.block("a\u{2029}b") == "a<U+2029>b")
    }

    @Test func nothingThatAControlCouldHideInIsLeft() {
        var everything = String.UnicodeScalarView()
        for value in 0...UInt32(0xFFFF) {
            if let scalar = Unicode.Scalar(value) { everything.append(scalar) }
        }
        let lines = TerminalText.line(String(everything)).unicodeScalars
        #expect(!lines.contains { $0.value < 0x20 || (0x7F...0x9F).contains($0.value) })
        #expect(!lines.contains { TerminalText.mustBeNamed($0.value) })
        let block = TerminalText.block(String(everything)).unicodeScalars
        #expect(!block.contains { $0.value < 0x20 && $0.value != 10 && $0.value != 9 })
        #expect(!block.contains { TerminalText.mustBeNamed($0.value) })
    }

    /// What is harmless is passed on after a look at its bytes alone, which must see all that the long way sees.
    @Test func everyCharacterIsTreatedAloneAsAmongOthers() {
        for value in 0x80...UInt32(0x10FFFF) {
            guard let scalar = Unicode.Scalar(value) else { continue }
            let text = "a\(Character(scalar))b"
            // A control character sends all of the text the long way.
            let other = TerminalText.line("\u{1}" + text).dropFirst(2)
            #expect(TerminalText.line(text) == other, "\(value)")
            if TerminalText.mustBeNamed(value) { #expect(TerminalText.block(text) != text, "\(value)") }
        }
    }

    @Test(arguments: [
        ("abc", 3), ("", 0), ("Zoë", 3), ("Zoe\u{308}", 3), ("邮件", 4), ("ｆｕｌｌ", 8), ("한국어", 6), ("한", 2), ("🙂", 2),
        ("👩‍👩‍👧", 2),
        ("🇩🇪", 2), ("❤️", 2), ("❤", 1), ("a\u{200B}b", 2), ("…", 1), ("ｱ", 1), ("กำ", 2), ("👍🏽", 2), ("👩🏽‍🚀", 2),
    ])
    func widthIsThatOfTheTerminal(text: String, width: Int) {
        #expect(DisplayWidth.of(text) == width, "\(text)")
    }

    @Test func truncationCutsBetweenCharacters() {
        #expect(DisplayWidth.truncate("abcdef", to: 4) == "abc…")
        #expect(DisplayWidth.truncate("abcd", to: 4) == "abcd")
        #expect(DisplayWidth.truncate("邮件邮件", to: 4) == "邮…")
        #expect(DisplayWidth.truncate("邮件邮件", to: 6) == "邮件…")
        #expect(DisplayWidth.truncate("abc", to: 0) == "")
        for width in 1...12 {
            #expect(DisplayWidth.of(DisplayWidth.fit("邮e\u{301}件🙂abc", to: width)) == width)
        }
    }
}
