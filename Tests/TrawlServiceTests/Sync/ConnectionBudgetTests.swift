import IMAPCore
import MailIndex
import MailSearch
import Synchronization
import TestSupport
import Testing

@testable import TrawlService

struct ConnectionBudgetTests {
    @Test func eachAccountIsSureOfOneConnectionAndTheRestWatches() {
        let budget = ConnectionBudget(limit: 12, accounts: 6)
        #expect(!budget.isCrowded)
        // Of twelve two are spare and six work.
        #expect(budget.beginWatching(3) == 3)
        #expect(budget.beginWatching(3) == 1)
        #expect(budget.beginWatching(3) == 0)
        budget.endWatching(2)
        #expect(budget.beginWatching(3) == 2)
    }

    @Test func moreAccountsThanConnectionsWatchNothing() {
        let budget = ConnectionBudget(limit: 12, accounts: 11)
        #expect(budget.isCrowded)
        #expect(budget.beginWatching(1) == 0)
    }

    @Test(arguments: [1, 3, 12, 64], [1, 2, 10, 62, 63, 1_000])
    func allPlacesTogetherAreNeverMoreThanTheLimit(_ limit: Int, _ accounts: Int) async throws {
        let budget = ConnectionBudget(limit: limit, accounts: accounts)
        let watching = budget.beginWatching(.max)
        let most = try await mostAtOnce(budget, .working, tasks: 80) + watching
        #expect(most + ConnectionBudget.spare <= max(limit, 3))
    }

