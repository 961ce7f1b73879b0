import IMAPCore
import Testing

/// ENVELOPE and BODYSTRUCTURE, as the RFCs have them and as servers send them.
@Suite struct StructureParsingTests {
    private func structure(_ text: String) -> BodyStructure? {
        fetch("* 1 FETCH (BODYSTRUCTURE \(text) UID 2)").flatMap {
            $0.message.uid == 2 ? $0.message.bodyStructure : nil
        }
    }

    private func envelope(_ text: String) -> Envelope? { fetch("* 1 FETCH (ENVELOPE \(text) UID 2)")?.message.envelope }

    private func outline(_ part: BodyStructure?) -> [String] {
        part?.allParts.map { "\($0.partNumber) \($0.mediaType)" } ?? []
    }

    @Test func readsAnEnvelope() {
        let text =
            "(\"Wed, 17 Jul 1996 02:23:25 -0700 (PDT)\" \"IMAP4rev1 WG\" ((\"Terry Gray\" NIL \"gray\" \"cac.example\")) "
            + "((NIL NIL \"gray\" \"cac.example\")) NIL ((NIL NIL \"imap\" \"cac.example\")(\"J \\\"K\\\"\" NIL \"k\" \"x\")) "
            + "NIL () NIL \"<B27397@cac.example>\")"
        let envelope = envelope(text)
        #expect(envelope?.subject == "IMAP4rev1 WG")
        #expect(envelope?.from == [.init(name: "Terry Gray", mailbox: "gray", host: "cac.example")])
        #expect(envelope?.to.count == 2)
        #expect(envelope?.to.last?.name == "J \"K\"")
        #expect(envelope?.replyTo == [] && envelope?.bcc == [])
        #expect(envelope?.messageID == "<B27397@cac.example>")
    }

    @Test(arguments: [
        // Spaces between the addresses and around the parentheses, as Outlook sends them.
        "(\"d\"  \"s\" ( (\"N\" NIL \"m\" \"h\")  (\"O\" NIL \"o\" \"h\") ) NIL NIL NIL NIL NIL NIL \"i\" )",
        "(\"d\" \"s\" ((\"N\" NIL \"m\" \"h\")(\"O\" NIL \"o\" \"h\")NIL) \"\" \"\" \"\" \"\" \"\" \"\" \"i\")",
        // A quotation mark that nobody escaped.
        "(\"d\" \"s\" ((\"N\" NIL \"m\" \"h\")(\"O\" \"\" \"o\" \"h\")) NIL NIL ((\"a \"b\"c\" NIL \"x\" \"y\")) NIL NIL NIL \"i\")",
        "({1}\r\nd {1}\r\ns ((\"N\" NIL {1}\r\nm \"h\")(NIL NIL \"o\" \"h\")) NIL NIL NIL NIL NIL NIL \"i\")",
        "(\"d\" \"s\" ((\"N\" NIL \"m\" \"h\")(NIL NIL \"o\" \"h\")) NIL NIL NIL NIL NIL NIL \"i\" \"more\" (1))",
    ])
    func readsEnvelopesOfOddForm(text: String) {
        let envelope = envelope(text)
        #expect(envelope?.date == "d")
        #expect(envelope?.subject == "s")
        #expect(envelope?.from.map(\.mailbox) == ["m", "o"])
        #expect(envelope?.messageID == "i")
    }

    @Test func readsShortEnvelopesAndFlatAddresses() {
        #expect(envelope("(\"d\" \"s\")")?.subject == "s")
        #expect(envelope("()") == Envelope())
        #expect(envelope("NIL") == nil)
        #expect(envelope("(NIL NIL (\"N\" NIL \"m\" \"h\") NIL NIL NIL NIL NIL NIL NIL)")?.from.first?.host == "h")
        let latin1 =
            Array("* 1 FETCH (ENVELOPE (NIL \"caf".utf8) + [0xE9] + Array("\" NIL NIL NIL NIL NIL NIL NIL NIL))".utf8)
        guard case .untagged(.fetch(let message)) = parse(latin1)?.response else {
            Issue.record("no fetch")
            return
        }
        #expect(message.envelope?.subject == "café")
    }

    @Test func readsASinglePart() {
        let part = structure(
            "(\"TEXT\" \"PLAIN\" (\"CHARSET\" \"UTF-8\" \"x\" NIL) \"<id>\" \"d\" \"BASE64\" 3028 92 \"md5\" (\"INLINE\" (\"FILENAME\" \"a.txt\")) (\"en\" \"de\") \"loc\")"
        )
        #expect(outline(part) == ["1 text/plain"])
        #expect(part?.parameter("charset") == "UTF-8")
        #expect(part?.parameter("x") == "")
        #expect(part?.encoding == "base64")
        #expect(part?.size == 3028 && part?.lines == 92)
        #expect(part?.md5 == "md5")
        #expect(part?.disposition == "inline")
        #expect(part?.dispositionParameter("filename") == "a.txt")
        #expect(part?.languages == ["en", "de"])
        #expect(part?.location == "loc")
        #expect(part?.contentDescription == "d" && part?.id == "<id>")
    }

