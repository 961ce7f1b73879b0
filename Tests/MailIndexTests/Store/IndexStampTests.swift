import MIME
import Testing

@testable import MailIndex
@testable import MailSearch

@Suite struct IndexStampTests {
    private func message(_ subject: String) -> MessageDocument {
        let text = "Subject: \(subject)\nMessage-ID: <\(subject)@example.org>\n\nText\n"
        let octets = [UInt8](text.utf8)
        let parsed = MessageParser().parse(octets)
        return MessageDocument(parsed, receivedAt: IndexFixture.now, size: octets.count, now: IndexFixture.now)
    }

    @Test func staysUntilSomethingIsCommitted() async throws {
        let index = try IndexFixture()
        let reader = try index.reader()
        let first = try index.store.stamp()
        #expect(try index.store.stamp() == first)
        #expect(try reader.stamp() == first)
        try await index.add(message("one"), index.place(1))
        let second = try index.store.stamp()
        #expect(second != first)
        #expect(try reader.stamp() == second)
    }

    @Test func flagsAndMailboxNamesMakeAnother() async throws {
        let index = try IndexFixture()
        try await index.add(message("one"), index.place(1))
        let first = try index.store.stamp()
        try await index.store.apply(
            IndexBatch(
                now: IndexFixture.now,
                flagChanges: [FlagChange(mailbox: index.inbox, uid: 1, flags: FlagSet(imap: ["\\Seen"]))]))
        let second = try index.store.stamp()
        #expect(second != first)
        try index.store.renameMailbox(index.archive, to: MailboxDescription(name: "Old", delimiter: "/"))
        #expect(try index.store.stamp() != second)
    }

    @Test func aNoteMakesNoOther() throws {
        let index = try IndexFixture()
        let first = try index.store.stamp()
        try index.store.note(SyncNote(state: "idle", syncedAt: IndexFixture.now), of: index.inbox)
        #expect(try index.store.stamp() == first)
    }
}
