import MIME
import MailIndex
import MailSearch
import Testing

@testable import TrawlCommands
@testable import Presentation

@Suite struct StyledLineTests {
    private func wrap(_ text: String, _ width: Int, indent: Int = 0) -> [String] {
        StyledLine(text).wrapped(width, indent: indent).map(\.text)
    }

    @Test func wrapping() {
        #expect(wrap("", 10) == [""])
        #expect(wrap("one two three", 20) == ["one two three"])
        #expect(wrap("one two three", 7) == ["one two", "three"])
        #expect(wrap("one two three", 8) == ["one two", "three"])
        #expect(wrap("abcdefghij", 4) == ["abcd", "efgh", "ij"])
        #expect(wrap("a abcdefghij", 4) == ["a", "abcd", "efgh", "ij"])
        #expect(wrap("日本語日本語", 5) == ["日本", "語日", "本語"])
        #expect(wrap("Subject: one two three", 14, indent: 9) == ["Subject: one", "         two", "         three"])
        #expect(wrap("a\tb", 20) == ["a       b"])
        #expect(wrap("日", 1) == ["日"])
    }

    @Test func everyLineFitsAndNothingIsLost() {
        let text = "Grüße aus 東京 – e\u{301}lan vital, 👩‍👩‍👧 and averyveryverylongwordindeed   with   blanks"
        for width in 2...60 {
            let lines = wrap(text, width)
            for line in lines { #expect(DisplayWidth.of(line) <= width, "\(width): \(line)") }
            let letters = { (text: String) in text.filter { !$0.isWhitespace } }
            #expect(letters(lines.joined()) == letters(text))
        }
    }

    @Test func matchesAreMarkedWhereTheyStand() throws {
        let query = try QueryParser.parse("budget \"big boat\"", context: .local())
        let terms = TermMatcher(query)
        let text = "  The Budget\tfor the  big\nboat. budgets"
        let pieces = MessagePage.marked(text, column: .body, terms: terms, role: .plain)
        #expect(pieces.map(\.text).joined() == text)
        #expect(pieces.filter { $0.role == .match }.map(\.text) == ["Budget", "big\nboat"])
        // Another column's words are not marked.
        #expect(MessagePage.marked(text, column: .from, terms: TermMatcher(.everything), role: .plain).count == 1)
    }

    @Test func cuttingKeepsMarks() {
        var line = StyledLine()
        line.append(marked: "one <mark>two</mark> three &lt;four&gt;", role: .plain)
        #expect(line.text == "one two three <four>")
        #expect(line.truncated(to: 6).text == "one t…")
        #expect(line.truncated(to: 6).pieces.map(\.role) == [.plain, .match])
        #expect(line.truncated(to: 20) == line)
    }
}