    @Test func whoWaitsComesInTurnAndMayGiveUp() async throws {
        let budget = ConnectionBudget(limit: 3, accounts: 1)
        let gate = Completion()
        let order = Order()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await budget.withPlace(for: .working) { try await gate.wait() } }
            try await Task.sleep(for: .milliseconds(20))
            for number in 1...3 {
                group.addTask { try await budget.withPlace(for: .working) { order.add(number) } }
                try await Task.sleep(for: .milliseconds(20))
            }
            let givesUp = Task { try await budget.withPlace(for: .working) { order.add(0) } }
            try await Task.sleep(for: .milliseconds(20))
            givesUp.cancel()
            await #expect(throws: CancellationError.self) { try await givesUp.value }
            gate.finish(.success(()))
            try await group.waitForAll()
        }
        #expect(order.value == [1, 2, 3])
    }

    /// How many of many tasks were in their places at the same time.
    private func mostAtOnce(
        _ budget: ConnectionBudget, _ purpose: ConnectionBudget.Purpose, tasks: Int
    ) async throws -> Int {
        let inside = Count()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<tasks {
                group.addTask {
                    try await budget.withPlace(for: purpose) {
                        inside.enter()
                        try await Task.sleep(for: .milliseconds(1))
                        inside.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        return inside.most
    }
}

/// How many are in at the same time.
private final class Count: Sendable {
    private let state = Mutex((now: 0, most: 0))

    var most: Int { state.withLock { $0.most } }

    func enter() { state.withLock { $0 = ($0.now + 1, max($0.most, $0.now + 1)) } }
    func leave() { state.withLock { $0.now -= 1 } }
}

/// What was done, in its order.
private final class Order: Sendable {
    private let numbers = Mutex<[Int]>([])

    var value: [Int] { numbers.withLock { $0 } }

    func add(_ number: Int) { numbers.withLock { $0.append(number) } }
}

/// Many accounts on one server, whose connections are counted.
@Suite(.enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"), .serialized)
struct ManyAccountsTests {
    private struct Lab {
        var harness: SyncHarness
        var proxy: FaultProxy
        var engine: SyncEngine

        init(accounts: Int, limit: Int) throws {
            var options = DovecotServer.Options()
            options.users = (1...accounts).map { DovecotServer.User("user\($0)", password: "secret") }
            var harness = try SyncHarness(options)
            harness.environment.mostConnections = limit
            harness.environment.sleep = { try await Task.sleep(for: .seconds(min($0, 0.2))) }
            let proxy = try FaultProxy(to: harness.server.tlsPort)
            let password = try harness.folder.write("secret\n", to: "password")
            var configuration = Configuration()
            configuration.accounts = harness.server.users.map { [base = harness.account] user in
                var account = base
                account.name = user.name
                account.user = user.name
                account.port = proxy.port
                account.password = .file(password)
                return account
            }
            for user in harness.server.users {
                try harness.server.deliver(sampleMessage("first of \(user.name)"), to: user.name)
            }
            engine = SyncEngine(configuration: configuration, environment: harness.environment)
            self.harness = harness
            self.proxy = proxy
        }

        func serving(_ body: () async throws -> Void) async throws {
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [engine] in await engine.run() }
                defer { group.cancelAll() }
                try await body()
            }
        }
    }

    @Test func oneSyncOfManyAccountsOpensNoMoreConnectionsThanTheLimit() async throws {
        let lab = try Lab(accounts: 12, limit: 5)
        defer { lab.proxy.stop() }
        let results = try await lab.engine.syncOnce()
        #expect(results.allSatisfy { $0.error == nil })
        #expect(try lab.harness.subjects().count == 12)
        #expect(lab.proxy.mostOpen <= 3)
    }

    @Test func moreAccountsThanConnectionsTakeTurnsWhileServed() async throws {
        let lab = try Lab(accounts: 12, limit: 5)
        defer { lab.proxy.stop() }
        try await lab.serving {
            #expect(try await lab.harness.eventually(30) { try lab.harness.subjects("first").count == 12 })
            for user in lab.harness.server.users {
                try lab.harness.server.deliver(sampleMessage("second of \(user.name)"), to: user.name)
            }
            #expect(try await lab.harness.eventually(30) { try lab.harness.subjects("second").count == 12 })
            // What somebody waits for has a connection all the same.
            let email = try #require(try lab.harness.search("second").first)
            #expect(try await !lab.engine.rawMessage(email).isEmpty)
            try lab.harness.server.deliver(sampleMessage("third"), to: "user12")
            try await lab.engine.refresh(accounts: ["user12"])
            #expect(try lab.harness.subjects("third") == ["third"])
        }
        #expect(lab.proxy.mostOpen <= 5)
    }

    /// `connections` of the configuration, whatever there is to watch.
    @Test func oneAccountOpensNoMoreConnectionsThanItMay() async throws {
        var harness = try SyncHarness()
        let proxy = try FaultProxy(to: harness.server.tlsPort)
        defer { proxy.stop() }
        harness.account.port = proxy.port
        harness.account.connections = 2
        harness.account.watch = ["INBOX", "Archive", "Work", "Lists"]
        try await harness.client { client in
            try await client.create("Work")
            try await client.create("Lists")
        }
        let served = harness
        try await served.serving { synchronizer in
            #expect(try await served.eventually { try served.store.status().accounts.first?.state == "watching" })
            try served.server.deliver(sampleMessage("elsewhere"), to: served.server.user.name, mailbox: "Lists")
            try await synchronizer.refresh()
            #expect(try served.subjects() == ["elsewhere"])
        }
        #expect(proxy.mostOpen == 2)
    }

    @Test func fewerAccountsWatchAsFarAsConnectionsReach() async throws {
        let lab = try Lab(accounts: 6, limit: 12)
        defer { lab.proxy.stop() }
        try await lab.serving {
            let states = { try lab.harness.store.status().accounts.map(\.state) }
            #expect(
                try await lab.harness.eventually(30) {
                    try states() == [String](repeating: "watching", count: 6)
                })
            // Six that work, in INBOX where they have no other to watch it, and four that watch.
            for user in lab.harness.server.users {
                try lab.harness.server.deliver(sampleMessage("told of \(user.name)"), to: user.name)
            }
            #expect(try await lab.harness.eventually(30) { try lab.harness.subjects("told").count == 6 })
        }
        #expect(lab.proxy.mostOpen <= 12)
        #expect(lab.proxy.mostOpen >= 8)
    }
}
