import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

private let context = QueryContext(now: 1_715_767_200)

private func terms(_ query: String) throws -> TermMatcher {
    TermMatcher(try QueryParser.parse(query, context: context))
}

/// The fragment with matches in square brackets.
private func fragment(_ text: String, _ query: String, _ column: TextColumns = .body) throws -> String? {
    try Snippet.fragment(of: text, column: column, terms: terms(query))?.marked(open: "[", close: "]")
}

@Suite("Snippets")
struct SnippetTests {
    @Test(
        "matches are marked as the index finds them",
        arguments: [
            ("The boat sails", "boat", "The [boat] sails"), ("La CANCIÓN, ya", "cancion", "La [CANCIÓN], ya"),
            ("cancio\u{301}n", "canción", "[cancio\u{301}n]"), ("Die Straße", "strasse", "Die [Straße]"),
            ("Mr O'Neill came", "oneill", "Mr [O'Neill] came"), ("Mr O'Neill came", "neill", "Mr O'[Neill] came"),
            ("l’arbre vert", "arbre", "l’[arbre] vert"),
            ("pay INV-2024/0071 now", "inv-2024/0071", "pay [INV-2024/0071] now"),
            ("a boat, a ship", "boat ship", "a [boat], a [ship]"), ("a boat, a ship", "boat -ship", "a [boat], a ship"),
            ("one two three two", "\"two three\"", "one [two three] two"),
            ("one two three", "two three", "one [two] [three]"),
            ("lighthouses and light", "light*", "[lighthouses] and [light]"),
            ("boat on rudder", "boat NEAR/2 rudder", "[boat] on [rudder]"),
            ("明日の会議について", "会議", "明日の[会議]について"), ("明日の会議について", "会", "明日の[会]議について"),
            ("会議室で会う", "会議室", "[会議室]で会う"), ("会議室で会う", "会", "[会]議室で[会]う"), ("東京", "京", "東[京]"),
            ("👍🏽 good", "👍", "[👍🏽] good"), ("two two two", "\"two two\"", "[two two two]"),
            ("from ana", "from:ana ana", "from [ana]"), ("boats boat", "boat", "boats [boat]"),
            ("line one\n  line\ttwo boat", "boat", "line one line two [boat]"), ("boat", "boat", "[boat]"),
            ("> quoted boat", "boat", "quoted [boat]"), ("bad\u{1B}[2J \u{9B}boat\u{0}", "boat", "bad[2J [boat]"),
        ])
    func marks(text: String, query: String, marked: String) throws {
        #expect(try fragment(text, query) == marked)
    }

    @Test("nothing is shown where nothing was found")
    func none() throws {
        #expect(try fragment("a ship", "boat") == nil)
        #expect(try fragment("a boat", "subject:boat") == nil)
        #expect(try fragment("a boat", "-boat") == nil)
        #expect(try fragment("a boat", "is:unread") == nil)
        #expect(try fragment("", "boat") == nil)
        #expect(try fragment("a boat", "subject:boat", .subject) == "a [boat]")
    }

    @Test("a text without spaces is cut behind as many characters as there may be, however many bytes they have")
    func characters() throws {
        var random = SeededRandom.announced("SnippetTests.characters")
        let characters: [Character] = ["x", "é", "ł", "会", "議", "한", "🙂", "𠮷"]
        for _ in 0..<200 {
            let plain = Int.random(in: 0...100, using: &random)
            let text = String(
                (0..<300).map { _ in
                    random.chance(percent: plain) ? "x" : characters.randomElement(using: &random) ?? "x"
                })
            let kept = Snippet.length - "boat ".count
            #expect(try fragment("boat " + text, "boat") == "[boat] \(text.prefix(kept))…")
            #expect(try fragment("boat " + text.prefix(kept), "boat") == "[boat] \(text.prefix(kept))")
        }
    }

