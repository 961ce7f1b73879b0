import IMAPCore
import NIOCore
import Testing

@Suite struct ResponseParserTests {
    private func tagged(_ text: String) -> (tag: String, status: CommandStatus, text: ResponseText)? {
        guard case .tagged(let tag, let status, let text) = parse(text)?.response else { return nil }
        return (tag, status, text)
    }

    private func code(_ text: String) -> ResponseCode? { tagged("A1 OK [" + text + "] done")?.text.code }

    // MARK: Status responses

    @Test func readsTaggedResponses() {
        #expect(tagged("A1 OK done")?.text == ResponseText(text: "done"))
        #expect(tagged("a.2 no [ALERT] no room")?.status == .no)
        #expect(tagged("x BAD")?.text == ResponseText())
        #expect(tagged("T7 OK  two spaces")?.text.text == "two spaces")
        #expect(tagged("T7 OK[READ-ONLY]no space")?.text == ResponseText(code: .readOnly, text: "no space"))
        #expect(tagged("A1 MAYBE x") == nil)
        #expect(tagged("A1") == nil)
    }

    @Test func readsConditions() {
        #expect(untagged("* OK hi") == .condition(.ok, ResponseText(text: "hi")))
        #expect(untagged("* preauth hi") == .condition(.preauth, ResponseText(text: "hi")))
        #expect(untagged("* BYE") == .condition(.bye, ResponseText()))
        #expect(untagged("*  NO  x") == .condition(.no, ResponseText(text: "x")))
        #expect(untagged("* BAD [PARSE] x") == .condition(.bad, ResponseText(code: .parse, text: "x")))
    }

    @Test(arguments: [("+ dGVzdA==", "dGVzdA=="), ("+", ""), ("+ ", ""), ("+ idling", "idling"), ("+OK", "OK")])
    func readsContinuations(line: String, raw: String) {
        guard case .continuation(_, let bytes) = parse(line)?.response else {
            Issue.record("no continuation")
            return
        }
        #expect(text(bytes) == raw)
    }

    @Test(
        arguments: [
            ("ALERT", .alert), ("read-write", .readWrite), ("UIDNEXT 4392", .uidNext(4392)),
            ("UIDNEXT 0", .uidNext(nil)),
            ("UIDVALIDITY 3857529045", .uidValidity(3_857_529_045)), ("UNSEEN 12", .unseen(12)),
            ("HIGHESTMODSEQ 715194045007", .highestModSeq(715_194_045_007)), ("NOMODSEQ", .noModSeq),
            ("PERMANENTFLAGS (\\Deleted \\*)", .permanentFlags(["\\Deleted", "\\*"])),
            ("PERMANENTFLAGS ()", .permanentFlags([])),
            ("CAPABILITY IMAP4rev1 idle", .capability([.imap4rev1, .idle])), ("CLOSED", .closed),
            ("APPENDUID 38505 3955", .appendUID(38505, [3955])), ("APPENDUID 1 3:5", .appendUID(1, [3, 4, 5])),
            (
                "COPYUID 38505 304,319:320 3956:3958",
                .copyUID(38505, source: [304, 319, 320], destination: [3956, 3957, 3958])
            ),
            ("MODIFIED 7,9", .modified([7, 9])),
            ("BADCHARSET (UTF-8 \"US-ASCII\")", .badCharset(["UTF-8", "US-ASCII"])),
            ("BADCHARSET", .badCharset([])), ("BADCHARSET UTF-8", .badCharset(["UTF-8"])),
            ("MAILBOXID (F2212ea87)", .mailboxID("F2212ea87")), ("INUSE", .inUse), ("LIMIT", .limit),
            ("UNAVAILABLE", .unavailable), ("AUTHENTICATIONFAILED", .authenticationFailed),
            ("UIDREQUIRED", .uidRequired),
            ("BADEVENT (MessageNew)", .badEvent(["MessageNew"])), ("NOTIFICATIONOVERFLOW", .notificationOverflow),
            ("METADATA LONGENTRIES 1024", .metadata("LONGENTRIES 1024")),
            ("METADATA (MAXSIZE 9)", .metadata("(MAXSIZE 9)")),
            ("REFERRAL imap://a.example/", .referral("imap://a.example/")), ("COMPRESSIONACTIVE", .compressionActive),
            ("MESSAGELIMIT 1000 53", .messageLimit(1000, lowestUID: 53)),
            ("X-NEW some \"]\" thing", .other(name: "X-NEW", text: "some \"]\" thing")),
            ("THROTTLED", .other(name: "THROTTLED", text: nil)),
        ] as [(String, ResponseCode)])
    func readsResponseCodes(line: String, expected: ResponseCode) {
        #expect(code(line) == expected)
        #expect(tagged("A1 OK [" + line + "] done")?.text.text == "done")
    }

    // MARK: Mailbox data

    @Test func readsMailboxSizes() {
        #expect(untagged("* 23 EXISTS") == .exists(23))
        #expect(untagged("* 0 recent") == .recent(0))
        #expect(untagged("* 44 EXPUNGE") == .expunge(44))
        #expect(untagged("* FLAGS (\\Seen $x)") == .flags([.seen, "$X"]))
        #expect(parse("* 0 EXPUNGE")?.response == nil)
        #expect(parse("* 99999999999999999999 EXISTS")?.response == nil)
    }

