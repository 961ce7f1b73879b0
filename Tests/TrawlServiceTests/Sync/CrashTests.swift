import Foundation
import IMAPCore
import MailIndex
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

        /// Runs `trawl sync`'s work in this process.
        func run() async throws -> Int {
            var account = AccountConfiguration(name: "work", host: "localhost", user: user)
            account.port = port
            account.caFile = authority
            account.password = .file(password)
            account.exclude = []
            let store = try IndexStore.open(data, access: .readWrite)
            var environment = SyncEnvironment(store: store, logger: SyncHarness.logger)
            let commits = Mutex(0)
            let fatal = commit
            environment.atCommit = { _ in
                let number = commits.withLock { count in
                    count += 1
                    return count
                }
                if number == fatal { kill(getpid(), SIGKILL) }
            }
            if let microseconds {
                Thread.detachNewThread {
                    usleep(microseconds)
                    kill(getpid(), SIGKILL)
                }
            }
            _ = try await AccountSynchronizer(configuration: account, environment: environment).syncOnce()
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

    private func checkEnd(_ harness: SyncHarness, count: Int) async throws {
        try await harness.sync()
        #expect(try await harness.differences() == [])
        #expect(try harness.store.check().problems.isEmpty)
        let status = try harness.store.status()
        #expect(status.messageCount == count)
        #expect(status.isComplete)
    }

    @Test func killedAtEveryCommitPoint() async throws {
        let count = 900
        let harness = try await filled(count)
        let points = try await task(harness, data: "undisturbed").run()
        #expect(points >= 8)
        for point in 1...points {
            var task = task(harness, data: "killed at \(point)")
            task.commit = point
            // How many batches there are depends on the machine: a run without this point ends the same way.
            try await runKilled(task)
            let store = try IndexStore.open(task.data, access: .readWrite)
            #expect(try store.check().problems.isEmpty)
            try store.close()
            task.commit = nil
            _ = try await task.run()
            let after = try IndexStore.open(task.data, access: .readWrite)
            #expect(try after.status().messageCount == count)
            #expect(try after.check().problems.isEmpty)
            try after.close()
        }
    }

    /// TRAWL_SOAK_KILLS says how often.
    @Test func killedAtRandomMomentsInOneIndex() async throws {
        let kills = ProcessInfo.processInfo.environment["TRAWL_SOAK_KILLS"].flatMap(Int.init) ?? 6
        var random = SeededRandom.announced("killedAtRandomMomentsInOneIndex")
        let count = max(600, kills * 10)
        let harness = try await filled(count)
        try harness.store.close()
        for _ in 0..<kills {
            var task = task(harness, data: "data")
            task.microseconds = UInt32.random(in: 1_000...900_000, using: &random)
            // It may end before it is killed; both are welcome.
            try? await runKilled(task)
        }
        var end = task(harness, data: "data")
        end.microseconds = nil
        _ = try await end.run()
        let store = try IndexStore.open(end.data, access: .readOnly)
        #expect(try store.status().messageCount == count)
        #expect(try store.check().problems.isEmpty)
    }

    private func runKilled(_ task: SyncRun) async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [task = task as SyncRun] in
            _ = try await task.run()
            // Done before its time had come: what follows is the end that was meant.
            kill(getpid(), SIGKILL)
        }
    }
}
