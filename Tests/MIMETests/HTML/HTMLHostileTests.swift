import MIME
import Testing

/// Bytes made to take time, memory or the program down.
struct HTMLHostileTests {
    private func extract(_ unit: String, _ count: Int, tail: String = "") -> HTMLExtraction {
        HTMLText.extract(Array((String(repeating: unit, count: count) + tail).utf8), limit: 4 << 20)
    }

    /// Each of these is a quarter of a megabyte, and would take hours if any step looked twice.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "<", "<a", "<a ", "<a x=\"", "<a x='", "</", "</a", "<!", "<!--", "<!-- -", "<?", "&", "&a", "&#", "<div>",
            "<div hidden>", "<b hidden></i>", "<li hidden><ul>", "<table><tr><td hidden>", "<blockquote>", "</div>",
            "<title>", "<style>", "<script><", "<xml>", "<textarea>", "<pre>\n", "<p style=\"", "<p style=\":;",
            "<td></td>", "<q>", "<img alt=x>", "<div id=signature>", "<div id=divRplyFwdMsg>", "&zwnj;", "\u{200D}",
            "<a x=\"></title>", "<font style=font-size:0><font style=font-size:9px>", "<ol><li>", "<style>.a{x:none}",
            "<style>.a,", "<style>@a", "<style>@a{hid", "<style>/*none", "<p hidden><table>",
        ])
    func quadraticBait(_ unit: String) {
        let extraction = extract(unit, (1 << 18) / unit.utf8.count)
        #expect(extraction.text.utf8.count <= 4 << 20)
    }

    @Test(.timeLimit(.minutes(1))) func tenMegabytesOfLessThan() {
        let extraction = HTMLText.extract(Array(repeating: UInt8(ascii: "<"), count: 10 << 20), limit: 1 << 20)
        #expect(extraction.isTruncated)
        #expect(extraction.text.utf8.count == 1 << 20)
    }

    /// One brace or semicolon, and at the far end.
    @Test(
        .timeLimit(.minutes(1)), arguments: [("@a;", "{x:none}"), ("@a{none}", ";"), ("a{:0}", "@"), ("/*none*/", "}")])
    func quadraticBaitInStyleSheets(_ unit: String, _ tail: String) {
        let sheet = "<style>" + String(repeating: unit, count: 1 << 18) + tail + "</style>text"
        #expect(HTMLText.extract(Array(sheet.utf8), limit: 100).text == "text")
    }

    @Test func nestingPastTheLimitKeepsText() {
        let extraction = extract("<blockquote>", HTMLText.depthLimit * 4, tail: "deep")
        #expect(extraction.text.hasSuffix(" deep"))
        let table = extract("<table><tr><td>", 10_000, tail: "deep")
        #expect(table.text == "deep")
    }

    /// Mutations of real markup: nothing may trap, and the limit holds.
    @Test func seededMutations() {
        let seed = UInt64.random(in: .min ... .max)
        print("HTML mutations: seed \(seed)")
        var random = TextFixtures.Random(seed: seed)
        let pieces = TextFixtures.htmlPieces
        for _ in 0..<400 {
            var bytes: [UInt8] = []
            for _ in 0..<random.below(60) { bytes += Array(pieces[random.below(pieces.count)].utf8) }
            random.mutate(&bytes)
            let limit = 1 + random.below(2000)
            let extraction = HTMLText.extract(bytes, limit: limit)
            // U+FFFD takes three bytes for one.
            #expect(extraction.text.utf8.count <= limit * 3, "seed \(seed)")
        }
    }
}
