import IMAPCore
import MailIndex
import MailSearch
import TestSupport
import Testing

@testable import TrawlService

/// What a second client does between two synchronisations reaches the index, whatever the server can tell of it.
@Suite(.enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"), .serialized)
struct ChangeTests {
    enum Server: String, CaseIterable, Sendable {
        case qResync, condStore, plain

        var options: DovecotServer.Options {
            var options = DovecotServer.Options()
            switch self {
            case .qResync: options.capability = nil
            case .condStore: options.capability = DovecotServer.capability(without: "QRESYNC", "NOTIFY")
            case .plain:
                options.capability = DovecotServer.capability(
                    without: "QRESYNC", "CONDSTORE", "NOTIFY", "LIST-STATUS", "ESEARCH", "UIDPLUS", "MOVE")
            }
            return options
        }
    }

    @Test(arguments: Server.allCases)
    func flagsKeywordsExpungesMovesAndCopies(_ server: Server) async throws {
        let harness = try SyncHarness(server.options)
        try await harness.client { client in
            try await client.create("Archive")
            for number in 1...20 { try await client.append(sampleMessage("letter \(number)")) }
        }
        try await harness.sync()
        #expect(try await harness.differences() == [])
        try await harness.client { client in
            _ = try await client.select("INBOX")
            try await client.store([3, 4], .add, [.seen, .flagged, "$Forwarded"])
            try await client.store([5, 6], .add, [.deleted])
            try await client.expunge()
            _ = try await client.move([7, 8], to: "Archive")
            _ = try await client.copy([9], to: "Archive")
            try await client.append(sampleMessage("a new one"))
        }
        let totals = try await harness.sync()
        #expect(try await harness.differences() == [])
        // The moved and the copied ones were known already.
        #expect(totals.fetched == 1)
        #expect(totals.relocated == 3)
        #expect(try harness.search("is:flagged").count == 2)
        #expect(try harness.search("letter 9").first?.places.count == 2)
        let again = try await harness.sync()
        #expect(again.fetched == 0)
    }

    @Test(arguments: Server.allCases)
    func renamedDeletedAndRecreatedMailboxes(_ server: Server) async throws {
        let harness = try SyncHarness(server.options)
        try await harness.client { client in
            for name in ["Old name", "Doomed", "Again"] {
                try await client.create(MailboxName(name))
                for number in 1...4 { try await client.append(sampleMessage("\(name) \(number)"), to: name) }
            }
        }
        try await harness.sync()
        try await harness.client { client in
            try await client.rename("Old name", to: "Archive/New name")
            try await client.delete("Doomed")
            try await client.delete("Again")
            try await client.create("Again")
            try await client.append(sampleMessage("after it was made anew"), to: "Again")
        }
        let totals = try await harness.sync()
        #expect(try await harness.differences() == [])
        #expect(totals.fetched == 1)
        #expect(try harness.subjects("in:\"Archive/New name\"").count == 4)
        #expect(try harness.subjects("doomed") == [])
        #expect(try harness.subjects("in:Again") == ["after it was made anew"])
    }

    /// The administrator gave the hierarchy another separator: every name within another is a new one.
    @Test(arguments: Server.allCases)
    func aChangedSeparatorRenamesWithoutFetching(_ server: Server) async throws {
        let harness = try SyncHarness(server.options)
        try await harness.client { client in
            for name in ["Work", "Work/Big", "Work/Big/Plans", "Work/Empty"] {
                try await client.create(MailboxName(name))
            }
            for name in ["INBOX", "Work", "Work/Big", "Work/Big/Plans"] {
                // Mailboxes with as many messages each cannot be told apart by their numbers alone.
                for number in 0..<(name.count + 1) {
                    try await client.append(sampleMessage("\(name) \(number)"), to: name)
                }
            }
        }
        try await harness.sync()
        #expect(try harness.subjects("in:Work/Big/Plans").count == 15)
        try harness.server.setSeparator(".")
        let totals = try await harness.sync()
        #expect(try await harness.differences() == [])
        #expect(totals.fetched == 0)
        #expect(try harness.subjects("in:Work.Big.Plans").count == 15)
        #expect(try harness.subjects("in:Work/Big") == [])
        let delimiters = try harness.store.mailboxes().map(\.delimiter)
        #expect(Set(delimiters) == ["."])
        let again = try await harness.sync()
        #expect(again.fetched == 0 && again.relocated == 0)
    }

    @Test(arguments: Server.allCases)
    func aChangedUIDValidityIsMatchedAgainWithoutFetching(_ server: Server) async throws {
        let harness = try SyncHarness(server.options)
        try await harness.client { client in
            try await client.create("Box")
            for number in 1...10 { try await client.append(sampleMessage("letter \(number)"), to: "Box") }
        }
        try await harness.sync()
        // The same messages in a mailbox of that name, under new UIDs and another UIDVALIDITY.
        try await harness.client { client in
            try await client.create("Elsewhere")
            _ = try await client.select("Box")
            _ = try await client.copy(UIDSet(1...10), to: "Elsewhere")
            try await client.unselect()
            try await client.delete("Box")
            try await client.rename("Elsewhere", to: "Box")
            _ = try await client.select("Box")
            try await client.store([2], .add, [.deleted])
            try await client.expunge()
        }
        let totals = try await harness.sync()
        #expect(try await harness.differences() == [])
        #expect(totals.fetched == 0)
        #expect(totals.relocated == 9)
    }
}