    @Test(
        arguments: [
            ("* LIST () \"/\" INBOX", "INBOX", "/"), ("* LIST (\\Noselect) NIL x", "x", nil),
            ("* LIST () \"\" x", "x", nil),
            ("* list () \"\\\\\" a\\b", "a\\b", "\\"), ("* LIST () \"\\\" a", "a", "\\"),
            ("* LSUB () \".\" \"a \\\"b\\\"\"", "a \"b\"", "."),
            ("* LIST () \"/\" {5}\r\na b/c", "a b/c", "/"), ("* LIST () \"/\" Sent Items", "Sent Items", "/"),
            ("* LIST () \"/\" [Gmail]/Alle", "[Gmail]/Alle", "/"), ("* XLIST () \"/\" &AOk-", "é", "/"),
            ("* LIST () / a(b)", "a(b)", "/"), ("* LIST () \"/\" \"\"", "", "/"), ("* LIST NIL \"/\" x", "x", "/"),
        ] as [(String, String, Character?)])
    func readsLists(line: String, name: String, delimiter: Character?) {
        guard case .list(_, let info) = untagged(line) else {
            Issue.record("no list in \(line)")
            return
        }
        #expect(info.name.name == name)
        #expect(info.delimiter == delimiter)
    }

    @Test func readsExtendedLists() {
        let line = "* LIST (\\NonExistent) \"/\" a (\"CHILDINFO\" (\"SUBSCRIBED\") OLDNAME (\"b\") X (1 (2)))"
        guard let parsed = parse(line), case .untagged(.list(.list, let info)) = parsed.response else {
            Issue.record("no list")
            return
        }
        #expect(info.childInfo == ["SUBSCRIBED"])
        #expect(info.oldName == "b")
        #expect(!info.isSelectable)
        #expect(parsed.skipped.map(\.item) == ["X"])
        guard case .list(_, let special) = untagged("* XLIST (\\Spam \\HasNoChildren) \"/\" j") else { return }
        #expect(special.specialUses == [.junk])
    }

    @Test func readsStatus() {
        var expected = MailboxStatus()
        expected.messages = 231
        expected.uidNext = 44292
        expected.uidValidity = 0
        expected.highestModSeq = 7
        expected.size = 9_000_000_000
        expected.mailboxID = "F1"
        expected.deleted = 2
        let items =
            "(MESSAGES 231 UIDNEXT 44292 UIDVALIDITY 0 HIGHESTMODSEQ 7 SIZE 9000000000 MAILBOXID (F1) DELETED 2)"
        #expect(untagged("* STATUS blurdybloop " + items) == .status("blurdybloop", expected))
        #expect(untagged("* STATUS {3}\r\na b " + items) == .status("a b", expected))
        #expect(untagged("* STATUS a b " + items) == .status("a b", expected))
        #expect(untagged("* STATUS \"\" ()") == .status("", MailboxStatus()))
        // Cyrus 3.6 sends what once was in its memory.
        for id in ["(\u{B0}\u{E1}gFU)", "\"\"", "(a.b)", "(\(String(repeating: "a", count: 256)))"] {
            #expect(untagged("* STATUS x (MAILBOXID \(id))") == .status("x", MailboxStatus()))
        }
        #expect(untagged("* STATUS x (UNSEEN NIL UIDNEXT 0 MESSAGES -1)") == .status("x", MailboxStatus()))
        guard let odd = parse("* STATUS x (NEW (1 2) MESSAGES 4 "),
            case .untagged(.status(_, let status)) = odd.response
        else {
            Issue.record("no status")
            return
        }
        #expect(status.messages == 4)
        #expect(odd.skipped.map(\.reason) == [.unknownItem, .malformedValue])
    }

    @Test func readsNamesInUTF8WhereThatIsEnabled() {
        guard case .list(_, let info) = untagged("* LIST () \"/\" \"R&D é\"", encoding: .utf8) else {
            Issue.record("no list")
            return
        }
        #expect(info.name.name == "R&D é")
    }

    @Test func readsNamespaces() {
        guard
            case .namespace(let all) = untagged(
                "* NAMESPACE ((\"\" \"/\")(\"#mh/\" NIL \"X\" (\"a\"))) NIL ((\"S.\" \".\"))")
        else {
            Issue.record("no namespace")
            return
        }
        #expect(all.personal.map(\.prefix.name) == ["", "#mh/"])
        #expect(all.personal.map(\.delimiter) == ["/", nil])
        #expect(all.otherUsers.isEmpty)
        #expect(all.shared.first?.prefix == "S.")
    }

    @Test func readsCapabilitiesInAnyCase() {
        guard case .capability(let set) = untagged("* capability imap4REV1 Auth=Plain  IDLE  ") else {
            Issue.record("no capabilities")
            return
        }
        #expect(set.contains(.imap4rev1) && set.contains(.idle))
        #expect(set.authenticationMechanisms == ["PLAIN"])
        #expect(untagged("* ENABLED qresync") == .enabled([.qResync]))
        #expect(untagged("* ENABLED") == .enabled([]))
    }

