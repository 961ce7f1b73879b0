import Foundation
import IMAPCore
import MailIndex
import MailSearch
import Synchronization
import TestSupport
import Testing

@testable import TrawlService

/// Killing the process at any moment loses nothing and makes nothing double.
@Suite(.enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"), .serialized)
struct CrashTests {
    /// What the child needs to know.
    struct SyncRun: Codable, Sendable {
        var port: Int
        var authority: String
        var user: String
        var password: String
        var data: String
        /// The commit point, counted over the run, at which it kills itself; nil: none.
        var commit: Int?
        /// Microseconds after which it kills itself; nil: never.
        var microseconds: UInt32?

        /// Is there once a run has reached its end.
        var marker: String { data + ".done" }

        var account: AccountConfiguration {
            var account = AccountConfiguration(name: "work", host: "localhost", user: user)
            account.port = port
            account.caFile = authority
            account.password = .file(password)
            account.exclude = []
            return account
        }

        /// Runs `trawl sync`'s work in this process; the names of the commit points that it passed.
        @discardableResult
        func run() async throws -> [String] {
            let store = try IndexStore.open(data, access: .readWrite)
            var environment = SyncEnvironment(store: store, logger: SyncHarness.logger)
            let commits = Mutex<[String]>([])
            let fatal = commit
            environment.atCommit = { name in
                let number = commits.withLock { names in
                    names.append(name)
                    return names.count
                }
                if number == fatal { kill(getpid(), SIGKILL) }
            }
            if let microseconds {
                Thread.detachNewThread {
                    usleep(microseconds)
                    kill(getpid(), SIGKILL)
                }
            }
            try await AccountSynchronizer(configuration: account, environment: environment).syncOnce()
            try Data().write(to: URL(fileURLWithPath: marker))
            return commits.withLock { $0 }
        }
    }

    private func task(_ harness: SyncHarness, data: String) -> SyncRun {
        SyncRun(
            port: harness.server.tlsPort, authority: harness.server.certificates.authority,
            user: harness.server.user.name, password: harness.folder.path("password"), data: harness.folder.path(data))
    }

    private func filled(_ count: Int) async throws -> SyncHarness {
        let harness = try SyncHarness()
        try await harness.client { try await $0.create("Other") }
        for number in 1...count {
            let mailbox = number.isMultiple(of: 3) ? "Other" : "INBOX"
            try harness.server.deliver(
                sampleMessage("letter \(number)"), to: harness.server.user.name, mailbox: mailbox)
        }
        return harness
    }

    private func runKilled(_ task: SyncRun) async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [task = task as SyncRun] in
            try await task.run()
            // Done before its time had come: what follows is the end that was meant.
            kill(getpid(), SIGKILL)
        }
    }

    /// Brings a killed index to its end: `check` and `verify` find nothing, and every message stands once.
    private func finish(_ killed: SyncRun, count: Int) async throws {
        var task = killed
        (task.commit, task.microseconds) = (nil, nil)
        let between = try IndexStore.open(task.data, access: .readWrite)
        #expect(try between.check().problems.isEmpty)
        try between.close()
        try await task.run()
        let store = try IndexStore.open(task.data, access: .readWrite)
        #expect(try store.check().problems.isEmpty)
        #expect(try store.status().messageCount == count)
        #expect(try store.status().isComplete)
        let environment = SyncEnvironment(store: store, logger: SyncHarness.logger)
        let verifier = Verifier(AccountSynchronizer(configuration: task.account, environment: environment))
        #expect(try await verifier.differences() == [])
        try store.close()
    }

    @Test func killedAtEveryCommitPointOfAFirstSync() async throws {
        let count = 900
        let harness = try await filled(count)
        let points = try await task(harness, data: "undisturbed").run()
        #expect(points.count >= 8)
        // How many batches there are depends on the machine: a run without this point ends the same way.
        for point in points.indices {
            var task = task(harness, data: "killed at \(point)")
            task.commit = point + 1
            try await runKilled(task)
            try await finish(task, count: count)
        }
    }

    /// All kinds of changes in one sync, cut off before and after each of its transactions.
    @Test func killedAtEveryCommitPointOfEveryKindOfChange() async throws {
        let harness = try SyncHarness()
        try await harness.client { client in
            for name in ["Archive", "Old name", "Doomed", "Again", "Thinned"] {
                try await client.create(MailboxName(name))
                for number in 1...4 where name != "Archive" {
                    try await client.append(sampleMessage("\(name) \(number)"), to: name)
                }
            }
            for number in 1...20 { try await client.append(sampleMessage("letter \(number)")) }
        }
        let base = task(harness, data: "base")
        try await base.run()
        try await harness.client { client in
            try await client.rename("Old name", to: "New name")
            try await client.delete("Doomed")
            // The same messages under another UIDVALIDITY.
            try await client.create("Elsewhere")
            _ = try await client.select("Again")
            _ = try await client.copy(UIDSet(1...4), to: "Elsewhere")
            try await client.unselect()
            try await client.delete("Again")
            try await client.rename("Elsewhere", to: "Again")
            _ = try await client.select("Thinned")
            try await client.store([2], .add, [.deleted])
            try await client.expunge()
            _ = try await client.select("INBOX")
            try await client.store([3, 4], .add, [.flagged, "$Later"])
            try await client.store([5], .add, [.deleted])
            try await client.expunge()
            _ = try await client.move([7, 8], to: "Archive")
            try await client.append(sampleMessage("a new one"))
        }
        func copied(_ name: String) throws -> SyncRun {
            try run("cp", ["-a", base.data, harness.folder.path(name)])
            return task(harness, data: name)
        }
        let undisturbed = try copied("undisturbed")
        let points = try await undisturbed.run()
        let expected = CommitPoint.What.allCases.flatMap { what in
            CommitPoint.Moment.allCases.map { CommitPoint($0, what).name }
        }
        #expect(Set(expected).subtracting(points).isEmpty)
        // Of 36 one was expunged in each of two mailboxes and four were deleted with theirs; one came.
        try await finish(undisturbed, count: 31)
        for (point, name) in points.enumerated() {
            var task = try copied("killed \(point) \(name)")
            task.commit = point + 1
            try await runKilled(task)
            try await finish(task, count: 31)
        }
    }

    /// TRAWL_SOAK_KILLS says how often. Where a sync reaches its end before it is killed, another begins from nothing.
    @Test func killedAtRandomMomentsOfAFirstSync() async throws {
        let kills = ProcessInfo.processInfo.environment["TRAWL_SOAK_KILLS"].flatMap(Int.init) ?? 6
        var random = SeededRandom.announced("killedAtRandomMomentsOfAFirstSync")
        let count = max(600, min(5_000, kills * 10))
        let harness = try await filled(count)
        try harness.store.close()
        var killed = 0
        var syncs = 1
        while killed < kills {
            var task = task(harness, data: "data \(syncs)")
            task.microseconds = UInt32.random(in: 1_000...900_000, using: &random)
            try await runKilled(task)
            if FileManager.default.fileExists(atPath: task.marker) {
                try await finish(task, count: count)
                try? FileManager.default.removeItem(atPath: task.data)
                syncs += 1
            } else {
                killed += 1
            }
        }
        try await finish(task(harness, data: "data \(syncs)"), count: count)
        print("killed \(killed) times in \(syncs) syncs of \(count) messages")
    }
}
