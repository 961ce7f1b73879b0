import Foundation
import NIOCore
import Synchronization
import TestSupport
import Testing

@testable import TrawlService

@Suite struct RPCHelperTests {
    private let call = RPCCall(deadline: .distantFuture)

    /// Waits for what another thread does; false if it doesn't.
    private func soon(_ condition: () -> Bool) -> Bool {
        for _ in 0..<2_000 where !condition() { usleep(1_000) }
        return condition()
    }

    @Test func aThreadThatLooksOutDoesTheWork() async throws {
        let readers = RPCReaders(count: 2, cores: 2)
        let helper = RPCHelper(readers, for: call)
        let count = Counter()
        helper.prepare()
        helper.help { count.add() }
        #expect(soon { count.value == 1 })
        // Asked again, by a search of many hits.
        #expect(soon { readers.hasIdleCore })
        helper.help { count.add() }
        #expect(soon { count.value == 2 })
        helper.dismiss()
        try await readers.shutdown()
        #expect(count.value == 2)
    }

    @Test func onceItHasHelpedItStaysAwakeUntilTheAnswer() async throws {
        let readers = RPCReaders(count: 1, cores: 1)
        for patience in [TimeAmount.seconds(100), .milliseconds(50)] {
            let call = RPCCall(deadline: .distantFuture)
            let helper = RPCHelper(readers, for: call, patience: patience)
            let done = Counter()
            helper.prepare()
            helper.help { done.add() }
            #expect(soon { done.value == 1 })
            helper.dismiss()
            if patience > .seconds(1) {
                usleep(20_000)
                #expect(!readers.hasIdleCore)
                #expect(call.takeAnswer())
            }
            #expect(soon { readers.hasIdleCore })
        }
        try await readers.shutdown()
    }

    @Test func afterItsPatienceItIsCalledAnew() async throws {
        let readers = RPCReaders(count: 2, cores: 1)
        let helper = RPCHelper(readers, for: call)
        helper.prepare()
        #expect(soon { readers.hasIdleCore })
        let done = Counter()
        helper.help { done.add() }
        #expect(soon { done.value == 1 })
        helper.dismiss()
        try await readers.shutdown()
    }

    @Test func whereNoCoreIsIdleNobodyHelps() async throws {
        let readers = RPCReaders(count: 4, cores: 2)
        let mayEnd = DispatchSemaphore(value: 0)
        for _ in 0..<2 { readers.submit { mayEnd.wait() } }
        let helper = RPCHelper(readers, for: call)
        let done = Counter()
        helper.prepare()
        helper.help { done.add() }
        helper.dismiss()
        for _ in 0..<2 { mayEnd.signal() }
        try await readers.shutdown()
        #expect(done.value == 0)
    }

    @Test func afterTheSearchNothingIsLookedOutFor() async throws {
        let readers = RPCReaders(count: 1, cores: 8)
        for _ in 0..<100 {
            let helper = RPCHelper(readers, for: call)
            helper.prepare()
            helper.dismiss()
        }
        // The one thread is through with all of them.
        let done = Counter()
        readers.submit { done.add() }
        #expect(soon { done.value == 1 })
        try await readers.shutdown()
    }

    @Test func workIsDoneOnceAtMost() async throws {
        var random = SeededRandom.announced("a helper's work")
        let readers = RPCReaders(count: 3, cores: 2)
        for _ in 0..<2_000 {
            let helper = RPCHelper(readers, for: call)
            let counts = [Counter(), Counter()]
            if random.chance(percent: 80) { helper.prepare() }
            usleep(random.chance(percent: 20) ? UInt32.random(in: 0...700, using: &random) : 0)
            for counter in counts where random.chance(percent: 60) { helper.help { counter.add() } }
            helper.dismiss()
            #expect(counts.allSatisfy { $0.value <= 1 })
        }
        try await readers.shutdown()
    }

    private final class Counter: Sendable {
        private let count = Mutex(0)
        var value: Int { count.withLock { $0 } }
        func add() { count.withLock { $0 += 1 } }
    }
}
