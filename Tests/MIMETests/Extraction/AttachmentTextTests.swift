import MIME
import Testing

/// Attachments that are text, or made of it.
struct AttachmentTextTests {
    private func extract(_ text: String, _ mediaType: String, name: String? = nil) throws -> AttachmentExtraction {
        try #require(AttachmentText.extract(Array(text.utf8), mediaType: mediaType, name: name))
    }

    @Test(arguments: [
        ("text/plain", "a.bin", true), ("text/x-diff", nil, true), ("application/octet-stream", "A.CSV", true),
        ("application/octet-stream", "a.docx", true), ("application/octet-stream", "a.exe", false),
        ("application/octet-stream", nil, false), ("application/octet-stream", "winmail.dat", true),
        ("application/pdf", "a.txt", false), ("image/png", "a.html", false), ("image/svg+xml", "a.svg", false),
        ("application/ms-tnef", nil, true), ("text/calendar", nil, true), ("application/zip", "a.zip", false),
        ("application/zip", "a.xlsx", true), ("application/ld+json", nil, true), ("", "a.md", true),
    ])
    func formatByTypeElseByName(_ mediaType: String, _ name: String?, _ isRead: Bool) {
        #expect(AttachmentText.reads(mediaType: mediaType, name: name) == isRead)
    }

    @Test func plainTextWithAnyLineEnds() throws {
        #expect(try extract("\u{FEFF}a\r\nb\rc\nd", "text/plain").text == "a\nb\nc\nd")
        #expect(try extract("x,y\r\n1,2\r\n", "application/octet-stream", name: "t.csv").text == "x,y\n1,2")
    }

    @Test func textThatIsNotUTF8() throws {
        let utf16: [UInt8] = [0xFF, 0xFE, 0x61, 0, 0xE9, 0, 0x0A, 0]
        #expect(AttachmentText.extract(utf16, mediaType: "text/csv", name: nil)?.text == "aé")
        let german = Array("Gr".utf8) + [0xFC, 0xDF] + Array("e aus M".utf8) + [0xFC] + Array("nchen".utf8)
        #expect(AttachmentText.extract(german, mediaType: "text/plain", name: nil)?.text == "Grüße aus München")
        let html = Array("<meta charset=\"koi8-r\"><p>".utf8) + [0xF0, 0xD2, 0xC9, 0xD7, 0xC5, 0xD4]
        #expect(AttachmentText.extract(html, mediaType: "text/html", name: nil)?.text == "Привет")
    }

