import Synchronization
import Testing

@testable import TrawlService

struct ChangeRelayTests {
    /// What is called must not lie deeper in the stack each time: a closure that a Mutex holds by itself is wrapped once
    /// more whenever the lock is taken.
    @Test func tellingCostsTheSameHoweverOftenItIsDone() {
        let relay = ChangeRelay()
        let depths = Mutex<Set<UInt>>([])
        relay.set {
            var here = 0
            let address = withUnsafePointer(to: &here) { UInt(bitPattern: $0) }
            depths.withLock { _ = $0.insert(address) }
        }
        for _ in 0..<2_000 { relay.tell() }
        #expect(depths.withLock { $0.count } == 1)
    }
}
