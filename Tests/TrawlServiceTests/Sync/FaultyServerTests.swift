import MailIndex
import MailSearch
import Synchronization
import TestSupport
import Testing

@testable import TrawlService

/// Servers that say what is not so: the index holds what they have, and nothing else.
@Suite(.serialized) struct FaultyServerTests {
    /// A server whose one mailbox a test changes while it is watched.
    private final class ChangingServer: Sendable {
        private let state: State
        let server: ScriptedIMAPServer

        private final class State: Sendable {
            let held: Mutex<(mailbox: ScriptedMailbox, idleTag: String)>

            init(_ mailbox: ScriptedMailbox) { held = Mutex((mailbox, "")) }

            func answer(_ command: ScriptedIMAPServer.ReceivedCommand) -> [ScriptedIMAPServer.Step] {
                held.withLock { held in
                    // Read as a command, DONE is its own tag.
                    if command.tag == "DONE" { return [.send("\(held.idleTag) OK\n")] }
                    if command.name == "IDLE" { held.idleTag = command.tag }
                    return held.mailbox.answer(command)
                }
            }
        }

        init(_ mailbox: ScriptedMailbox) throws {
            let state = State(mailbox)
            self.state = state
            server = try ScriptedIMAPServer(greeting: "* PREAUTH [CAPABILITY IMAP4rev1 IDLE] ready\n") {
                state.answer($0)
            }
        }

        func change(_ change: (inout ScriptedMailbox) -> Void) { state.held.withLock { change(&$0.mailbox) } }
    }

    @Test func UIDsThatNobodyAskedForAndTheSameTwiceChangeNothing() async throws {
        var mailbox = ScriptedMailbox()
        mailbox.uids = [1, 2]
        mailbox.told = [(1, 1, "one"), (2, 2, "two"), (2, 2, "two"), (7, 99, "nobody"), (1, 2, "two"), (1, 1, "one")]
        let served = try ChangingServer(mailbox)
        defer { served.server.stop() }
        let account = try ScriptedAccount(served.server)
        let totals = try await account.synchronizer().syncOnce()
        #expect(totals.fetched == 2)
        #expect(try account.subjects() == ["one", "two"])
        #expect(
            try account.store.mailboxes().map { try account.store.places(in: $0.id).map(\.uid).sorted() } == [[1, 2]])
        #expect(try account.store.check().problems.isEmpty)
    }

    /// Servers that drop EXPUNGEs, or that restored a mailbox from a copy.
    @Test func anEXISTSThatShrinksMakesTheMailboxBeCompared() async throws {
        var mailbox = ScriptedMailbox()
        mailbox.uids = [1, 2, 3]
        mailbox.told = [(1, 1, "one"), (2, 2, "two"), (3, 3, "three")]
        let served = try ChangingServer(mailbox)
        defer { served.server.stop() }
        var account = try ScriptedAccount(served.server)
        account.account.connections = 1
        account.account.pollInterval = 3_600
        try await watching(account) { () async throws in
            #expect(try account.subjects().count == 3)
            served.change {
                $0.uids = [1, 3]
                $0.told = [(1, 1, "one"), (2, 3, "three")]
            }
            served.server.push("* 2 EXISTS\n")
            #expect(try await eventually { try account.subjects() == ["one", "three"] })
        }
    }

    /// Another mailbox under the same name and UIDVALIDITY, as Cyrus makes them in one second: UIDs are given once more.
    @Test func aUIDNEXTThatGoesBackPlacesAllAnew() async throws {
        var mailbox = ScriptedMailbox()
        mailbox.uids = [1, 2, 3]
        mailbox.told = [(1, 1, "one"), (2, 2, "two"), (3, 3, "three")]
        let served = try ChangingServer(mailbox)
        defer { served.server.stop() }
        let account = try ScriptedAccount(served.server)
        try await account.synchronizer().syncOnce()
        #expect(try account.subjects() == ["one", "three", "two"])
        served.change { mailbox in
            mailbox.uids = [1, 2]
            mailbox.told = [(1, 1, "other"), (2, 2, "another")]
        }
        try await account.synchronizer().syncOnce()
        #expect(try account.subjects() == ["another", "other"])
        let status = try account.store.status()
        #expect(status.isComplete)
        #expect(status.accounts.first?.mailboxes.first?.cursor?.uidNext == 3)
        #expect(try account.store.check().problems.isEmpty)
        let totals = try await account.synchronizer().syncOnce()
        #expect(totals.fetched == 0)
    }

    @Test func aUIDVALIDITYThatChangesBetweenTwoSyncsPlacesAllAnew() async throws {
        var mailbox = ScriptedMailbox()
        mailbox.uids = [1, 2]
        mailbox.told = [(1, 1, "one"), (2, 2, "two")]
        let served = try ChangingServer(mailbox)
        defer { served.server.stop() }
        let account = try ScriptedAccount(served.server)
        try await account.synchronizer().syncOnce()
        served.change {
            $0.uidValidity = 2
            $0.uids = [11, 12]
            $0.told = [(1, 11, "two"), (2, 12, "new")]
        }
        try await account.synchronizer().syncOnce()
        #expect(try account.subjects() == ["new", "two"])
    }

    /// EXPUNGE and FETCH at moments when the protocol forbids them, of numbers that do not exist.
    @Test func unsolicitedDataOfMessagesThatAreNotThereChangeNothing() async throws {
        var mailbox = ScriptedMailbox()
        mailbox.uids = [1, 2]
        mailbox.told = [(1, 1, "one"), (2, 2, "two")]
        let served = try ChangingServer(mailbox)
        defer { served.server.stop() }
        var account = try ScriptedAccount(served.server)
        account.account.connections = 1
        account.account.pollInterval = 3_600
        try await watching(account) { () async throws in
            served.server.push("* 9 EXPUNGE\n* 0 EXPUNGE\n* 7 FETCH (FLAGS (\\Seen))\n* VANISHED 41:44\n")
            served.change {
                $0.uids = [1, 2, 3]
                $0.told.append((3, 3, "three"))
            }
            served.server.push("* 3 EXISTS\n")
            #expect(try await eventually { try account.subjects() == ["one", "three", "two"] })
        }
    }

    private func watching(_ account: ScriptedAccount, _ body: () async throws -> Void) async throws {
        let synchronizer = account.synchronizer()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await synchronizer.run() }
            defer { group.cancelAll() }
            #expect(try await eventually { try account.store.status().accounts.first?.state == "watching" })
            try await body()
        }
    }

    private func eventually(_ condition: () throws -> Bool) async throws -> Bool {
        let end = ContinuousClock.now + .seconds(15)
        while ContinuousClock.now < end {
            if try condition() { return true }
            try await Task.sleep(for: .milliseconds(10))
        }
        return try condition()
    }
}
