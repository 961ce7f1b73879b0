import Testing

@testable import MIME

/// Whole messages, each named for what is odd in it.
@Suite struct MessageStructureTests {
    private func parse(_ text: String, limits: MIMELimits = .default) -> Message {
        MessageParser(limits: limits).parse(Array(text.utf8))
    }

    private func numbers(_ part: Part) -> [String] {
        ["\(part.partID) \(part.mediaType)"] + part.children.flatMap(numbers)
    }

    @Test func partsAreNumberedAsIMAPDoes() {
        let message = parse(
            """
            Content-Type: multipart/mixed; boundary=a

            --a

            one
            --a
            Content-Type: multipart/related; boundary=b

            --b
            Content-Type: text/html

            <p>two</p>
            --b--
            --a
            Content-Type: message/rfc822

            Subject: inner
            Content-Type: multipart/mixed; boundary=c

            --c

            three
            --c--
            --a
            Content-Type: message/rfc822

            Subject: plain

            four
            --a--
            """)
        #expect(
            numbers(message.root) == [
                "TEXT multipart/mixed", "1 text/plain", "2 multipart/related", "2.1 text/html", "3 message/rfc822",
                "3.TEXT multipart/mixed", "3.1 text/plain", "4 message/rfc822", "4.1 text/plain",
            ])
        #expect(message.text == "one\n\ntwo" || message.text.hasPrefix("one\n\ntwo"))
        #expect(message.attachments.map(\.partID) == ["3", "4"])
        #expect(message.attachments.map(\.name) == ["inner", "plain"])
        #expect(message.attachments[0].text?.contains("three") == true)
    }

    @Test func ofAlternativesOneAloneIsTheText() {
        func alternative(_ plain: String, _ html: String) -> String {
            parse(
                """
                Content-Type: multipart/alternative; boundary=a

                --a
                Content-Type: text/plain

                \(plain)
                --a
                Content-Type: text/html

                \(html)
                --a--
                """
            ).text.trimmed
        }
        let long = String(repeating: "All of the news of this week in many words. ", count: 20)
        #expect(alternative("Hello, world", "<p>Hello, <b>wor</b>ld</p>") == "Hello, world")
        #expect(alternative("", "<p>Hello</p>") == "Hello")
        #expect(alternative("Please use an HTML reader.", "<p>\(long)</p>").hasPrefix("All of the news"))
        #expect(alternative("<html><body><p>Hi</p></body></html>", "<p>Hi</p>") == "Hi")
    }

    @Test func brokenBoundaries() {
        let missingEnd = parse("Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\n\ntwo\n")
        #expect(missingEnd.text == "one\n\ntwo\n")
        #expect(missingEnd.defects.contains(MIMEDefect(.missingFinalBoundary, partID: "TEXT")))
        let wrong = parse("Content-Type: multipart/mixed; boundary=a\n\n--b\nContent-Type: text/plain\n\none\n--b--\n")
        #expect(wrong.text == "one")
        let none = parse("Content-Type: multipart/mixed\n\nJust text.\n")
        #expect(none.text == "Just text.\n")
        #expect(none.defects.map(\.code) == [.missingBoundaryParameter, .boundaryNeverFound])
        let prefix = parse(
            """
            Content-Type: multipart/mixed; boundary=a

            --a
            Content-Type: multipart/mixed; boundary=ab

            --ab

            one
            --ab--
            --a

            two
            --a--
            """)
        #expect(prefix.text == "one\n\ntwo")
        let mixedEnds = parse(
            "Content-Type: multipart/mixed; boundary=a\r\n\r\n--a\n\none\r\n--a  \r\n\r\ntwo\n--a--\r\n")
        #expect(mixedEnds.text == "one\n\ntwo")
    }

    @Test func lineEnds() {
        let expected = parse("Subject: x\nFrom: a@b\n\nbody\n")
        for end in ["\r\n", "\r", "\r\r\n"] {
            let message = parse(["Subject: x", "From: a@b", "", "body", ""].joined(separator: end))
            #expect(message.subject == "x" && message.from == expected.from && message.text == "body\n")
        }
    }

    @Test func headersThatAreNone() {
        #expect(parse("From a@b Tue Mar 5 2024\nSubject: x\n\nbody").text == "body")
        #expect(parse("Just text, no header.\nMore.\n").text == "Just text, no header.\nMore.\n")
        #expect(parse("Subject: x\nbroken line\nFrom: a@b\n\nbody").subject == "x broken line")
        #expect(parse("Subject: x\n\n").text == "")
        #expect(parse("").text == "")
        #expect(parse("Subject : x\n\nbody").subject == "x")
        #expect(parse("\n\nSubject: x\n\nbody").subject == "x")
        #expect(parse(String(repeating: " ", count: 120) + "\r\nSubject: x\r\n\r\nbody").subject == "x")
        #expect(parse("  \nplain text: not a field\nmore\n").text == "plain text: not a field\nmore\n")
        #expect(parse("Subject:\nSubject: second\n\n").subject == "second")
    }

    @Test func datesFallBackOnReceived() {
        let message = parse(
            """
            Received: from a by b; Tue, 5 Mar 2024 10:11:12 +0100
            Received: from c by a; Tue, 5 Mar 2024 10:11:10 +0100
            Date: nonsense

            body
            """)
        #expect(message.date == nil)
        #expect(message.receivedDate?.secondsSince1970 == 1_709_629_872)
        #expect(message.defects == [MIMEDefect(.malformedDate)])
    }

    @Test func protection() {
        let signed = parse(
            """
            Content-Type: multipart/signed; boundary=a; protocol="application/pgp-signature"

            --a

            signed text
            --a
            Content-Type: application/pgp-signature; name=signature.asc

            -----BEGIN PGP SIGNATURE-----
            --a--
            """)
        #expect(signed.root.protection == .signed)
        #expect(signed.text == "signed text")
        #expect(signed.attachments.map(\.isInline) == [true] && !signed.hasAttachment)
        let encrypted = parse(
            """
            Content-Type: multipart/encrypted; boundary=a; protocol="application/pgp-encrypted"

            --a
            Content-Type: application/pgp-encrypted

            Version: 1
            --a
            Content-Type: application/octet-stream

            -----BEGIN PGP MESSAGE-----
            --a--
            """)
        #expect(encrypted.root.protection == .encrypted && encrypted.text.isEmpty)
        #expect(parse("\n-----BEGIN PGP MESSAGE-----\n\nabc\n").root.protection == .encrypted)
        #expect(parse("Content-Type: application/pkcs7-mime; name=smime.p7m\n\nabc").root.protection == .encrypted)
    }

    @Test func attachmentsOfEachKind() {
        let message = parse(
            """
            Content-Type: multipart/mixed; boundary=a

            --a
            Content-Type: multipart/related; boundary=b

            --b
            Content-Type: text/html

            <p>See <img src="cid:1"></p>
            --b
            Content-Type: image/png; name=logo.png
            Content-ID: <1>
            Content-Transfer-Encoding: base64

            AAAA
            --b--
            --a
            Content-Type: text/csv; charset=iso-8859-1
            Content-Disposition: attachment; filename*=utf-8''t%C3%A9l.csv
            Content-Transfer-Encoding: quoted-printable

            caf=E9,1
            --a
            Content-Type: message/external-body; access-type=anon-ftp; name=far.txt

            Content-Type: text/plain

            --a
            Content-Type: multipart/appledouble; boundary=d

            --d
            Content-Type: application/applefile; name=fork

            x
            --d
            Content-Type: application/pdf; name=paper.pdf

            y
            --d--
            --a--
            """)
        #expect(message.attachments.map(\.name) == ["logo.png", "tél.csv", "far.txt", "fork", "paper.pdf"])
        #expect(message.attachments.map(\.isInline) == [true, false, false, true, false])
        #expect(message.attachments[0].size == 3)
        #expect(message.attachments[1].text?.contains("café") == true)
    }

    @Test func uuencodedFilesInTheText() {
        let message = parse("Subject: x\n\nHere:\nbegin 644 a.txt\n#86)C\n`\nend\nBye\n")
        #expect(message.attachments.first?.name == "a.txt")
        #expect(message.attachments.first?.text == "abc")
        #expect(message.text.contains("Here:") && message.text.contains("Bye") && !message.text.contains("86)C"))
    }

    @Test func flowedTextIsMadeWhole() {
        #expect(
            parse("Content-Type: text/plain; format=flowed\n\nThe quarterly \nreport\n").text
                == "The quarterly report\n")
    }

    @Test func encodedNestedMessages() {
        // "Subject: inner\n\nhidden words\n"
        let message = parse(
            "Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n"
                + "U3ViamVjdDogaW5uZXIKCmhpZGRlbiB3b3Jkcwo=\n")
        #expect(message.attachments.first?.text?.contains("hidden words") == true)
    }

    @Test func limitsAreNamed() {
        var limits = MIMELimits()
        limits.parts = 3
        var text = "Content-Type: multipart/mixed; boundary=a\n\n"
        for number in 0..<5 { text += "--a\n\npart \(number)\n" }
        let parts = parse(text + "--a--\n", limits: limits)
        #expect(parts.defects.contains { $0.code == .partLimit } && parts.text.contains("part 0"))

        limits = MIMELimits()
        limits.depth = 2
        var nested = "Subject: x\n"
        for level in 0..<5 { nested += "Content-Type: multipart/mixed; boundary=b\(level)\n\n--b\(level)\n" }
        #expect(parse(nested + "\ndeep\n", limits: limits).defects.contains { $0.code == .depthLimit })

        limits = MIMELimits()
        limits.textBytes = 10
        let long = parse("Subject: x\n\n0123456789abc", limits: limits)
        #expect(long.text == "0123456789" && long.isTruncated && long.defects == [MIMEDefect(.textLimit)])
        let exact = parse("Subject: x\n\n0123456789", limits: limits)
        #expect(exact.text == "0123456789" && !exact.isTruncated)

        limits = MIMELimits()
        limits.headerBytes = 30
        let header = parse("Subject: x\nX-Long: " + String(repeating: "y", count: 100) + "\n\nbody", limits: limits)
        #expect(header.subject == "x" && header.text == "body" && header.defects == [MIMEDefect(.headerLimit)])

        limits = MIMELimits()
        limits.addressesPerHeader = 2
        let addresses = parse("To: a@b, c@d, e@f\n\n", limits: limits)
        #expect(addresses.to.count == 2 && addresses.defects == [MIMEDefect(.addressLimit)])
    }

    @Test func decodedBodyOfOnePart() {
        let bytes = Array(
            "Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a\nContent-Type: application/pdf\nContent-Transfer-Encoding: base64\n\nSGk=\n--a--\n"
                .utf8)
        let parser = MessageParser()
        #expect(parser.decodedBody(of: "2", in: bytes) == Array("Hi".utf8))
        #expect(parser.decodedBody(of: "3", in: bytes) == nil)
    }

    @Test func aMessageAssembledFromItsPieces() {
        let outline = PartOutline(
            mediaType: "MULTIPART/MIXED",
            children: [
                PartOutline(
                    mediaType: "TEXT/PLAIN", parameters: [("CHARSET", "iso-8859-1")],
                    transferEncoding: "QUOTED-PRINTABLE",
                    size: 5, body: Array("caf=E9".utf8)),
                PartOutline(
                    mediaType: "APPLICATION/ZIP", disposition: "ATTACHMENT",
                    dispositionParameters: [("FILENAME*", "utf-8''%C3%A9.zip")], transferEncoding: "BASE64", size: 780),
                PartOutline(
                    mediaType: "MESSAGE/RFC822",
                    children: [PartOutline(mediaType: "TEXT/PLAIN", body: Array("inner text".utf8), isDecoded: true)],
                    nestedHeader: Array("Subject: inner\r\n".utf8)),
            ])
        let message = MessageParser().assemble(header: Array("Subject: outer\r\n\r\n".utf8), outline: outline)
        #expect(message.subject == "outer" && message.text == "café")
        #expect(message.attachments.map(\.partID) == ["2", "3"])
        #expect(message.attachments.map(\.name) == ["é.zip", "inner"])
        #expect(message.attachments[0].size == 570 && message.attachments[0].text == nil)
        #expect(message.attachments[1].text == "inner\n\ninner text")
        #expect(message.root.children[2].children[0].partID == "3.1")
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
    }
}
