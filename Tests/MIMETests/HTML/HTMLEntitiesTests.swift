import MIME
import Testing

struct HTMLEntitiesTests {
    private func text(_ html: String) -> String {
        HTMLText.extract(Array(html.utf8), limit: 1 << 20).text
    }

    @Test(arguments: [
        ("&amp;&lt;&gt;&quot;&apos;", "&<>\"'"),
        ("caf&eacute;", "café"),
        ("&euro;&hellip;&rarr;", "€…→"),
        ("&CounterClockwiseContourIntegral;", "∳"),
        ("&NotEqualTilde;", "\u{2242}\u{338}"),
        ("&zwj;x", "x"),
        ("&AMP &copy2 &notit; &notin;", "& ©2 ¬it; ∉"),
        ("&ampx", "&x"),
        ("&hearts", "&hearts"),
        ("&Eacute;&eacute;", "Éé"),
    ])
    func named(_ html: String, _ expected: String) {
        #expect(text(html) == expected)
    }

    @Test(arguments: [
        ("&#65;&#x42;&#X43;&#68", "ABCD"),
        ("&#128;&#150;&#x93;q&#x94;", "€–“q”"),
        ("&#0;&#xD800;&#x110000;&#99999999999999999999;", "\u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}"),
        ("&#x1F600;", "😀"),
        ("a&#10;&#32;&#160;b", "a b"),
    ])
    func numeric(_ html: String, _ expected: String) {
        #expect(text(html) == expected)
    }
}
