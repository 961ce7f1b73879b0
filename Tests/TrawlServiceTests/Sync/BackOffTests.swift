import IMAPClient
import MailIndex
import MailSearch
import Synchronization
import TestSupport
import Testing

@testable import TrawlService

/// Servers that say "not now" or "not so many" are believed.
@Suite(.serialized) struct BackOffTests {
    @Test func eachReasonHasItsOwnFirstDelay() {
        let reasons: [(IMAPError.Code, Double)] = [
            (.connectionLost, RetryDelay.first), (.bye, RetryDelay.firstAfterBye),
            (.unavailable, RetryDelay.firstAfterUnavailable), (.inUse, RetryDelay.firstAfterInUse),
            (.limit, RetryDelay.firstAfterLimit), (.authenticationFailed, RetryDelay.firstAfterRefusal),
        ]
        for (code, first) in reasons {
            var delay = RetryDelay()
            #expect(delay.failed(IMAPError(code, ""), chance: 0) == first / 2)
            delay.succeeded()
            #expect(delay.failed(IMAPError(code, ""), chance: 0.5) == first * 0.75)
            #expect(delay.failed(IMAPError(code, ""), chance: 0) == first)
        }
        var delay = RetryDelay()
        let delays = (0..<12).map { _ in delay.failed(IMAPError(.limit, ""), chance: 1) }
        #expect(delays.max() == RetryDelay.longestAfterLimit)
    }

    /// Seconds that an account waited, one after another, till it has waited `count` times.
    private func delays(_ greetings: [String]) async throws -> [Double] {
        let server = try ScriptedIMAPServer(greetings.map { [.send($0), .close(reset: false)] })
        defer { server.stop() }
        var account = try ScriptedAccount(server)
        let waited = Inbox<Double>(limit: 100)
        account.environment.chance = { 0 }
        account.environment.sleep = { seconds in
            waited.push(seconds)
            try await Task.sleep(for: .milliseconds(1))
        }
        let synchronizer = account.synchronizer()
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await synchronizer.run() }
            defer { group.cancelAll() }
            var delays: [Double] = []
            while delays.count < greetings.count {
                let delivery = try await waited.next(within: .seconds(20))
                if delivery.isEmpty { break }
                delays += delivery.elements
            }
            return Array(delays.prefix(greetings.count))
        }
    }

    @Test func greetingsOfBYEAreWaitedForAsTheirCodesAsk() async throws {
        let delays = try await delays([
            "* BYE restarting\n", "* BYE [UNAVAILABLE] no directory\n", "* BYE [INUSE] migrating\n",
            "* BYE [LIMIT] slow down\n", "* BYE Too many simultaneous connections\n",
        ])
        // Each step twice the one before, and half of it where chance is 0.
        #expect(
            delays == [
                RetryDelay.firstAfterBye / 2, RetryDelay.firstAfterUnavailable, RetryDelay.firstAfterInUse * 2,
                RetryDelay.firstAfterLimit * 4, RetryDelay.longestAfterLimit / 2,
            ])
    }

    // MARK: Connections

    @Test func whatWasRefusedIsRememberedForAnHour() {
        let allowance = ConnectionAllowance()
        #expect(allowance.connections(wanted: 3, now: 0) == 3)
        allowance.refused(of: 3, now: 10)
        #expect(allowance.connections(wanted: 3, now: 20) == 2)
        allowance.refused(of: 2, now: 30)
        #expect(allowance.connections(wanted: 3, now: 30) == 1)
        allowance.refused(of: 1, now: 40)
        #expect(allowance.connections(wanted: 3, now: 40 + ConnectionAllowance.memory - 1) == 1)
        #expect(allowance.connections(wanted: 3, now: 40 + ConnectionAllowance.memory) == 3)
    }

    /// Dovecot refuses the second connection of a user with "Maximum number of connections".
    @Test(.enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"))
    func aServerThatAllowsOneConnectionIsWatchedWithOne() async throws {
        var options = DovecotServer.Options()
        options.extraConfiguration = "protocol imap {\n  mail_max_userip_connections = 1\n}\n"
        var harness = try SyncHarness(options)
        harness.account.pollInterval = 3_600
        harness.account.connections = 3
        let waited = Mutex<[Double]>([])
        harness.environment.sleep = { seconds in waited.withLock { $0.append(seconds) } }
        let user = harness.server.user.name
        try harness.server.deliver(sampleMessage("before"), to: user)
        let served = harness
        try await served.serving { _ in
            #expect(
                try await served.eventually(20) {
                    try served.store.status().accounts.first?.state == "watching"
                        && served.subjects("before") == ["before"]
                })
            // Found without polling: the one connection rests in INBOX.
            try served.server.deliver(sampleMessage("delivered now"), to: user)
            #expect(try await served.eventually(20) { try served.subjects("delivered") == ["delivered now"] })
            #expect(try served.store.status().accounts.first?.lastError == nil)
        }
        #expect(waited.withLock { $0 } == [])
        #expect(served.server.log.contains("Maximum number of connections"))
    }
}
