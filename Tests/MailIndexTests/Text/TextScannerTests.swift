import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

/// The tokens of a text, parted by spaces; `|` joins those at one position.
private func scan(_ text: String, _ purpose: ScanPurpose = .document) -> String {
    var out = ""
    for token in ScannedToken.tokens(of: text, for: purpose) {
        if !out.isEmpty { out += token.isColocated ? "|" : " " }
        out += token.text
    }
    return out
}

@Suite("Words as the index sees them")
struct TextScannerTests {
    @Test(
        "documents",
        arguments: [
            // ASCII
            ("", ""), ("!!", ""), ("Hello, World", "hello world"), ("abc123 4x", "abc123 4x"), ("foo_bar", "foo bar"),
            ("INV-2024/0071", "inv 2024 0071"), ("Ana.Ruiz@mail.example.org", "ana ruiz mail example org"),
            ("https://example.org/a?b=c", "https example org a b c"), ("U.S.A.", "u s a"), ("3.14", "3 14"),
            ("a\0b", "a b"), ("zZ[`{@/:", "zz"), ("0123456789", "0123456789"),
            (
                "ABCDEFGHIJKLMNOPQRSTUVWXYZ abcdefghijklmnopqrstuvwxyz",
                "abcdefghijklmnopqrstuvwxyz abcdefghijklmnopqrstuvwxyz"
            ),
            // Apostrophes
            ("O'Neill", "oneill|neill"), ("O’Neill", "oneill|neill"), ("don't", "dont|don"),
            ("l'arbre", "larbre|arbre"),
            ("John's", "johns|john"), ("rock'n'roll", "rocknroll|rock|roll"), ("'quoted'", "quoted"),
            ("col·legi", "collegi|col|legi"), ("п'ять", "пять|ять"), ("it''s", "it s"), ("dogs' tails", "dogs tails"),
            // Accents and letters as they are typed
            ("canción", "cancion"), ("cancio\u{301}n", "cancion"), ("Smörgåsbord", "smorgasbord"),
            ("Straße", "strasse"),
            ("STRAẞE", "strasse"), ("Ærø Œuvre", "aero oeuvre"), ("Łódź", "lodz"), ("Đặng Nguyễn", "dang nguyen"),
            ("İstanbul ılık", "istanbul ilik"), ("Þór Ðað", "thor dad"), ("ŉ", "n"), ("ﬁn ﬀ", "fin ff"),
            ("Čeština ŽLUŤOUČKÝ", "cestina zlutoucky"), ("Ťŷŧ ħ", "tyt h"),
            ("ＦＵＬＬ　ｗｉｄｔｈ１２", "full width12"), ("𝐁𝑜𝓁𝖽", "bold"), ("m² ½ ① Ⅳ №", "m2 ½ 1 iv no"), ("1º 2ª", "1o 2a"),
            ("ĳ ŀ ſ", "ij l s"), ("Trawl™ ©", "trawl"),
            // Greek, Cyrillic, Armenian, Georgian
            ("Ελλάδα ΟΔΟΣ οδός", "ελλαδα οδοσ οδοσ"), ("Договор", "договор"), ("Ёлка Йод її", "елка иод іі"),
            ("ў Ґанок", "у ганок"), ("Երևան", "երեւան"), ("საქართველო", "საქართველო"),
            // Marks that readers leave out, and those that are letters
            ("שָׁלוֹם", "שלום"), ("צה״ל", "צהל"), ("مُحَمَّد", "محمد"), ("أحمد إلى", "احمد الي"), ("کتاب فارسی", "كتاب فارسي"),
            ("١٢٣ ۴۵", "123 45"), ("می\u{200C}خواهم", "ميخواهم"), ("हिन्दी", "हिन्दी"), ("தமிழ்", "தமிழ்"),
            // What is dropped within words
            ("exam\u{AD}ple", "example"), ("zero\u{200B}width", "zerowidth"), ("\u{FEFF}bom", "bom"),
            ("\u{301}\u{200D}", ""),
            // Runs
            ("会議", "会議 議"), ("会", "会"), ("发票已开", "发票 票已 已开 开"), ("iPhone手机2024年", "iphone 手机 机 2024 年"),
            ("한국어", "한국 국어 어"), ("カタカナ ひらがな", "カタ タカ カナ ナ ひら らが がな な"), ("ｶﾞｷﾞﾊﾟｳﾞ", "ガギ ギパ パヴ ヴ"),
            ("か\u{3099}は\u{309A}", "がぱ ぱ"), ("\u{1112}\u{1161}\u{11AB}\u{1100}\u{116E}\u{11A8}", "한국 국"),
            ("豈", "豈"), ("会\n議", "会議 議"), ("한\n국", "한 국"), ("会 議", "会 議"), ("東京ー", "東京 京ー ー"), ("𠮷野家", "𠮷野 野家 家"),
            ("สวัสดี", "สว วั ัส สด ดี ี"), ("㍿", "㍿"),
            // Emoji
            ("👍🏽 ok", "👍 ok"), ("👨‍👩‍👧", "👨 👩 👧"), ("🇩🇪", "🇩 🇪"), ("I❤️NY", "i ❤ ny"), ("✓done", "✓ done"),
            ("│ box ─┼", "box"),
        ])
    func documents(text: String, tokens: String) {
        #expect(scan(text) == tokens)
    }

