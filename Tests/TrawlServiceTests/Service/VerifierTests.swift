import Foundation
import IMAPClient
import IMAPCore
import MIME
import MailIndex
import MailSearch
import TestSupport
import Testing

@testable import TrawlService

/// `trawl verify`: every kind of difference is found, named, and mended.
@Suite(.enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"), .serialized)
struct VerifierTests {
    private func filled() async throws -> (harness: SyncHarness, inbox: MailSearch.MailboxStatus) {
        let harness = try SyncHarness()
        try await harness.client { client in
            for number in 1...10 { try await client.append(sampleMessage("letter \(number)")) }
        }
        try await harness.sync()
        let inbox = try #require(try harness.store.mailboxes().first { $0.name == "INBOX" })
        return (harness, inbox)
    }

    private func message(_ harness: SyncHarness, _ inbox: MailSearch.MailboxStatus, uid: UInt32) throws -> EmailID {
        try #require(try harness.store.places(in: inbox.id, uid...uid).first).message
    }

    @Test func nothingDiffersAfterASync() async throws {
        let (harness, _) = try await filled()
        #expect(try await Verifier(harness.synchronizer()).differences() == [])
    }

    @Test func everyKindOfDifferenceIsFoundAndMended() async throws {
        let (harness, inbox) = try await filled()
        let validity = try #require(inbox.cursor).uidValidity
        let now: Int64 = 1_700_000_000
        func place(_ uid: UInt32) -> Place { Place(mailbox: inbox.id, uid: uid, uidValidity: validity) }

        var batch = IndexBatch(now: now)
        batch.flagChanges = [
            FlagChange(mailbox: inbox.id, uid: 3, flags: FlagSet(imap: ["\\Flagged"], labels: []))
        ]
        // Under UID 4 stands what UID 6 is; UID 5 is not there; UID 40 is there alone.
        batch.removals = [Removal(mailbox: inbox.id, uids: [4...5])]
        try await harness.store.apply(batch)
        let sixth = try message(harness, inbox, uid: 6)
        try await harness.store.apply(
            IndexBatch(
                now: now,
                relocations: [4, 40].map { Relocation(message: sixth, place: place($0)) }))
        // UID 8 has the right header and another text.
        let eighth = try message(harness, inbox, uid: 8)
        let held = try #require(try harness.store.email(eighth))
        let forged = sampleMessage("letter 8", body: "Something else.").replacing(
            #/Message-ID: <[^>]*>/#, with: "Message-ID: <\(held.messageIDs[0])>")
        let document = MessageDocument(
            MessageParser().parse(Array(forged.utf8)), receivedAt: nil, size: forged.utf8.count, now: now)
        try await harness.store.apply(
            IndexBatch(now: now, replacements: [Replacement(message: eighth, document: document)]))
        try await harness.client { try await $0.create("Unseen") }

        let verifier = Verifier(harness.synchronizer(), sample: .max)
        let found = try await verifier.differences()
        let expected: [(VerifyDifference.Kind, UInt32?)] = [
            (.mailbox, nil), (.flags, 3), (.identity, 4), (.missing, 5), (.content, 8), (.surplus, 40),
        ]
        #expect(Set(found.map { "\($0.kind) \($0.uid ?? 0)" }) == Set(expected.map { "\($0.0) \($0.1 ?? 0)" }))
        #expect(found.allSatisfy { $0.account == "work" && !$0.description.isEmpty })

        try await verifier.repair(found)
        #expect(try await verifier.differences() == [])
        #expect(try await harness.differences() == [])
        #expect(try harness.subjects("else") == [])
        #expect(try harness.store.check().problems.isEmpty)
    }

    /// The index may be read by `trawl serve` at the same time: comparing writes nothing.
    @Test func comparingWorksOnAnIndexThatIsOpenForReadingAlone() async throws {
        var (harness, _) = try await filled()
        try harness.server.deliver(sampleMessage("not yet known"), to: harness.server.user.name)
        harness.environment.store = try IndexStore.open(harness.folder.path("data"), access: .readOnly)
        let found = try await Verifier(harness.synchronizer()).differences()
        #expect(found.map(\.kind) == [.missing])
    }
}
