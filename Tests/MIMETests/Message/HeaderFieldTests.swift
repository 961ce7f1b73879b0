import Testing

@testable import MIME

/// Header fields with the faults that mail has, each case named for its own.
@Suite struct HeaderFieldTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var input: String
        var expected: String
        var testDescription: String { name }
    }

    private static func bytes(_ text: String) -> [UInt8] {
        // "\u{80}" to "\u{FF}" stand for single octets.
        text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }
    }

    static let subjects = [
        Case(name: "plain", input: "Hello", expected: "Hello"),
        Case(name: "folded with a tab", input: "one\r\n\ttwo", expected: "one two"),
        Case(
            name: "character cut in two between words", input: "=?UTF-8?B?w6k=?= =?UTF-8?B?4oI=?= =?UTF-8?B?rA==?=",
            expected: "é€"),
        Case(name: "blanks between words go", input: "=?utf-8?q?a?=\r\n =?utf-8?q?b?=", expected: "ab"),
        Case(name: "blanks beside text stay", input: "a =?utf-8?q?b?= c", expected: "a b c"),
        Case(name: "spaces within a word", input: "=?utf-8?Q?two words?=", expected: "two words"),
        Case(name: "glued to text", input: "Re:=?utf-8?q?=C3=A9?=x", expected: "Re:éx"),
        Case(name: "two charsets", input: "=?iso-8859-1?q?=E9?= =?koi8-r?q?=C1?=", expected: "éа"),
        Case(name: "language after the charset", input: "=?us-ascii*en?Q?hi?=", expected: "hi"),
        Case(name: "UTF-8 labelled Latin-1", input: "=?iso-8859-1?q?=C3=A9t=C3=A9?=", expected: "été"),
        Case(name: "unknown charset", input: "=?x-nobody?q?abc?=", expected: "abc"),
        Case(name: "GB2312 that is GBK", input: "=?gb2312?B?gUCBQQ==?=", expected: "丂丄"),
        Case(name: "raw UTF-8", input: "\u{C3}\u{A9}", expected: "é"),
        Case(name: "raw Latin-1", input: "Gr\u{FC}\u{DF}e aus M\u{FC}nchen", expected: "Grüße aus München"),
        Case(name: "raw escapes of ISO-2022-JP", input: "\u{1B}$B2q5D\u{1B}(B", expected: "会議"),
        Case(name: "encoded line end", input: "=?utf-8?q?a=0D=0Ab?=", expected: "a  b"),
        Case(name: "no encoded word at all", input: "what =? is ?= this", expected: "what =? is ?= this"),
        Case(name: "wrong charset", input: "=?us-ascii?q?=E9t=E9?=", expected: "été"),
        Case(name: "inside of quotes", input: "\"=?utf-8?q?=C3=A9?=\"", expected: "\"é\""),
        Case(name: "base64 without its padding", input: "=?utf-8?B?w6k?=", expected: "é"),
        Case(name: "lower-case b and blanks", input: "=?utf-8?b?w 6k=?=", expected: "é"),
        Case(name: "unknown encoding", input: "=?utf-8?x?abc?=", expected: "=?utf-8?x?abc?="),
        Case(
            name: "word longer than 75 characters", input: "=?utf-8?q?" + String(repeating: "=C3=A9", count: 60) + "?=",
            expected: String(repeating: "é", count: 60)),
        Case(name: "no blank between words", input: "=?utf-8?q?a?==?utf-8?q?b?=", expected: "ab"),
        Case(name: "word without its end", input: "=?utf-8?B?w6k=", expected: "é"),
    ]

    @Test(arguments: subjects)
    func subject(_ subject: Case) {
        let text = Self.bytes(subject.input).withUnsafeBytes { EncodedWords.decodeUnstructured($0) }
        #expect(text == subject.expected)
    }

    static let addresses = [
        Case(name: "name and address", input: "Ana Example <ana@example.com>", expected: "Ana Example|ana@example.com"),
        Case(name: "comma in a quoted name", input: "\"Doe, J\" <j@x>, k@y", expected: "Doe, J|j@x;|k@y"),
        Case(name: "comment for a name", input: "j@x (John Doe)", expected: "John Doe|j@x"),
        Case(name: "nested comments", input: "j@x (a (b) c)", expected: "a (b) c|j@x"),
        Case(name: "group", input: "friends: a@x, B <b@y>;, c@z", expected: "|a@x;B|b@y;|c@z"),
        Case(name: "empty group", input: "undisclosed-recipients:;", expected: "undisclosed-recipients|"),
        Case(name: "source route", input: "<@a,@b:c@d>", expected: "|c@d"),
        Case(name: "encoded comma", input: "=?utf-8?q?M=C3=BCller,_J?= <j@x>", expected: "Müller, J|j@x"),
        Case(name: "encoded word in quotes", input: "\"=?utf-8?q?J=C3=BCrgen?=\" <j@x>", expected: "Jürgen|j@x"),
        Case(name: "semicolons for commas", input: "a@x; b@y", expected: "|a@x;|b@y"),
        Case(name: "quoted local part", input: "\"john doe\"@x", expected: "|\"john doe\"@x"),
        Case(name: "double brackets", input: "<<a@x>>", expected: "|a@x"),
        Case(name: "bracket without end", input: "A <a@x", expected: "A|a@x"),
        Case(name: "quote without end", input: "\"A <a@x>", expected: "A|a@x"),
        Case(name: "name and address without brackets", input: "John Doe j@x", expected: "John Doe|j@x"),
        Case(name: "addresses with blanks alone between them", input: "a@x b@y\r\n c@z", expected: "|a@x;|b@y;|c@z"),
        Case(
            name: "names and addresses with blanks alone between them", input: "Ana a@x Bo Ek b@y",
            expected: "Ana|a@x;Bo Ek|b@y"),
        Case(name: "brackets with blanks alone between them", input: "<a@x> <b@y>", expected: "|a@x;|b@y"),
        Case(name: "encoded word in a comment", input: "j@x (=?utf-8?q?J=C3=BC?=)", expected: "Jü|j@x"),
        Case(name: "comment after a group", input: "unlisted:; (no To-header on input)", expected: "unlisted|"),
        Case(name: "comment alone", input: "(nobody)", expected: "nobody|"),
        Case(name: "comment in apostrophes", input: "j@x ('Ana')", expected: "Ana|j@x"),
        Case(name: "dots in an unquoted name", input: "J. R. Doe <j@x>", expected: "J. R. Doe|j@x"),
        Case(name: "blanks around the at sign", input: "john @ example.com", expected: "|john@example.com"),
        Case(name: "mailto", input: "<mailto:a@x>", expected: "|a@x"),
        Case(name: "domain literal", input: "a@[IPv6:::1]", expected: "|a@[IPv6:::1]"),
        Case(name: "name in apostrophes", input: "'Ana' <a@x>", expected: "Ana|a@x"),
        Case(name: "address in place of a name", input: "a@x <a@x>", expected: "a@x|a@x"),
        Case(name: "UTF-8 address", input: "<\u{C3}\u{A9}@x>", expected: "|é@x"),
        Case(name: "quotes inside of quotes", input: "\"\"Ana\"\" <a@x>", expected: "Ana|a@x"),
        Case(
            name: "escaped quotes inside of quotes", input: "\"Ana \\\"Bo\\\" Ek\" <a@x>", expected: "Ana \"Bo\" Ek|a@x"
        ),
        Case(name: "at sign in an unquoted name", input: "Ana @ work <a@x>", expected: "Ana @ work|a@x"),
        Case(name: "parenthesis without end", input: "a@x (Ana", expected: "Ana|a@x"),
        Case(name: "address in the comment of a name", input: "Ana Ek (a@x)", expected: "Ana Ek|a@x"),
        Case(name: "blanks around dots", input: "john . doe @ example . com", expected: "|john.doe@example.com"),
        Case(name: "word without an at sign", input: "root, Ana <ana>", expected: "|root;Ana|ana"),
        Case(name: "two at signs", input: "<a@b@c>", expected: "|a@b@c"),
        Case(name: "nothing", input: " , ;", expected: ""),
    ]

    @Test(arguments: addresses)
    func addressList(_ list: Case) {
        let found = Self.bytes(list.input).withUnsafeBytes { AddressParser.parse($0).addresses }
        #expect(found.map { "\($0.name ?? "")|\($0.email)" }.joined(separator: ";") == list.expected)
    }

    /// Seconds since 1970 and the zone.
    static let dates = [
        Case(name: "RFC 5322", input: "Tue, 5 Mar 2024 10:11:12 +0100", expected: "1709629872 60"),
        Case(name: "without weekday and seconds", input: "5 Mar 2024 10:11 +0100", expected: "1709629860 60"),
        Case(name: "comment at the end", input: "Tue, 5 Mar 2024 10:11:12 +0100 (CET)", expected: "1709629872 60"),
        Case(name: "zone name", input: "Tue, 5 Mar 2024 10:11:12 EST", expected: "1709651472 -300"),
        Case(name: "zone missing", input: "Tue, 5 Mar 2024 10:11:12", expected: "1709633472 none"),
        Case(name: "zone unknown", input: "Tue, 5 Mar 2024 10:11:12 -0000", expected: "1709633472 none"),
        Case(name: "two digits", input: "05 Mar 99 10:11:12 GMT", expected: "920628672 0"),
        Case(name: "two digits after 2000", input: "05 Mar 24 10:11:12 GMT", expected: "1709633472 0"),
        Case(name: "three digits", input: "05 Mar 124 10:11:12 GMT", expected: "1709633472 0"),
        Case(name: "asctime", input: "Tue Mar  5 10:11:12 2024", expected: "1709633472 none"),
        Case(name: "asctime with zone", input: "Tue Mar 5 10:11:12 PST 2024", expected: "1709662272 -480"),
        Case(name: "ISO 8601", input: "2024-03-05T10:11:12Z", expected: "1709633472 none"),
        Case(name: "ISO 8601 with zone", input: "2024-03-05 10:11:12.345+01:00", expected: "1709629872 60"),
        Case(name: "hyphens", input: "Tue, 5-Mar-2024 10:11:12 +0100", expected: "1709629872 60"),
        Case(name: "GMT and an offset", input: "Tue, 5 Mar 2024 10:11:12 GMT+0100", expected: "1709629872 60"),
        Case(name: "afternoon", input: "Mar 5, 2024 10:11:12 PM +0000", expected: "1709676672 0"),
        Case(name: "dots in the clock", input: "Tue, 5 Mar 2024 10.11.12 +0100", expected: "1709629872 60"),
        Case(name: "month in full", input: "5 March 2024 10:11:12 +0000", expected: "1709633472 0"),
        Case(name: "slashes", input: "3/5/2024 10:11:12", expected: "1709633472 none"),
        Case(name: "day of the week in full", input: "Tuesday, 05-Mar-24 10:11:12 GMT", expected: "1709633472 0"),
        Case(name: "military zone", input: "Tue, 5 Mar 2024 10:11:12 A", expected: "1709633472 none"),
        Case(
            name: "comments everywhere", input: "(a) Tue, (b) 5 Mar (c) 2024 10:11:12 +0000", expected: "1709633472 0"),
        Case(name: "folded", input: "Tue, 5 Mar\r\n 2024 10:11:12 +0000", expected: "1709633472 0"),
        Case(name: "seconds of a leap", input: "31 Dec 2016 23:59:60 +0000", expected: "1483228800 0"),
        Case(name: "zone with a colon", input: "Tue, 5 Mar 2024 10:11:12 +01:00", expected: "1709629872 60"),
        Case(name: "offset of more than a day", input: "Tue, 5 Mar 2024 10:11:12 +9999", expected: "1709633472 none"),
        Case(name: "leap day", input: "29 Feb 2024 00:00:00 +0000", expected: "1709164800 0"),
        Case(name: "before 1970", input: "1 Jan 1969 00:00:00 +0000", expected: "-31536000 0"),
        Case(name: "zone name in lower case", input: "Tue, 5 Mar 2024 10:11:12 cest", expected: "1709626272 120"),
        Case(name: "zone name that RFC 5322 lacks", input: "Tue, 5 Mar 2024 10:11:12 JST", expected: "1709601072 540"),
        Case(name: "zone name of two countries", input: "Tue, 5 Mar 2024 10:11:12 IST", expected: "1709613672 330"),
        Case(name: "two digits before 1970", input: "05 Mar 50 10:11:12 GMT", expected: "-625672128 0"),
        Case(name: "two digits of the last year", input: "05 Mar 49 10:11:12 GMT", expected: "2498551872 0"),
        Case(name: "no date", input: "yesterday", expected: "none"),
    ]

    @Test(arguments: dates)
    func date(_ date: Case) {
        let found = Self.bytes(date.input).withUnsafeBytes { DateParser.parse($0) }
        let text = found.map { "\($0.secondsSince1970) \($0.zoneOffsetMinutes.map(String.init) ?? "none")" } ?? "none"
        #expect(text == date.expected)
    }

    static let parameters = [
        Case(name: "plain", input: "text/plain; charset=utf-8", expected: "text/plain charset=utf-8"),
        Case(name: "quoted", input: "a/b; name=\"x; y\"", expected: "a/b name=x; y"),
        Case(name: "semicolon forgotten", input: "text/plain charset=utf-8", expected: "text/plain charset=utf-8"),
        Case(name: "blanks around the equals sign", input: "a/b; name = x", expected: "a/b name=x"),
        Case(
            name: "blanks in an unquoted name", input: "a/b; name=my file.txt; x=y",
            expected: "a/b name=my file.txt x=y"),
        Case(
            name: "comment", input: "text/plain (it is) ; charset=us-ascii (really)",
            expected: "text/plain charset=us-ascii"),
        Case(name: "parentheses in a name", input: "a/b; name=report (1).pdf", expected: "a/b name=report (1).pdf"),
        Case(name: "extended", input: "a/b; filename*=utf-8'en'%E2%82%AC.txt", expected: "a/b filename=€.txt"),
        Case(name: "continued", input: "a/b; filename*0=\"one\"; filename*1=\"two\"", expected: "a/b filename=onetwo"),
        Case(
            name: "character cut between sections", input: "a/b; filename*0*=utf-8''%E2%82; filename*1*=%AC",
            expected: "a/b filename=€"),
        Case(
            name: "sections with and without percent signs",
            input: "a/b; filename*0*=utf-8''%C3%A9; filename*1=\"t%20\"",
            expected: "a/b filename=ét%20"),
        Case(
            name: "extended without percent signs", input: "a/b; filename*=utf-8''plain", expected: "a/b filename=plain"
        ),
        Case(name: "extended without a charset", input: "a/b; filename*=%41", expected: "a/b filename=A"),
        Case(name: "encoded word", input: "a/b; name=\"=?utf-8?q?=C3=A9?=\"", expected: "a/b name=é"),
        Case(name: "quote without end", input: "a/b; name=\"x", expected: "a/b name=x"),
        Case(name: "raw 8-bit", input: "a/b; name=\u{E9}t\u{E9}.txt", expected: "a/b name=été.txt"),
        Case(name: "doubled", input: "a/b; x=1; x=2", expected: "a/b x=1"),
        Case(name: "plain and extended", input: "a/b; filename=x; filename*=utf-8''%C3%A9", expected: "a/b filename=é"),
        Case(name: "sections out of order", input: "a/b; name*1=two; name*0=one", expected: "a/b name=onetwo"),
        Case(name: "sections with a gap", input: "a/b; name*0=one; name*2=three", expected: "a/b name=onethree"),
        Case(
            name: "percent signs under a plain name", input: "a/b; name=100%25.txt", expected: "a/b name=100%25.txt"),
        Case(
            name: "encoded words in sections", input: "a/b; name*0=\"=?utf-8?q?=C3?=\"; name*1=\"=?utf-8?q?=A9?=\"",
            expected: "a/b name=é"),
    ]

    @Test(arguments: parameters)
    func parameter(_ field: Case) {
        let value = Self.bytes(field.input).withUnsafeBytes { ParameterParser.parse($0) }
        let text = value.value + value.parameters.map { " \($0.name)=\($0.value)" }.joined()
        #expect(text == field.expected)
    }

    static let identifiers = [
        Case(name: "one", input: "<a@b>", expected: "a@b"),
        Case(name: "many", input: "<a@b>\r\n <c@d><e@f>", expected: "a@b c@d e@f"),
        Case(name: "phrase before it", input: "Message from John of Tuesday <a@b>", expected: "a@b"),
        Case(name: "no brackets", input: "a@b", expected: "a@b"),
        Case(name: "broken by a fold", input: "<a\r\n @b>", expected: "a@b"),
        Case(name: "bracket without end", input: "<a@b <c@d>", expected: "a@b c@d"),
        Case(name: "no at sign", input: "<abc>", expected: "abc"),
        Case(name: "nothing", input: "<>", expected: ""),
    ]

    @Test(arguments: identifiers)
    func messageID(_ field: Case) {
        let ids = Self.bytes(field.input).withUnsafeBytes { MessageIDs.parse($0) }
        #expect(ids.joined(separator: " ") == field.expected)
    }
}