    @Test(
        "queries have one token a position",
        arguments: [
            ("O'Neill", "oneill"), ("l'arbre vert", "larbre vert"), ("会議", "会議"), ("会", "会"), ("会議室", "会議 議室"),
            ("東京 tower", "東京 京 tower"), ("京 tower", "京 tower"), ("tower 東京", "tower 東京"), ("東京 大阪", "東京 京 大阪"),
            ("👨‍👩‍👧", "👨 👩 👧"),
        ])
    func queries(text: String, tokens: String) {
        #expect(scan(text, .query) == tokens)
    }

    @Test("a token's range covers the letters and marks it stands for")
    func ranges() {
        func words(_ text: String) -> [String] {
            ScannedToken.tokens(of: text).map { String(decoding: Array(text.utf8)[$0.range], as: UTF8.self) }
        }
        #expect(words("Die Straße, ¡canción!") == ["Die", "Straße", "canción"])
        #expect(words("(cancio\u{301}n)") == ["cancio\u{301}n"])
        #expect(words("l'arbre O'Neill.") == ["l'arbre", "arbre", "O'Neill", "Neill"])
        #expect(words("a 会議室 b") == ["a", "会議", "議室", "室", "b"])
        #expect(words("👍🏽!") == ["👍🏽"])
    }

    @Test("long words are known by their beginning")
    func longWords() {
        let limit = TextScanner.longestToken
        #expect(scan(String(repeating: "a", count: limit)) == String(repeating: "a", count: limit))
        #expect(scan(String(repeating: "A", count: limit + 1) + " b") == String(repeating: "a", count: limit) + " b")
        #expect(scan(String(repeating: "é", count: 500) + " b") == String(repeating: "e", count: limit) + " b")
        #expect(scan(String(repeating: "д", count: 500) + " b") == String(repeating: "д", count: limit / 2) + " b")
        #expect(scan(String(repeating: "ж", count: 59) + "abc") == String(repeating: "ж", count: 59) + "ab")
        #expect(ScannedToken.tokens(of: String(repeating: "x", count: 5000)).first?.range == 0..<5000)
    }

    @Test("encoded bytes keep only their beginning, names and hashes stay whole")
    func noise() {
        #expect(scan("TWFuIGlzIGRpc3Rpbmd1aXNoZWQsIG5vdCBvbmx5IGJ5IGhpcyByZWFzb24s x") == "twfuiglzigrpc3rp x")
        let hash = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
        #expect(scan(hash).count <= 64)
        #expect(scan("testConcurrentModificationOfSharedState2") == "testconcurrentmodificationofsharedstate2")
        #expect(scan("donaudampfschifffahrtselektrizitatenhauptbetriebswerkbauunterbeamtengesellschaft").count == 80)
    }

    @Test("names and patterns are folded character by character")
    func foldedText() {
        #expect(TextFolding.folded("Résumé 2024 (Ana’s).PDF") == "resume 2024 (ana's).pdf")
        #expect(TextFolding.folded("請求書_ｶﾞ.PDF") == "請求書_ガ.pdf")
        #expect(TextFolding.folded("か\u{3099}") == "が")
        #expect(TextFolding.folded("*.Pdf?[x] \\Sent") == "*.pdf?[x] \\sent")
        #expect(TextFolding.folded("ẞ\u{301}Ø Ｋ") == "sso k")
    }

    @Test("folding twice changes nothing")
    func foldingIsIdempotent() {
        for value in UInt32(1)..<0x32000 {
            guard let scalar = Unicode.Scalar(value) else { continue }
            for token in ScannedToken.tokens(of: String(Character(scalar))) {
                #expect(scan(token.text) == token.text, "U+\(String(value, radix: 16))")
            }
        }
    }

    @Test("any bytes are scanned within their bounds")
    func anyBytes() {
        var random = SeededRandom(seed: 1)
        for round in 0..<3000 {
            var bytes = (0..<Int(random.next() % 60)).map { _ in UInt8(truncatingIfNeeded: random.next() >> 7) }
            if round % 2 == 0 {
                let pieces = [
                    "会", "\u{301}", "'", "é", "\u{3099}", "か", "\n", "ᄒ", "ㅏ", "👍", "a", "\u{200D}", "ﾞ", "Ｋ", "한",
                ]
                bytes = (0..<20).flatMap { _ in Array(pieces[Int(random.next() % UInt64(pieces.count))].utf8) }
                bytes.removeLast(Int(random.next() % 3))
            }
            for purpose in [ScanPurpose.document, .query] {
                let tokens = bytes.withUnsafeBufferPointer { ScannedToken.tokens(of: $0, for: purpose) }
                for token in tokens {
                    #expect(!token.text.isEmpty && token.range.upperBound <= bytes.count && !token.range.isEmpty)
                    #expect(token.text.utf8.count <= TextScanner.longestToken)
                }
                #expect(tokens.first?.isColocated != true)
            }
        }
    }
}
