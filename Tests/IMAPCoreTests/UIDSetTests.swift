import IMAPCore
import Testing

@Suite struct UIDSetTests {
    @Test(arguments: [
        ("1", "1"), ("1:3", "1:3"), ("3:1", "1:3"), ("1,2,3", "1:3"), ("5,1:3,4", "1:5"), ("7:9,1:8", "1:9"),
        ("1:*", "1:4294967295"), ("*", "4294967295"), ("4294967295", "4294967295"), ("2,4,6", "2,4,6"),
        ("1:1", "1"), ("10:12,1,12:20", "1,10:20"),
    ])
    func readsAnyOrderAndWritesOne(wire: String, normal: String) {
        #expect(UIDSet(wire: wire)?.wireForm == normal)
    }

    @Test(arguments: [
        "", "0", "0:4", "1,", ",1", "1:", ":1", "a", "1 2", "4294967296", "1::2", "-1", "1:2:3", "99999999999999999999",
    ])
    func refusesWhatIsNoSet(wire: String) {
        #expect(UIDSet(wire: wire) == nil)
    }

    /// Against Swift's own sets, on small numbers.
    @Test func agreesWithAPlainSet() {
        let seed: UInt64 = 20_240_501
        var generator = SeededGenerator(seed: seed)
        for round in 0..<300 {
            var a = UIDSet()
            var b = UIDSet()
            var plainA = Set<UInt32>()
            var plainB = Set<UInt32>()
            for _ in 0..<Int.random(in: 0...12, using: &generator) {
                let low = UInt32.random(in: 1...60, using: &generator)
                let high = low + UInt32.random(in: 0...8, using: &generator)
                guard let lower = UID(low), let upper = UID(high) else { continue }
                if Bool.random(using: &generator) {
                    a.insert(lower...upper)
                    plainA.formUnion(low...high)
                } else {
                    b.insert(lower...upper)
                    plainB.formUnion(low...high)
                }
            }
            let name = Comment(rawValue: "seed \(seed), round \(round): \(a) and \(b)")
            #expect(numbers(a) == plainA.sorted(), name)
            #expect(numbers(a.union(b)) == plainA.union(plainB).sorted(), name)
            #expect(numbers(a.subtracting(b)) == plainA.subtracting(plainB).sorted(), name)
            #expect(numbers(a.intersection(b)) == plainA.intersection(plainB).sorted(), name)
            #expect(a.count == plainA.count, name)
            #expect(a.isSuperset(of: b) == plainA.isSuperset(of: plainB), name)
            for number in UInt32(1)...70 {
                #expect(UID(number).map(a.contains) == plainA.contains(number), name)
            }
            if !a.isEmpty { #expect(UIDSet(wire: a.wireForm) == a, name) }
            for newestFirst in [false, true] {
                let windows = a.windows(of: 7, newestFirst: newestFirst)
                #expect(windows.dropLast().allSatisfy { $0.count == 7 }, name)
                #expect(windows.allSatisfy { !$0.isEmpty && $0.count <= 7 }, name)
                #expect(numbers(UIDSet(ranges: windows.flatMap(\.ranges))) == plainA.sorted(), name)
                let ordered = newestFirst ? windows.reversed() : windows
                #expect(ordered.flatMap(numbers) == plainA.sorted(), name)
            }
        }
    }

    private func numbers(_ set: UIDSet) -> [UInt32] { set.map(\.rawValue) }

    @Test func holdsTheLargestUIDWithoutOverflow() {
        var set = UIDSet(UID.max)
        set.insert(UID.max)
        set.insert(4_294_967_294)
        #expect(set.wireForm == "4294967294:4294967295")
        #expect(set.windows(of: 1).map(\.wireForm) == ["4294967294", "4294967295"])
        #expect(set.windows(of: .max, newestFirst: true).count == 1)
        #expect(UIDSet(wire: "1:*")?.count == 4_294_967_295)
        #expect(UIDSet(wire: "1:*")?.subtracting([1, .max]).wireForm == "2:4294967294")
        #expect(Array(set).count == 2)
    }

    @Test func zeroIsNoUID() {
        #expect(UID(rawValue: 0) == nil)
        #expect(UIDSet(rawRanges: [0...0]).isEmpty)
        #expect(UIDSet(rawRanges: [0...2]).wireForm == "1:2")
    }
}
