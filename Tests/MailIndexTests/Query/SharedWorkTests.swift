import Foundation
import Synchronization
import TestSupport
import Testing

@testable import MailSearch

@Suite("Work shared with a helper")
struct SharedWorkTests {
    /// Lends threads, or none, or some that come late.
    private final class Helper: SearchHelper {
        enum Kind: CaseIterable {
            case none, prompt, slow, late
        }

        private let kind: Kind
        private let group = DispatchGroup()
        private let kept = Mutex<[@Sendable () -> Void]>([])
        let asked = Atomic<Int>(0)

        init(_ kind: Kind) { self.kind = kind }

        func prepare() {}

        func help(_ work: @escaping @Sendable () -> Void) {
            asked.add(1, ordering: .relaxed)
            switch kind {
            case .none: break
            case .prompt: DispatchQueue.global().async(group: group, execute: work)
            case .slow:
                DispatchQueue.global().async(group: group) {
                    usleep(200)
                    work()
                }
            case .late: kept.withLock { $0.append(work) }
            }
        }

        /// Ends what was asked for, as late as it may be.
        func finish() {
            for work in kept.withLock({ $0 }) { work() }
            group.wait()
        }
    }

    private struct Fault: Error {
        var number: Int
    }

    @Test("each piece is done once, by whoever is there, and the outputs stand in order")
    func order() throws {
        var random = SeededRandom.announced("shared work")
        for _ in 0..<400 {
            let kind = try #require(Helper.Kind.allCases.randomElement(using: &random))
            let helper = Helper(kind)
            let count = [0, 1, 2, 3, 20, 200].randomElement(using: &random) ?? 0
            let pauses = (0..<count).map { _ in
                random.chance(percent: 10) ? UInt32.random(in: 0...50, using: &random) : 0
            }
            let times = Mutex([Int](repeating: 0, count: count))
            let works = Atomic<Int>(0)
            let work = SharedWork<Int, String>(helper: helper) {
                works.add(1, ordering: .relaxed)
                return { number in
                    usleep(pauses[number])
                    times.withLock { $0[number] += 1 }
                    return "\(number)"
                }
            }
            let outputs = try work.outputs { add in
                for number in 0..<count {
                    if pauses[number] == 7 { usleep(100) }
                    add(number)
                }
            }
            #expect(outputs == (0..<count).map { "\($0)" })
            helper.finish()
            #expect(times.withLock { $0 } == [Int](repeating: 1, count: count))
            // One of one's own for each thread, and each time that it came.
            #expect(works.load(ordering: .relaxed) <= 1 + helper.asked.load(ordering: .relaxed))
            #expect(helper.asked.load(ordering: .relaxed) > 0 || count < 2)
        }
    }

    @Test("what a piece throws is thrown, once all are done with", arguments: [false, true])
    func faults(isHelped: Bool) {
        let helper = Helper(isHelped ? .prompt : .none)
        defer { helper.finish() }
        let done = Atomic<Int>(0)
        let work = SharedWork<Int, Int>(helper: helper) {
            { number in
                usleep(20)
                done.add(1, ordering: .relaxed)
                if number % 7 == 3 { throw Fault(number: number) }
                return number
            }
        }
        #expect(throws: Fault.self) { try work.outputs { add in for number in 0..<30 { add(number) } } }
        #expect(done.load(ordering: .relaxed) == 30)
    }

    @Test("where no more can be prepared, nothing is waited for", arguments: [false, true])
    func preparing(isHelped: Bool) {
        let helper = Helper(isHelped ? .prompt : .none)
        let work = SharedWork<Int, Int>(helper: helper) { { $0 } }
        #expect(throws: Fault.self) {
            try work.outputs { add in
                for number in 0..<5 { add(number) }
                throw Fault(number: 5)
            }
        }
        helper.finish()
    }

    @Test("few wait at a time")
    func waiting() throws {
        let done = Atomic<Int>(0)
        let work = SharedWork<Int, Int>(helper: Helper(.none)) {
            { number in
                done.add(1, ordering: .relaxed)
                return number
            }
        }
        _ = try work.outputs { add in
            for number in 0..<1_000 {
                add(number)
                #expect(number - done.load(ordering: .relaxed) < 64)
            }
        }
    }
}
