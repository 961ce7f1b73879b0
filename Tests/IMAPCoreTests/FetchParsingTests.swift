import IMAPCore
import NIOCore
import Testing

@Suite struct FetchParsingTests {
    @Test func readsTheCommonItems() {
        let line =
            "* 12 FETCH (FLAGS (\\Seen $Forwarded) INTERNALDATE \"17-Jul-1996 02:44:25 -0700\" RFC822.SIZE 4286 UID 7 "
            + "MODSEQ (624140003) BODY[HEADER] {6}\r\nA: b\r\n BODY[TEXT] \"hi\")"
        let message = fetch(line)?.message
        #expect(message?.sequenceNumber == 12)
        #expect(message?.uid == 7)
        #expect(message?.flags == [.seen, "$Forwarded"])
        #expect(message?.internalDate == 837_596_665)
        #expect(message?.size == 4286)
        #expect(message?.modSeq == 624_140_003)
        #expect(text(message?.bytes(of: .header)) == "A: b\r\n")
        #expect(text(message?.bytes(of: .text)) == "hi")
        #expect(message?.bytes(of: .full) == nil)
    }

    @Test func readsUIDFetchAndObjectIDs() {
        let line = "* 25996 UIDFETCH (EMAILID (M1) THREADID (T2) PREVIEW \"hello \\\"you\\\"\" SAVEDATE NIL)"
        let message = fetch(line)?.message
        #expect(message?.sequenceNumber == nil)
        #expect(message?.uid == 25996)
        #expect(message?.emailID == "M1" && message?.threadID == "T2")
        #expect(message?.preview == "hello \"you\"")
        #expect(fetch("* 1 FETCH (THREADID NIL PREVIEW NIL)")?.skipped == [])
    }

    @Test func readsGmailsItems() {
        let line =
            "* 1 FETCH (X-GM-THRID 1278455344230334865 X-GM-MSGID 18446744073709551615 X-GM-LABELS (\\Inbox \"Muy Importante\" foo &AOk- {2}\r\na))"
        let message = fetch(line + ")")?.message
        #expect(message?.gmailMessageID == .max)
        #expect(message?.gmailThreadID == 1_278_455_344_230_334_865)
        #expect(message?.gmailLabels == ["\\Inbox", "Muy Importante", "foo", "é", "a)"])
    }

