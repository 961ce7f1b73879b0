import IMAPCore
import NIOCore
import Testing

/// What docs/quirks.md lists and no other suite shows.
@Suite struct QuirksTests {
    private func code(_ line: String) -> ResponseCode? {
        guard case .tagged(_, _, let text) = parse(line)?.response else { return nil }
        return text.code
    }

    @Test func outlooksCopyUIDWithEmptySets() {
        #expect(code("A1 OK [COPYUID 701  ] done") == .copyUID(701, source: nil, destination: nil))
        #expect(code("A1 OK [COPYUID 701 ] done") == .copyUID(701, source: nil, destination: nil))
        #expect(code("A1 OK [COPYUID 701] done") == .copyUID(701, source: nil, destination: nil))
        #expect(code("A1 OK [COPYUID 701 5 ] done") == .copyUID(701, source: [5], destination: nil))
    }

    @Test(arguments: [
        "\\*", "[Gmail]/x", "a{b}", "100%", "a\"b", "foo(bar)", "{12}", "ünï", "a]b", "~", "\\", "NIL",
    ])
    func gmailsIllegalFlagCharacters(flag: String) {
        #expect(fetch("* 1 FETCH (FLAGS (\\Seen \(flag) x) UID 2)")?.message.flags == [.seen, Flag(flag), "x"])
        #expect(untagged("* FLAGS (\(flag))") == .flags([Flag(flag)]))
        guard case .condition(_, let text) = untagged("* OK [PERMANENTFLAGS (\(flag) \\*)] ok") else {
            Issue.record("no condition")
            return
        }
        #expect(text == ResponseText(code: .permanentFlags([Flag(flag), .wildcard]), text: "ok"))
    }

    @Test(arguments: ["MODSEQ (0)", "MODSEQ (-1)", "MODSEQ 0", "MODSEQ (NIL)", "RFC822.SIZE -1", "RFC822.SIZE NIL"])
    func numbersThatSayNothing(item: String) {
        let read = fetch("* 1 FETCH (\(item) UID 2)")
        #expect(read?.message.uid == 2)
        #expect(read?.message.modSeq == nil)
        #expect(read?.message.size == nil)
        #expect(read?.skipped == [])
    }

    @Test(arguments: [
        "RFC822[] {1}\r\nx", "BODY.PEEK[] {1}\r\nx", "BODY[]<0.1024> {1}\r\nx", "BODY[]  {1}\r\nx", "BODY[] {01}\r\nx",
        "BODY[] {1-}\r\nx", "BODY[] ~{1}\r\nx", "BODY[] {1}\nx", "BODY[] \"x\"", "RFC822 \"x\"", "body[] \"x\"",
    ])
    func formsOfTheWholeMessage(item: String) {
        let read = fetch("* 1 FETCH (\(item) UID 2)")
        #expect(text(read?.message.bytes(of: .full)) == "x")
        #expect(read?.message.uid == 2)
        #expect(read?.skipped == [])
    }

    @Test func spacesAndTabsWhereNoneBelong() {
        let read = fetch("*  1  FETCH  ( UID  2\tFLAGS ( \\Seen  x )  ) ")
        #expect(read?.message.uid == 2)
        #expect(read?.message.flags == [.seen, "x"])
        #expect(read?.skipped == [])
    }

    @Test func backslashesThatNobodyEscaped() {
        let read = fetch(
            "* 1 FETCH (ENVELOPE (NIL \"DOMAIN\\user \\\\ \\\"q\\\"\" NIL NIL NIL NIL NIL NIL NIL NIL) UID 2)")
        #expect(read?.message.envelope?.subject == "DOMAIN\\user \\ \"q\"")
    }

    @Test func aSubjectOnTwoLinesLosesOnlyItself() {
        let lines = "* 1 FETCH (UID 2 ENVELOPE (NIL \"two\r\nlines\" NIL) RFC822.SIZE 3)\r\n* 2 EXISTS\r\n"
        var parser = ResponseParser()
        let parsed = outcomes(of: lines).compactMap(\.frame).map { parser.parse($0) }
        #expect(parsed.count == 3)
        guard case .untagged(.fetch(let message)) = parsed.first?.response else {
            Issue.record("no fetch")
            return
        }
        #expect(message.uid == 2)
        #expect(parsed.last?.response == .untagged(.exists(2)))
    }

    @Test func aFetchWithoutItsUIDIsTheAnswerToTheOnlyFetch() {
        var dialogue = Dialogue.authenticated()
        _ = dialogue.submit(.uidFetch([5, 6], [.uid, .body(.full)]))
        #expect(
            dialogue.server("* 1 FETCH (BODY[] \"x\")", "* 2 FETCH (FLAGS ())") == ["data 1 fetch 0", "event fetch 0"])
        _ = dialogue.submit(.uidFetch([7], [.uid, .body(.full)]))
        #expect(dialogue.server("* 1 FETCH (BODY[] \"x\")") == ["event fetch 0"])
    }

    @Test func aDamagedAnswerStillReachesWhoAsked() {
        var dialogue = Dialogue.authenticated()
        _ = dialogue.submit(.uidFetch([5], [.uid, .bodyStructure]))
        #expect(
            dialogue.server("* 1 FETCH (UID 5 BODYSTRUCTURE (\"open)") == [
                "event skipped malformedValue", "data 1 fetch 5",
            ])
    }

    @Test func capabilitiesKeepTheirOrderAndForgetTheirCase() {
        guard
            case .capability(let set) = untagged(
                "* CAPABILITY Imap4Rev1 x-b IDLE idle appendlimit=35651584 QUOTA=RES-STORAGE")
        else {
            Issue.record("no capabilities")
            return
        }
        #expect(set.description == "IMAP4REV1 X-B IDLE APPENDLIMIT=35651584 QUOTA=RES-STORAGE")
        #expect(set.values(of: "appendlimit") == ["35651584"])
        #expect(CapabilitySet([.imap4rev2]).offers(.idle))
        #expect(!CapabilitySet([.imap4rev2]).offers(.qResync))
    }

    @Test func manyOversizeLiteralsCostNoMoreThanTheirBytes() {
        let limits = FramingLimits(lineLength: 1 << 20, literalSize: 10, literalCount: 4, frameSize: 1 << 20)
        let line = "* 1 FETCH (UID 5" + String(repeating: " X {1}\r\na", count: 20_000) + ")\r\n* 2 EXISTS\r\n"
        let result = outcomes(of: line, limits: limits)
        #expect(result.count == 2)
        guard case .tooLarge(.literalCount, let frame) = result.first else {
            Issue.record("not too large")
            return
        }
        var parser = ResponseParser()
        guard case .untagged(.fetch(let message)) = parser.parse(frame).response else {
            Issue.record("no fetch")
            return
        }
        #expect(message.uid == 5)
    }
}