    @Test func readsIDQuotaAndOthers() {
        #expect(
            untagged("* ID (\"name\" \"x\" \"os\" NIL)")
                == .id([IDField(name: "name", value: "x"), IDField(name: "os", value: nil)]))
        #expect(untagged("* ID NIL") == .id([]))
        #expect(
            untagged("* QUOTA \"\" (STORAGE 10 512)")
                == .quota(Quota(root: "", resources: [.init(name: "STORAGE", usage: 10, limit: 512)])))
        #expect(untagged("* QUOTAROOT INBOX a \"b c\"") == .quotaRoot(.inbox, ["a", "b c"]))
        guard case .known("ACL", _) = untagged("* ACL INBOX a lrs"),
            case .known("METADATA", _) = untagged("* METADATA x (/c \"y\")")
        else {
            Issue.record("not known")
            return
        }
        guard let unknown = parse("* FROBNICATE (1 2)"), case .untagged(.unknown("FROBNICATE", _)) = unknown.response
        else {
            Issue.record("not unknown")
            return
        }
        #expect(unknown.skipped.map(\.reason) == [.unknownItem])
    }

    // MARK: Search

    @Test func readsSearchResults() {
        func search(_ line: String) -> SearchResult? {
            guard case .untagged(.search(let result)) = parse(line)?.response else { return nil }
            return result
        }
        #expect(search("* SEARCH 2 84 882")?.numbers == [2, 84, 882])
        #expect(search("* SEARCH")?.numbers == [])
        #expect(search("* SEARCH 5 3 (MODSEQ 917162500)")?.modSeq == 917_162_500)
        #expect(search("* SEARCH  1  2 ")?.uids.wireForm == "1:2")
        #expect(search("* SEARCH 1 x 99999999999 3")?.numbers == [1, 3])
        #expect(parse("* SEARCH 1 x 99999999999 3")?.skipped.count == 2)
        #expect(untagged("* SORT 3 1 2") == .sort([3, 1, 2]))
    }

    @Test func readsExtendedSearchResults() {
        func search(_ line: String) -> ExtendedSearchResult? {
            guard case .extendedSearch(let result) = untagged(line) else { return nil }
            return result
        }
        let full = search("* ESEARCH (TAG \"A1\") UID MIN 1 MAX 9 COUNT 4 ALL 1:3,9 MODSEQ 12")
        #expect(full?.tag == "A1")
        #expect(full?.isUID == true)
        #expect(full?.min == 1 && full?.max == 9 && full?.count == 4 && full?.modSeq == 12)
        #expect(full?.all?.wireForm == "1:3,9")
        let partial = search("* ESEARCH (TAG \"A1\") UID PARTIAL (-1:-100 5:7)")
        #expect(partial?.partialRange == "-1:-100")
        #expect(partial?.partial?.wireForm == "5:7")
        #expect(search("* ESEARCH (TAG \"A\") UID PARTIAL (1:9 NIL)")?.partial?.isEmpty == true)
        #expect(search("* ESEARCH")?.all == nil)
        #expect(search("* ESEARCH UID COUNT 0")?.count == 0)
    }

    @Test func readsVanished() {
        #expect(untagged("* VANISHED (EARLIER) 41,43:116") == .vanished(UIDSet(wire: "41,43:116") ?? [], earlier: true))
        #expect(untagged("* vanished 405") == .vanished([405], earlier: false))
        #expect(parse("* VANISHED x")?.response == nil)
    }

    // MARK: What can't be read

    @Test(arguments: [
        "", "*", "* ", "A1", "garbage", ")", "* 5", "* 5 ", "\u{0}", "* LIST", "* LIST (", "* STATUS x", "* 7 FETCH",
        "HTTP/1.1 400 Bad Request",
    ])
    func refusesAndGoesOn(line: String) {
        let outcomes = outcomes(of: line + "\r\n* 3 EXISTS\r\n")
        #expect(outcomes.count == 2)
        var parser = ResponseParser()
        let parsed = outcomes.compactMap(\.frame).map { parser.parse($0) }
        #expect(parsed.first?.response == nil || parsed.first?.skipped.isEmpty == false)
        #expect(parsed.last?.response == .untagged(.exists(3)))
        #expect(parser.statistics.understood + parser.statistics.refused == 2)
    }

    @Test func anExceptionDumpInACodeIsOnlyText() {
        let line =
            "A1 OK [Error=\"Store.WrongServerException: Cross Server access\" Proxy=X:1993:SSL Service=Imap4] AUTHENTICATE completed."
        #expect(tagged(line)?.status == .ok)
        #expect(tagged(line)?.text.text == "AUTHENTICATE completed.")
        let unclosed = "A1 OK [Error=\"Store.WrongServerException: no end"
        #expect(tagged(unclosed)?.text.code == nil)
        #expect(tagged(unclosed)?.text.text.hasPrefix("[Error=") == true)
    }
}
