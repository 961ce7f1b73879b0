import Foundation
import IMAPClient
import IMAPCore
import MailIndex
import MailSearch
import Synchronization
import TestSupport
import Testing

@testable import TrawlService

/// A network that cuts, stalls, slows, splits and garbles: the index ends as without it.
/// TRAWL_SOAK_FAULTS says how many connections are hurt beneath TLS, and again without it, as if above it.
@Suite(.enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"), .serialized)
struct NetworkTests {
    static var faults: Int {
        ProcessInfo.processInfo.environment["TRAWL_SOAK_FAULTS"].flatMap(Int.init) ?? 12
    }

    private static func fault(_ random: inout SeededRandom) -> FaultProxy.Fault {
        var fault = FaultProxy.Fault()
        // In each part of a session alike: its greeting, its login, its few or many answers.
        let place = Int(exp(Double.random(in: 0...log(60_000), using: &random)))
        switch Int.random(in: 0..<6, using: &random) {
        case 0: fault.cutAfter = place
        case 1:
            fault.cutAfter = place
            fault.resets = true
        case 2: fault.stallAfter = place
        case 3:
            fault.pieceSize = 1
            fault.cutAfter = place / 10 + 1
        case 4:
            fault.pieceSize = 1_000
            fault.pauseMicroseconds = 500
            fault.cutAfter = place
        default: fault.garbleEvery = place
        }
        return fault
    }

    /// Beneath TLS nothing garbled gets through. Without TLS a garbled octet cannot be told from a meant one: then a
    /// comparison finds what it spoilt, and mends it.
    @Test(arguments: [AccountConfiguration.Security.tls, .none])
    func everyInterruptedSyncIsFinishedByThoseThatFollow(_ security: AccountConfiguration.Security) async throws {
        var harness = try SyncHarness(security: security)
        harness.environment.connection.responseTimeout = .seconds(1)
        harness.environment.connection.connectTimeout = .seconds(2)
        let seed = SeededRandom.announced("everyInterruptedSyncIsFinishedByThoseThatFollow(\(security))").seed
        let isOver = Switch()
        let proxy = try FaultProxy(to: harness.account.port) { number in
            guard !isOver.isSet else { return .none }
            var random = SeededRandom(seed: seed &+ UInt64(number))
            return Self.fault(&random)
        }
        defer { proxy.stop() }
        harness.account.port = proxy.port
        let user = harness.server.user.name
        for number in 1...60 {
            try harness.server.deliver(sampleMessage("letter \(number)", size: number * 100), to: user)
        }
        var failures = 0
        while proxy.faults < Self.faults {
            // There is always something to fetch.
            try harness.server.deliver(sampleMessage("between \(failures)", size: 5_000), to: user)
            do {
                try await harness.sync()
            } catch {
                failures += 1
            }
        }
        isOver.set()
        // A password that was garbled on its way makes Dovecot answer the next ones late.
        harness.environment.connection.responseTimeout = .seconds(30)
        try await harness.sync()
        print("\(proxy.faults) of \(proxy.connections) connections were hurt, \(failures) syncs failed")
        #expect(failures > 0)
        if security == .none {
            let verifier = Verifier(harness.synchronizer(), sample: .max)
            let spoilt = try await verifier.differences()
            print("\(spoilt.count) differences to mend")
            try await verifier.repair(spoilt)
            #expect(try await verifier.differences() == [])
        }
        #expect(try await harness.differences() == [])
        #expect(try harness.store.check().problems.isEmpty)
    }

    @Test func aPeerThatFallsSilentWhileWatchedIsNoticed() async throws {
        var harness = try SyncHarness()
        harness.account.pollInterval = 3_600
        harness.environment.connection.keepAliveInterval = .milliseconds(300)
        harness.environment.connection.keepAliveTimeout = .milliseconds(300)
        harness.environment.sleep = { try await Task.sleep(for: .seconds(min($0, 0.05))) }
        let proxy = try FaultProxy(to: harness.account.port)
        defer { proxy.stop() }
        harness.account.port = proxy.port
        let served = harness
        try await served.serving { _ in
            let isWatching = { try served.store.status().accounts.first?.state == "watching" }
            #expect(try await served.eventually { try isWatching() })
            proxy.pause()
            #expect(try await served.eventually(20) { try served.store.status().accounts.first?.lastError != nil })
            proxy.cutAll()
            proxy.resume()
            try served.server.deliver(sampleMessage("after the silence"), to: served.server.user.name)
            #expect(try await served.eventually(20) { try served.subjects("silence") == ["after the silence"] })
        }
    }
}

/// Off till it is set.
private final class Switch: Sendable {
    private let value = Mutex(false)

    var isSet: Bool { value.withLock { $0 } }

    func set() { value.withLock { $0 = true } }
}
