import IMAPCore
import MailIndex
import MailSearch
import TestSupport
import Testing

@testable import TrawlService

struct MailboxMatcherTests {
    private func listed(
        _ name: String, id: String? = nil, validity: UInt32 = 5, next: UInt32 = 11, messages: Int = 10,
        modSeq: UInt64 = 30
    ) -> MailboxInfo {
        var info = MailboxInfo(name: MailboxName(name), delimiter: "/")
        var status = IMAPCore.MailboxStatus()
        status.uidValidity = UIDValidity(validity)
        status.uidNext = UID(rawValue: next)
        status.messages = messages
        status.highestModSeq = ModSequence(modSeq)
        status.mailboxID = id
        info.status = status
        return info
    }

    private func indexed(
        _ number: Int64, _ name: String, id: String? = nil, validity: UInt32 = 5
    ) -> MailboxMatcher.Known {
        let mailbox = MailboxID(rawValue: number)
        return MailboxMatcher.Known(
            id: mailbox, name: name, objectID: id,
            cursor: MailboxCursor(
                mailbox: mailbox, uidValidity: validity, uidNext: 11, highestModSeq: 30, backfilledDownTo: 1,
                serverCount: 10))
    }

    private func match(_ listed: [MailboxInfo], _ indexed: [MailboxMatcher.Known]) -> [MailboxMatcher.Match] {
        MailboxMatcher().match(listed: listed, indexed: indexed)
    }

    @Test func aKnownNameIsKeptAndOthersComeAndGo() {
        let inbox = listed("INBOX")
        let new = listed("New", validity: 9)
        #expect(
            match([inbox, new], [indexed(1, "INBOX"), indexed(2, "Old", validity: 7)]) == [
                .keep(MailboxID(rawValue: 1), inbox), .remove(MailboxID(rawValue: 2)), .add(new),
            ])
    }

    @Test func aRenamedMailboxIsKnownByItsMAILBOXID() {
        let renamed = listed("New", id: "F1", validity: 99)
        #expect(match([renamed], [indexed(1, "Old", id: "F1")]) == [.rename(MailboxID(rawValue: 1), renamed)])
    }

    @Test func aMAILBOXIDThatTwoMailboxesBearSaysNothing() {
        var first = MailboxInfo(name: "A")
        var second = MailboxInfo(name: "B")
        var third = MailboxInfo(name: "C")
        first.mailboxID = "same"
        second.mailboxID = "same"
        third.mailboxID = "own"
        let told = MailboxMatcher.withoutDoubledIDs([first, second, third]).map(\.objectID)
        #expect(told == [nil, nil, "own"])
    }

    @Test func withoutMAILBOXIDAllNumbersOfSTATUSMustAgree() {
        let renamed = listed("New")
        #expect(match([renamed], [indexed(1, "Old")]) == [.rename(MailboxID(rawValue: 1), renamed)])
        let another = listed("New", modSeq: 31)
        #expect(match([another], [indexed(1, "Old")]) == [.remove(MailboxID(rawValue: 1)), .add(another)])
        // Two that might be it: neither is taken on a guess.
        #expect(match([renamed], [indexed(1, "One"), indexed(2, "Two")]).contains(.add(renamed)))
    }

    @Test func aMailboxMadeAnewUnderAnOldNameIsAnother() {
        let again = listed("Box", id: "F2")
        #expect(
            match([again], [indexed(1, "Box", id: "F1")]) == [.remove(MailboxID(rawValue: 1)), .add(again)])
    }

    @Test func twoThatTookEachOthersNamesAreBothRenamed() {
        let a = listed("A", id: "F2")
        let b = listed("B", id: "F1")
        #expect(
            match([a, b], [indexed(1, "A", id: "F1"), indexed(2, "B", id: "F2")]) == [
                .rename(MailboxID(rawValue: 2), a), .rename(MailboxID(rawValue: 1), b),
            ])
    }
}