    @Test("the fragment is short, whole words, and says that the text goes on")
    func length() throws {
        let filler = String(repeating: "lorem ipsum dolor ", count: 40)
        let shown = try #require(try fragment(filler + "the boat sails " + filler, "boat"))
        #expect(shown.hasPrefix("…") && shown.hasSuffix("…"))
        #expect((100...170).contains(shown.unicodeScalars.count))
        #expect(shown.contains("the [boat] sails lorem ipsum"))
        #expect(
            shown.dropFirst().hasPrefix("lorem") || shown.dropFirst().hasPrefix("ipsum")
                || shown.dropFirst().hasPrefix("dolor"))
        let chinese = String(repeating: "天地玄黄宇宙洪荒", count: 60)
        let shownChinese = try #require(try fragment(chinese + "会議" + chinese, "会議"))
        #expect((100...170).contains(shownChinese.unicodeScalars.count) && shownChinese.contains("[会議]"))
        #expect(try fragment("boat " + filler, "boat")?.hasPrefix("[boat] lorem") == true)
    }

    @Test("where more of the words stand together is better, and new text than quoted")
    func choice() throws {
        let filler = "\n" + String(repeating: "lorem ipsum dolor ", count: 20) + "\n"
        #expect(
            try fragment("boat alone" + filler + "boat with rudder" + filler, "boat rudder")?.contains(
                "[boat] with [rudder]") == true)
        #expect(
            try fragment("> the old boat" + filler + "the new boat" + filler, "boat")?.contains("new [boat]") == true)
        #expect(try fragment("text" + filler + "\n-- \nboat company", "boat")?.contains("[boat] company") == true)
    }

    @Test("a signature is no better than what is quoted, and what is long is no signature")
    func signatures() throws {
        let filler = "\n" + String(repeating: "lorem ipsum dolor ", count: 20) + "\n"
        func shown(bytesBelow count: Int) throws -> String? {
            let signature = "the new boat" + String(repeating: " ", count: count - 12)
            return try fragment("> the old boat" + filler + "\n-- \n" + signature, "boat")
        }
        #expect(try shown(bytesBelow: 12)?.contains("old [boat]") == true)
        #expect(try shown(bytesBelow: Snippet.longestSignature)?.contains("old [boat]") == true)
        #expect(try shown(bytesBelow: Snippet.longestSignature + 1)?.contains("new [boat]") == true)
    }

    @Test("once all words stand close together in new text, no more is read")
    func readingEndsWhereEnoughIsFound() throws {
        let terms = try terms("zebra crossing")
        let far = String(repeating: "far ", count: 1_000)
        func count(_ text: String, span: Int?) -> Int {
            var text = text
            return text.withUTF8 { terms.matches(in: $0, column: .body, span: span).count }
        }
        let found = "a zebra on the crossing " + far + "zebra crossing"
        #expect(count(found, span: nil) == 4)
        #expect(count(found, span: 640) == 2)
        // Apart from one another, or quoted: it goes on.
        #expect(count("zebra " + far + "crossing " + far + "zebra crossing", span: 640) == 4)
        #expect(count("> zebra crossing\n" + far + "zebra crossing", span: 640) == 4)
    }

    @Test("HTML is escaped, marks are not")
    func html() throws {
        let found = try Snippet.fragment(of: "<b>boat & \"ship's\"</b>", column: .body, terms: terms("boat"))
        #expect(found?.html == "&lt;b&gt;<mark>boat</mark> &amp; &quot;ship&#39;s&quot;&lt;/b&gt;")
        let subject = try Snippet.whole("Re: <boat>", column: .subject, terms: terms("boat"))
        #expect(subject?.html == "Re: &lt;<mark>boat</mark>&gt;")
        #expect(try Snippet.whole("ship", column: .subject, terms: terms("boat")) == nil)
    }

    @Test("any text is cut within its bounds, at characters")
    func anyText() throws {
        var random = SeededRandom(seed: 11)
        let pieces = [
            "boat", " ", "会議", "é", "\n", "> ", "👍🏽", "\u{301}", "\u{9B}", "<", "&", "lorem ", "会", "-- \n", "\u{200D}",
            "ﾞ", "か", "'s",
        ]
        let matcher = try terms("boat 会議 会 \"boat lorem\" lor* 👍 か")
        for _ in 0..<2_000 {
            var text = ""
            for _ in 0..<Int(random.next() % 150) { text += pieces[Int(random.next() % UInt64(pieces.count))] }
            guard let shown = Snippet.fragment(of: text, column: .body, terms: matcher, length: 40) else { continue }
            #expect(
                !shown.matches.isEmpty && !shown.text.unicodeScalars.contains("\u{FFFD}"), "\(text.debugDescription)")
            var last = 0
            for match in shown.matches {
                #expect(match.lowerBound >= last && !match.isEmpty && match.upperBound <= shown.text.utf8.count)
                last = match.upperBound
            }
        }
    }

    @Test("a text with very many matches is done with soon")
    func manyMatches() throws {
        let text = String(repeating: "boat ", count: 200_000)
        #expect(try fragment(text, "boat")?.hasPrefix("[boat] [boat]") == true)
    }
}
