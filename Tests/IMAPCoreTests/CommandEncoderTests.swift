import IMAPCore
import NIOCore
import Testing

@Suite struct CommandEncoderTests {
    /// The segments, `⏎` for CRLF.
    private func encode(
        _ command: Command, _ options: EncodingOptions = EncodingOptions(), initialResponse: [UInt8]? = nil
    ) throws -> [String] {
        try CommandEncoder(options: options).encode(command, tag: "A1", initialResponse: initialResponse).segments.map {
            String(decoding: $0.readableBytesView.flatMap { $0 == 0x0A ? [] : [$0] }, as: UTF8.self)
                .split(separator: "\r", omittingEmptySubsequences: false).joined(separator: "⏎")
        }
    }

    @Test func writesPlainCommands() throws {
        #expect(try encode(.noop) == ["A1 NOOP⏎"])
        #expect(try encode(.compressDeflate) == ["A1 COMPRESS DEFLATE⏎"])
        #expect(try encode(.enable([.condStore, .utf8Accept])) == ["A1 ENABLE CONDSTORE UTF8=ACCEPT⏎"])
        #expect(try encode(.id([])) == ["A1 ID NIL⏎"])
        #expect(
            try encode(.id([IDField(name: "name", value: "x"), IDField(name: "os", value: nil)])) == [
                "A1 ID (\"name\" \"x\" \"os\" NIL)⏎"
            ])
        #expect(try encode(.status("a b", [.messages, .uidNext])) == ["A1 STATUS \"a b\" (MESSAGES UIDNEXT)⏎"])
        #expect(try encode(.rename("a", to: "b\"\\")) == ["A1 RENAME \"a\" \"b\\\"\\\\\"⏎"])
        #expect(try encode(.create("x", use: .archive)) == ["A1 CREATE \"x\" (USE (\\Archive))⏎"])
    }

    @Test func writesSelections() throws {
        #expect(try encode(.examine(.inbox)) == ["A1 EXAMINE \"INBOX\"⏎"])
        #expect(try encode(.select("x", SelectParameters(condStore: true))) == ["A1 SELECT \"x\" (CONDSTORE)⏎"])
        let resync = SelectParameters.Resync(uidValidity: 67, modSeq: 90, knownUIDs: [1, 2, 3])
        #expect(
            try encode(.examine("x", SelectParameters(resync: resync))) == ["A1 EXAMINE \"x\" (QRESYNC (67 90 1:3))⏎"])
    }

    @Test func writesLists() throws {
        #expect(try encode(.list(ListRequest())) == ["A1 LIST \"\" \"*\"⏎"])
        let request = ListRequest(
            patterns: ["%", "Entwürfe/*"], selection: ["SUBSCRIBED"], returning: ["SPECIAL-USE"],
            status: [.messages, .size])
        #expect(
            try encode(.list(request)) == [
                "A1 LIST (SUBSCRIBED) \"\" (\"%\" \"Entw&APw-rfe/*\") RETURN (SPECIAL-USE STATUS (MESSAGES SIZE))⏎"
            ])
        #expect(
            try encode(.list(ListRequest(patterns: ["é*"])), EncodingOptions(utf8: true)) == ["A1 LIST \"\" \"é*\"⏎"])
    }

    @Test func writesFetches() throws {
        let items: [FetchItem] = [
            .uid, .flags, .modSeq, .internalDate, .size, .envelope, .bodyStructure, .body(.full),
            .body(.header, range: 0..<100),
            .body(BodySection(part: "2.1", .mime)), .body(BodySection(part: "3", .headerFields(["From", "To"]))),
            .body(BodySection(.headerFieldsNot(["X"]))), .binary(part: "1", range: 10..<30), .binarySize(part: "1"),
            .gmailLabels,
            .emailID, .preview(),
        ]
        #expect(
            try encode(.uidFetch([1, 2, 9], items)) == [
                "A1 UID FETCH 1:2,9 (UID FLAGS MODSEQ INTERNALDATE RFC822.SIZE ENVELOPE BODYSTRUCTURE BODY.PEEK[] "
                    + "BODY.PEEK[HEADER]<0.100> BODY.PEEK[2.1.MIME] BODY.PEEK[3.HEADER.FIELDS (From To)] "
                    + "BODY.PEEK[HEADER.FIELDS.NOT (X)] BINARY.PEEK[1]<10.20> BINARY.SIZE[1] X-GM-LABELS EMAILID PREVIEW (LAZY))⏎"
            ])
        let modifiers = FetchModifiers(changedSince: 12, vanished: true, partialFromEnd: 1...50)
        #expect(
            try encode(.uidFetch([1], [.flags], modifiers)) == [
                "A1 UID FETCH 1 (FLAGS) (CHANGEDSINCE 12 VANISHED PARTIAL -1:-50)⏎"
            ])
    }

    @Test func readsNeverSetSeen() throws {
        for item: FetchItem in [
            .body(.full), .body(.text, range: 0..<1), .binary(part: "1"), .body(BodySection(part: "1")),
        ] {
            #expect(try encode(.uidFetch([1], [item])).joined().contains(".PEEK["))
        }
    }

    @Test func writesSearches() throws {
        let day = CalendarDay(secondsSince1970: 1_709_597_400)
        #expect(try encode(.uidSearch([.all])) == ["A1 UID SEARCH ALL⏎"])
        #expect(
            try encode(
                .uidSearch(
                    [.since(day), .not(.or(.seen, .larger(5))), .uid([7])], returning: [.min, .partialFromEnd(1...9)]))
                == ["A1 UID SEARCH RETURN (MIN PARTIAL -1:-9) SINCE 5-Mar-2024 NOT OR SEEN LARGER 5 UID 7⏎"])
        #expect(
            try encode(.uidSearch([.subject("é")])) == ["A1 UID SEARCH CHARSET UTF-8 SUBJECT {2}⏎", "é⏎"])
        #expect(
            try encode(.uidSearch([.subject("é")]), EncodingOptions(utf8: true)) == ["A1 UID SEARCH SUBJECT \"é\"⏎"])
        #expect(
            try encode(.uidSearch([.and([.from("a"), .header("X", "y\"")])])) == [
                "A1 UID SEARCH (FROM \"a\" HEADER \"X\" \"y\\\"\")⏎"
            ])
    }

    @Test func writesLiteralsAsTheServerTakesThem() throws {
        func message(_ size: Int) -> Command {
            .append(
                "x", AppendMessage(flags: [.seen], internalDate: 0, bytes: ByteBuffer(repeating: 0x61, count: size)))
        }
        let head = "A1 APPEND \"x\" (\\Seen) \"01-Jan-1970 00:00:00 +0000\" "
        #expect(try encode(message(3)) == [head + "{3}⏎", "aaa⏎"])
        #expect(try encode(message(3), EncodingOptions(literalPlus: true)) == [head + "{3+}⏎aaa⏎"])
        #expect(try encode(message(4096), EncodingOptions(literalMinus: true)).count == 1)
        #expect(try encode(message(4097), EncodingOptions(literalMinus: true)).count == 2)
        #expect(try encode(message(3), EncodingOptions(literalPlus: true, utf8: true)) == [head + "{3+}⏎aaa⏎"])
        // Two in one command: three segments.
        #expect(try encode(.login(user: "a\r", password: Secret("ü"))) == ["A1 LOGIN {2}⏎", "a⏎ {2}⏎", "ü⏎"])
    }

    @Test func appendsAsUTF8OnlyWhatHasEightBitHeaders() throws {
        let options = EncodingOptions(literalPlus: true, utf8: true)
        func append(_ text: String, _ options: EncodingOptions) throws -> String {
            try encode(.append("x", AppendMessage(bytes: ByteBuffer(string: text))), options).joined()
        }
        let head = "A1 APPEND \"x\" "
        #expect(try append("A: é\n\nb", options) == head + "UTF8 (~{8+}⏎A: éb)⏎")
        #expect(try append("A: e\n\né", options) == head + "{8+}⏎A: eé⏎")
        #expect(try append("A: e\r\n\r\né", options) == head + "{10+}⏎A: e⏎⏎é⏎")
        // Before UTF8=ACCEPT there is no such form; the octets go as they are.
        #expect(try append("A: é\n\nb", EncodingOptions(literalPlus: true)) == head + "{8+}⏎A: éb⏎")
    }

    @Test func writesNotify() throws {
        let request = NotifyRequest(
            status: true,
            groups: [
                .init(.selected, [.messageNew([.uid, .flags]), .messageExpunge, .flagChange]),
                .init(.personal, [.messageNew(), .messageExpunge, .mailboxName]), .init(.mailboxes(["a", "b c"]), []),
            ])
        #expect(
            try encode(.notify(request)) == [
                "A1 NOTIFY SET STATUS (SELECTED (MessageNew (UID FLAGS) MessageExpunge FlagChange)) "
                    + "(PERSONAL (MessageNew MessageExpunge MailboxName)) (MAILBOXES (\"a\" \"b c\") NONE)⏎"
            ])
        #expect(try encode(.notify(NotifyRequest())) == ["A1 NOTIFY NONE⏎"])
    }

    @Test func writesStores() throws {
        #expect(
            try encode(.uidStore([5], .addSilently, [.deleted, "$x"], unchangedSince: 9)) == [
                "A1 UID STORE 5 (UNCHANGEDSINCE 9) +FLAGS.SILENT (\\Deleted $x)⏎"
            ])
        #expect(try encode(.uidMove([5], "é")) == ["A1 UID MOVE 5 \"&AOk-\"⏎"])
    }

    /// Nothing that a caller gives can end the line and begin another command.
    @Test(
        arguments: [
            .uidFetch([], [.uid]), .uidFetch([1], []), .uidFetch([1], [.body(BodySection(part: "1] X"))]),
            .uidFetch([1], [.body(BodySection(part: "0"))]),
            .uidFetch([1], [.body(BodySection(.headerFields(["a\r\nb"])))]),
            .uidFetch([1], [.body(BodySection(.headerFields([])))]), .uidStore([1], .add, ["a b"]),
            .uidStore([1], .add, ["a\r\nA2 LOGOUT"]),
            .uidStore([1], .add, ["\\"]), .raw("NOOP\r\nA2 LOGOUT"), .uidSearch([]), .uidSearch([.keyword("a)b")]),
            .enable([]),
            .status("x", []), .list(ListRequest(patterns: [])), .list(ListRequest(selection: ["A) (B"])),
            .list(ListRequest(returning: ["A\r\n"])), .uidSearch([.emailID("a b")]),
            .notify(NotifyRequest(groups: [.init(.mailboxes([]), [])])),
        ] as [Command])
    func refusesWhatWouldBreakTheLine(command: Command) {
        let error = #expect(throws: IMAPCoreError.self) { try encode(command) }
        #expect(error?.code == .unencodable)
    }

    @Test func lineEndsInTextsGoAsLiterals() throws {
        #expect(
            try encode(.create("a\r\nA2 LOGOUT"), EncodingOptions(utf8: true)) == ["A1 CREATE {12}⏎", "a⏎A2 LOGOUT⏎"])
        // Modified UTF-7 leaves no control character as it is.
        #expect(try encode(.create("a\r\nb")) == ["A1 CREATE \"a&AA0ACg-b\"⏎"])
    }

    @Test func writesInitialResponses() throws {
        let plain = Command.authenticate(PlainMechanism(user: "u", password: Secret("p")))
        #expect(try encode(plain, initialResponse: Array("\0u\0p".utf8)) == ["A1 AUTHENTICATE PLAIN AHUAcA==⏎"])
        #expect(try encode(plain, initialResponse: []) == ["A1 AUTHENTICATE PLAIN =⏎"])
        #expect(try encode(plain) == ["A1 AUTHENTICATE PLAIN⏎"])
    }
}