    @Test func readsBinaryAndSections() {
        let line =
            "* 1 FETCH (BINARY[1.2]<0> ~{3}\r\n\0\0\0 BINARY.SIZE[2] 10 BODY[2.1.MIME] \"m\" BODY[]<5> {1}\r\nx BODY[3.HEADER.FIELDS (From \"To\")] {0}\r\n BODY[9] NIL)"
        let message = fetch(line)?.message
        #expect(message?.binaryBytes(of: "1.2")?.readableBytes == 3)
        #expect(message?.binaries.last?.size == 10)
        #expect(text(message?.bytes(of: BodySection(part: "2.1", .mime))) == "m")
        #expect(message?.sections.contains { $0.section == .full && $0.origin == 5 } == true)
        #expect(message?.bytes(of: BodySection(part: "3", .headerFields(["FROM", "TO"])))?.readableBytes == 0)
        #expect(message?.sections.last?.content == .absent)
        #expect(
            text(
                fetch("* 1 FETCH (RFC822 {1}\r\na RFC822.HEADER {1}\r\nb RFC822.TEXT {1}\r\nc)")?.message.bytes(
                    of: .header)) == "b")
    }

    @Test(
        arguments: [
            ("\"17-Jul-1996 02:44:25 -0700\"", 837_596_665), ("\" 7-Jul-1996 02:44:25 +0000\"", 836_707_465),
            ("\"07-jul-1996 02:44:25 GMT\"", 836_707_465), ("\"01-Jan-1970 00:00:00 +0000\"", 0),
            ("\"31-Dec-1969 23:59:59 +0000\"", -1), ("\"29-Feb-2024 12:00:00 +0530\"", 1_709_188_200), ("NIL", nil),
        ] as [(String, Int64?)])
    func readsInternalDates(date: String, seconds: Int64?) {
        let read = fetch("* 1 FETCH (INTERNALDATE \(date) UID 3)")
        #expect(read?.message.internalDate == seconds)
        #expect(read?.message.uid == 3)
        #expect(read?.skipped == [])
    }

    @Test func skipsABrokenValueAndReadsTheRest() {
        let broken = [
            "INTERNALDATE \"yesterday\"", "XAOL.SPAM.REASON 0", "XAOL-LIST (A (B \"c)\") {1}\r\n))", "UID 0", "UID x",
            "BODYSTRUCTURE \"no\"", "ENVELOPE x", "BODY[1.ODD] \"x\"", "ANNOTATION (/c (v \"x\"))", "FLAGS \\Seen",
            "MODSEQ x", "X[Y] (1)", "BODY[] atom",
        ]
        for item in broken {
            let read = fetch("* 9 FETCH (UID 5 \(item) RFC822.SIZE 77)")
            #expect(read?.message.uid == 5, "\(item)")
            #expect(read?.message.size == 77, "\(item)")
        }
    }

    @Test func keepsWhatCameBeforeABreak() {
        let read = fetch("* 9 FETCH (UID 5 FLAGS (\\Seen) ENVELOPE (\"open")
        #expect(read?.message.uid == 5)
        #expect(read?.message.flags == [.seen])
        #expect(read?.skipped == ["ENVELOPE"])
    }

    /// A literal above the limit is thrown away; the message's UID and the other sections stand.
    @Test func tellsOfAnOmittedLiteral() {
        let limits = FramingLimits(literalSize: 8)
        let line = "* 1 FETCH (UID 5 BODY[] {9}\r\n123456789 BODY[1] {3}\r\nabc RFC822.SIZE 9)\r\n"
        guard case .tooLarge(.literalSize, let frame) = outcomes(of: line, limits: limits).first else {
            Issue.record("not too large")
            return
        }
        var parser = ResponseParser()
        guard case .untagged(.fetch(let message)) = parser.parse(frame).response else {
            Issue.record("no fetch")
            return
        }
        #expect(message.uid == 5)
        #expect(message.size == 9)
        #expect(message.sections.first?.content == .omitted(size: 9))
        #expect(text(message.bytes(of: BodySection(part: "1"))) == "abc")
    }

    @Test func meetsTheLimitsOfListsAndNesting() {
        let limits = ParsingLimits(nesting: 5, listElements: 12, flags: 3, numbers: 3)
        func nested(_ depth: Int) -> String {
            String(repeating: "(", count: depth) + "\"a\" \"b\"" + String(repeating: ")", count: depth)
        }
        #expect(fetch("* 1 FETCH (BODYSTRUCTURE \(nested(5)) UID 1)", limits: limits)?.message.bodyStructure != nil)
        let deep = fetch("* 1 FETCH (BODYSTRUCTURE \(nested(6)) UID 1)", limits: limits)
        #expect(deep?.message.bodyStructure == nil)
        #expect(
            parse("* 1 FETCH (BODYSTRUCTURE \(nested(6)) UID 1)", limits: limits)?.skipped.first?.reason == .tooDeep)
        #expect(fetch("* 1 FETCH (FLAGS (a b c) UID 1)", limits: limits)?.message.flags?.count == 3)
        let many = fetch("* 1 FETCH (FLAGS (a b c d) UID 1)", limits: limits)
        #expect(many?.message.flags == nil)
        #expect(many?.message.uid == 1)
        let eleven = String(repeating: "\"x\" ", count: 11)
        #expect(fetch("* 1 FETCH (ENVELOPE (\(eleven)) UID 1)", limits: limits)?.message.envelope != nil)
        #expect(fetch("* 1 FETCH (ENVELOPE (\(eleven)\"y\") UID 1)", limits: limits)?.message.envelope == nil)
        func vanished(_ set: String) -> UntaggedResponse? {
            guard case .untagged(let response) = parse("* VANISHED " + set, limits: limits)?.response else {
                return nil
            }
            return response
        }
        #expect(vanished("1,3,5") != nil)
        #expect(vanished("1,3,5,7") == nil)
        let deepest = String(repeating: "(", count: 100_000)
        #expect(fetch("* 1 FETCH (UID 1 X \(deepest)")?.message.uid == 1)
        #expect(fetch("* 1 FETCH (UID 1 BODYSTRUCTURE \(deepest)")?.message.uid == 1)
    }
}