    /// The numbers of RFC 3501, 6.4.5's example.
    @Test func numbersPartsAsIMAPDoes() {
        let text = "(\"TEXT\" \"PLAIN\" NIL NIL NIL \"7BIT\" 1 1)"
        let image = "(\"IMAGE\" \"GIF\" NIL NIL NIL \"BASE64\" 1)"
        let envelope = "(NIL \"s\" NIL NIL NIL NIL NIL NIL NIL NIL)"
        let inner = "(\(text)\(image) \"MIXED\")"
        let message = "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 9 \(envelope) \(inner) 12)"
        let single = "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 9 \(envelope) \(text) 12 NIL (\"ATTACHMENT\" NIL))"
        let whole = structure(
            "(\(text)\(image)\(message)(\(image)\(single) \"MIXED\") \"MIXED\" (\"BOUNDARY\" \"b\") NIL NIL)")
        #expect(
            outline(whole) == [
                " multipart/mixed", "1 text/plain", "2 image/gif", "3 message/rfc822", "3 multipart/mixed",
                "3.1 text/plain",
                "3.2 image/gif", "4 multipart/mixed", "4.1 image/gif", "4.2 message/rfc822", "4.2.1 text/plain",
            ])
        #expect(whole?.parameter("boundary") == "b")
        let parts = whole?.allParts ?? []
        #expect(parts.filter(\.isMessage).map(\.envelope?.subject) == ["s", "s"])
        #expect(parts.filter(\.isMessage).map(\.lines) == [12, 12])
        #expect(parts.first { $0.partNumber == "4.2" }?.disposition == "attachment")
    }

    @Test(
        arguments: [
            // Multiparts without children, in the forms seen.
            ("(\"MIXED\" NIL NIL NIL)", [" multipart/mixed"]),
            ("(\"ALTERNATIVE\" (\"BOUNDARY\" \"b\") NIL NIL)", [" multipart/alternative"]),
            ("(NIL \"MIXED\" NIL)", [" multipart/mixed"]),
            ("(() \"MIXED\")", [" multipart/mixed"]),
            ("(\"MULTIPART\" \"MIXED\" NIL NIL NIL \"7BIT\" 0)", [" multipart/mixed"]),
            // A child of NIL keeps its number.
            (
                "(NIL(\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 1 1) \"MIXED\")",
                [" multipart/mixed", "1 text/plain", "2 text/html"]
            ),
            (
                "(()(\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 1 1) \"MIXED\")",
                [" multipart/mixed", "1 text/plain", "2 text/html"]
            ),
            // Spaces between the children; no subtype.
            (
                "( (\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 1 1)  (\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 1)  \"RELATED\" )",
                [" multipart/related", "1 text/html", "2 image/png"]
            ),
            ("((\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 1 1))", [" multipart/mixed", "1 text/html"]),
            ("((\"TEXT\" \"HTML\" NIL NIL NIL \"7BIT\" 1 1) NIL)", [" multipart/mixed", "1 text/html"]),
            // Missing and odd fields of a single part.
            ("(\"TEXT\" \"PLAIN\")", ["1 text/plain"]),
            ("(\"TEXT\" NIL NIL NIL NIL NIL NIL NIL)", ["1 text/plain"]),
            ("(NIL NIL NIL NIL NIL \"7BIT\" 0)", ["1 text/plain"]),
            ("(\"APPLICATION\" NIL NIL NIL NIL \"BASE64\" 10)", ["1 application/octet-stream"]),
            ("(\"TEXT\" (\"CHARSET\" \"x\") NIL NIL \"7BIT\" 1 1)", ["1 text/plain"]),
            // message/rfc822 without its envelope and body, or with NIL for them.
            ("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 99)", ["1 message/rfc822"]),
            ("(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 99 NIL NIL 0)", ["1 message/rfc822"]),
            (
                "(\"MESSAGE\" \"RFC822\" NIL NIL NIL \"7BIT\" 99 (NIL NIL NIL NIL NIL NIL NIL NIL NIL NIL) () 0)",
                ["1 message/rfc822"]
            ),
            ("(\"MESSAGE\" \"DELIVERY-STATUS\" NIL NIL NIL \"7BIT\" 318 NIL NIL NIL)", ["1 message/delivery-status"]),
        ] as [(String, [String])])
    func readsStructuresOfOddForm(text: String, expected: [String]) {
        #expect(outline(structure(text)) == expected, "\(text)")
    }

    @Test func readsDispositionsOfOddForm() {
        #expect(
            structure("(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 1 NIL \"ATTACHMENT\" NIL)")?.disposition
                == "attachment")
        #expect(
            structure("(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 1 (\"ATTACHMENT\" (\"FILENAME\" \"a\")))")?
                .dispositionParameter("filename") == "a")
        #expect(
            structure("(\"IMAGE\" \"PNG\" NIL NIL NIL \"BASE64\" 1 NIL (\"INLINE\" NIL) NIL NIL)")?.disposition
                == "inline")
        #expect(
            structure("(\"IMAGE\" \"PNG\" ((\"NAME\" \"a\")(\"X\" \"b\")) NIL NIL \"BASE64\" 1)")?.parameter("name")
                == "a")
        #expect(structure("(\"IMAGE\" \"PNG\" (\"NAME\") NIL NIL \"BASE64\" -1)")?.size == 0)
        #expect(
            structure("(\"TEXT\" \"PLAIN\" NIL NIL NIL NIL 5 NIL NIL (\"ATTACHMENT\" NIL))")?.disposition
                == "attachment")
    }
}
