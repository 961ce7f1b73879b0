import Testing

@testable import MIME

/// What docs/violations-of-mail.md says of whole messages, where no other test holds it.
@Suite struct ToleranceTests {
    private func parse(_ text: String) -> Message { MessageParser().parse(Array(text.utf8)) }

    private func codes(_ message: Message) -> [MIMEDefect.Code] { message.defects.map(\.code) }

    @Test func fieldsThatStandTwice() {
        let message = parse(
            """
            From: a@x
            From: b@y
            Subject:
            Subject: said
            Message-ID: <1@x>
            Message-ID: <2@x>
            List-Id: List <l.example.org>
            List-Id: <other.example.org>

            body
            """)
        #expect(message.from.map(\.email) == ["a@x", "b@y"] && message.subject == "said")
        #expect(message.messageIDs == ["1@x", "2@x"] && message.listID == "l.example.org")
    }

    @Test func aByteOrderMarkAheadOfTheHeader() {
        #expect(parse("\u{FEFF}Subject: x\n\nbody").subject == "x")
    }

    @Test func allLineEndsInOneMessage() {
        let message = parse("Subject: x\r\nFrom: a@b\nTo: c@d\r\r\n\r\none\ntwo\r\nthree\n")
        #expect(message.subject == "x" && message.to.map(\.email) == ["c@d"])
        #expect(message.text == "one\ntwo\nthree\n")
    }

    @Test func aLineOfBlanksWithFieldsBehindIt() {
        let message = parse("Subject: x\n   \nFrom: a@b\nTo: c@d\n\nbody\n")
        #expect(message.from.map(\.email) == ["a@b"] && message.text == "body\n")
    }

    /// Octets of KOI8-R in the subject, which only the body's label explains.
    @Test func eightBitFieldsAreOfTheBodysCharset() {
        let bytes =
            Array("Subject: ".utf8) + [0xD2, 0xC1, 0xDA] + Array("\nContent-Type: text/plain; charset=koi8-r\n\nx".utf8)
        #expect(MessageParser().parse(bytes).subject == "раз")
    }

    @Test func aBoundaryAtTheVeryEndOpensNoPart() {
        let message = parse("Content-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--b")
        #expect(message.root.children.count == 1 && message.text == "one")
        #expect(codes(message) == [.missingFinalBoundary])
    }

    @Test(arguments: ["calendar", "csv", "vcard"])
    func textOfOtherKindsIsAnAttachmentThatIsRead(_ subtype: String) {
        let content = [
            "calendar": "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:regatta\nEND:VEVENT\nEND:VCALENDAR",
            "csv": "boat,regatta", "vcard": "BEGIN:VCARD\nVERSION:3.0\nFN:regatta\nEND:VCARD",
        ]
        let message = parse(
            """
            Content-Type: multipart/mixed; boundary=b

            --b

            the body
            --b
            Content-Type: text/\(subtype)

            \(content[subtype] ?? "")
            --b--
            """)
        #expect(message.text.hasPrefix("the body") && !message.text.contains("regatta"))
        #expect(message.attachments.map(\.mediaType) == ["text/\(subtype)"])
        #expect(message.attachments.first?.text?.contains("regatta") == true)
    }

    @Test func nulAndTabsInFields() {
        #expect(parse("Subject: a\u{0}b\tc\n\nbody").subject == "a b c")
    }

    @Test func linesThatAreNoField() {
        #expect(codes(parse("Subject: x\nno field\nTo: a@b\n\nbody")) == [.malformedHeaderLine])
        let ended = parse("Subject: x\nThe body begins here.\nMore of it.\n")
        #expect(ended.text == "The body begins here.\nMore of it.\n")
        #expect(codes(ended) == [.malformedHeaderLine, .missingHeaderEnd])
        #expect(parse("Subject: x\n \t \nbody\n").text == "body\n")
    }

    @Test func dayOfTheWeekThatIsWrongAndMonthsOfOtherLanguages() {
        let expected = parse("Date: 5 Mar 2024 10:11:12 +0000\n\n").date
        #expect(expected != nil)
        for date in ["Sun, 5 Mar 2024 10:11:12 +0000", "Di, 5 März 2024 10:11:12 +0000"] {
            #expect(parse("Date: \(date)\n\n").date == expected, Comment(rawValue: date))
        }
    }

    @Test(arguments: [
        ("8-bit", TransferEncoding.identity), ("utf8", .identity), ("quoted printable", .quotedPrintable),
        ("Base-64", .base64), ("BASE64;", .base64), ("(why) 7bit", .identity), ("x-uue", .uuencode),
    ])
    func namesOfTransferEncodings(_ name: String, _ encoding: TransferEncoding) {
        #expect(parse("Content-Transfer-Encoding: \(name)\n\nx").root.transferEncoding == encoding)
    }

    @Test func transferEncodingsThatNobodyKnows() {
        let message = parse("Content-Transfer-Encoding: x-nobody\n\nas it stands\n")
        #expect(message.text == "as it stands\n" && codes(message) == [.unknownTransferEncoding])
    }

    @Test func textThatIsCalledBase64() {
        let message = parse(
            "Content-Transfer-Encoding: base64\n\nDear Ana, this text was never encoded at all; see you on Tuesday.\n")
        #expect(message.text.hasPrefix("Dear Ana") && codes(message) == [.malformedBase64])
    }

    @Test func contentTypesWithoutASlash() {
        #expect(parse("Content-Type: nonsense\n\nx").root.mediaType == "text/plain")
        #expect(parse("Content-Type: html\n\n<p>x</p>").text == "x")
        #expect(parse("Content-Type: text\n\nx").root.mediaType == "text/plain")
        let image = parse("Content-Type: image\n\nx")
        #expect(image.root.mediaType == "application/octet-stream" && image.text.isEmpty)
        let split = parse("Content-Type: nonsense; boundary=b\n\n--b\n\none\n--b--\n")
        #expect(split.text == "one" && codes(split) == [.malformedContentType])
    }

    @Test func theSameBoundaryAtTwoLevels() {
        let message = parse(
            """
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: multipart/alternative; boundary=b

            --b

            one
            --b--
            """)
        #expect(message.text.contains("one"))
    }

    @Test func aMultipartInBase64() {
        // "--b\n\nhidden words\n--b--\n"
        let message = parse(
            "Content-Type: multipart/mixed; boundary=b\nContent-Transfer-Encoding: base64\n\n"
                + "LS1iCgpoaWRkZW4gd29yZHMKLS1iLS0K\n")
        #expect(message.text == "hidden words" && codes(message) == [.encodedMultipart])
    }

    @Test func charsetsThatNobodyKnowsAndOctetsThatFitNothing() {
        #expect(codes(parse("Content-Type: text/plain; charset=x-nobody\n\nplain")) == [.unknownCharset])
        let bytes =
            Array("Content-Type: text/plain; charset=iso-2022-jp\n\nok \u{1B}$B".utf8) + [0x21, 0x00, 0x7F, 0x0A]
        #expect(MessageParser().parse(bytes).text.hasPrefix("ok "))
    }

    @Test func aListsFooterUnderBase64() {
        #expect(parse("Content-Transfer-Encoding: base64\n\nSGVsbG8=\n-- \nlist footer\n").text == "Hello")
    }
}