    @Test func anyXML() throws {
        #expect(
            try extract("<a><b>x &lt;</b><![CDATA[<y>]]><c d='no'/></a>", "application/atom+xml").text == "x <\n<y>")
    }

    @Test func calendarTellsWhatWhenWhereAndWho() throws {
        let calendar = """
            BEGIN:VCALENDAR\r
            BEGIN:VTIMEZONE\r
            TZID:Europe/Berlin\r
            COMMENT:zone\r
            END:VTIMEZONE\r
            BEGIN:VEVENT\r
            SUMMARY;LANGUAGE=en:Quarterly \r
             review\\, part 2\r
            DTSTART;TZID="Europe/Berlin":20240131T090000\r
            DTEND;VALUE=DATE:20240201\r
            LOCATION:Room 5\\nFloor 2\r
            ORGANIZER;CN="Doe: Jane":MAILTO:jane@example.org\r
            ATTENDEE;CN=john@example.org;RSVP=TRUE:mailto:john@example.org\r
            DESCRIPTION:Bring\\; cake\r
            BEGIN:VALARM\r
            DESCRIPTION:alarm\r
            END:VALARM\r
            UID:secret\r
            END:VEVENT\r
            END:VCALENDAR\r
            """
        let found = try extract(calendar, "text/calendar")
        #expect(found.title == "Quarterly review, part 2")
        #expect(
            found.text == """
                Quarterly review, part 2
                2024-01-31 09:00
                2024-02-01
                Room 5
                Floor 2
                Doe: Jane <jane@example.org>
                john@example.org
                Bring; cake
                """)
    }

    @Test func contactOfEachVersion() throws {
        let modern = try extract(
            """
            BEGIN:VCARD
            VERSION:4.0
            FN:Jane Doe
            N:Doe;Jane;;;
            ORG:Example\\, Inc.;Sales
            item1.EMAIL;TYPE=work:jane@example.org
            TEL;VALUE=uri:tel:+1-555-1234
            ADR;TYPE=home:;;1 Main St;Springfield;;12345;USA
            NOTE:Line one\\nline two
            PHOTO:data:image/png;base64,AAAA
            END:VCARD
            """, "text/vcard")
        #expect(
            modern.text == """
                Jane Doe
                Example, Inc., Sales
                jane@example.org
                tel:+1-555-1234
                1 Main St, Springfield, 12345, USA
                Line one
                line two
                """)
        let old = try extract(
            "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BCl=\r\nler;J=C3=B6rg\r\nEND:VCARD\r\n",
            "application/octet-stream", name: "a.vcf")
        #expect(old.text == "Jörg Müller")
    }

    // MARK: Rich text

    @Test(arguments: [
        ("{\\rtf1\\ansi Hello, {\\b wor}ld\\par next\\tab tab}", "Hello, world\nnext\ttab"),
        ("{\\rtf1{\\fonttbl{\\f0 Arial;}}{\\colortbl;\\red0;}{\\*\\generator X;}text}", "text"),
        ("{\\rtf1\\ansicpg1252 caf\\'e9 \\u8364?\\u-10179?\\u-8704? \\{x\\}}", "café €😀 {x}"),
        ("{\\rtf1\\uc2\\u26085 xx\\u26412 {\\uc0\\u35486}yy}", "日本語yy"),
        ("{\\rtf1\\ansicpg1251 \\'cf\\'f0\\'e8\\'e2\\'e5\\'f2}", "Привет"),
        ("{\\rtf1{\\fonttbl{\\f0\\fcharset0 A;}{\\f1\\fcharset128 B;}}{\\f1 \\'93\\'fa\\'96\\'7b}{\\f0 \\'e9}}", "日本é"),
        ("{\\rtf1 a{\\v hidden}b{\\pict 0102ff}c\\bin3 {}{d}", "abcd"),
        ("{\\rtf1\\trowd a\\cell b\\cell\\row c}", "a\tb\nc"),
        ("{\\rtf1 a\\~b\\-c\\_d \\lquote q\\rquote\\emdash}", "a bc-d ‘q’—"),
        ("{\\rtf1{\\field{\\*\\fldinst HYPERLINK \"x\"}{\\fldrslt link}}}", "link"),
        ("{\\rtf1 unclosed {group", "unclosed group"),
    ])
    func richText(_ rtf: String, _ expected: String) throws {
        #expect(try extract(rtf, "application/rtf").text == expected)
    }

    @Test func richTextWithItsTitle() throws {
        let found = try extract("{\\rtf1{\\info{\\title The \\'e9}{\\author no}}text}", "text/rtf")
        #expect(found.title == "The é")
        #expect(found.text == "text")
    }

    @Test(arguments: ["text/rtf", "text/plain", "text/html", "text/xml", "text/vcard", "text/calendar"])
    func textLimitHoldsForEachFormat(_ mediaType: String) throws {
        let words = String(repeating: "word ", count: 100)
        let text =
            switch mediaType {
            case "text/rtf": "{\\rtf1 \(words)}"
            case "text/vcard": "NOTE:\(words)"
            case "text/calendar": "SUMMARY:\(words)"
            default: words
            }
        let limits = AttachmentLimits(textBytes: 9)
        let found = try #require(
            AttachmentText.extract(Array(text.utf8), mediaType: mediaType, name: nil, limits: limits))
        #expect(found.text == "word word")
        #expect(found.isTruncated)
    }

    @Test func htmlWithinRichText() throws {
        let rtf = """
            {\\rtf1\\ansi\\ansicpg1252\\fromhtml1 {\\*\\htmltag64 <p>}\\htmlrtf {\\htmlrtf0 Dear {\\*\\htmltag84 <b>}\\htmlrtf \\b\\htmlrtf0 \
            Ja{\\*\\htmltag92 </b>}ne\\'e9\\htmlrtf }\\htmlrtf0 {\\*\\htmltag72 </p>}{\\*\\htmltag72 <p style="display:none">}x{\\*\\htmltag72 </p>}}
            """
        #expect(try extract(rtf, "application/rtf").text == "Dear Janeé")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: [
            "{", "}", "{\\*", "\\", "\\'e9", "\\u99999 ", "\\bin99999999 ", "{\\fonttbl{\\f1\\fcharset0 ", "\\cell ",
            "\\par ",
        ])
    func quadraticBait(_ unit: String) throws {
        _ = try extract("{\\rtf1 " + String(repeating: unit, count: (1 << 18) / unit.utf8.count), "text/rtf")
    }

    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["A:\n", " x\n", "N;A=\"", "A;", "N;ENCODING=QUOTED-PRINTABLE:=\n", "BEGIN:VALARM\n"])
    func quadraticBaitInContentLines(_ unit: String) throws {
        let text = String(repeating: unit, count: (1 << 18) / unit.utf8.count)
        _ = try extract("N:x\n" + text, "text/vcard")
        _ = try extract("SUMMARY:x\n" + text, "text/calendar")
    }

    @Test func seededMutations() {
        let seed = UInt64.random(in: .min ... .max)
        print("text attachment mutations: seed \(seed)")
        var random = TextFixtures.Random(seed: seed)
        let samples = [
            (
                "text/rtf",
                "{\\rtf1\\ansicpg932{\\fonttbl{\\f1\\fcharset204 x;}}\\f1 a\\'e9\\u233?\\bin2 xx{\\*\\x y}\\cell\\row}"
            ),
            ("text/vcard", "BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=C3=\n=BC;x\nADR:;;a\\,b;c\nEND:VCARD\n"),
            (
                "text/calendar",
                "BEGIN:VEVENT\nSUMMARY:a\n b\nDTSTART:20240131T0900\nATTENDEE;CN=\"x\":mailto:y\nEND:VEVENT\n"
            ),
            ("text/xml", "<a b='c'>x&amp;<![CDATA[y]]><!-- z --></a>"),
        ]
        for round in 0..<600 {
            let (type, text) = samples[round % samples.count]
            var bytes = Array(text.utf8)
            random.mutate(&bytes)
            _ = AttachmentText.extract(bytes, mediaType: type, name: nil)
        }
    }
}
