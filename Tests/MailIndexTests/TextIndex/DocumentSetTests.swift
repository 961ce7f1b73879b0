import TestSupport
import Testing

@testable import MailSearch

@Suite("Sets of documents")
struct DocumentSetTests {
    private static func ids(_ random: inout SeededRandom) -> Set<Int64> {
        let reach: Int64 = [300, 60_000, 4_000_000, 1 << 40][Int.random(in: 0..<4, using: &random)]
        let base = Int64.random(in: 0...reach, using: &random)
        let ids = (0..<Int.random(in: 0...4_000, using: &random)).map { _ in
            base + Int64.random(in: 0...reach, using: &random)
        }
        // Some mail has a date of long ago, or of days to come.
        let strays = (0..<(random.chance(percent: 50) ? 5 : 0)).map { _ in
            Int64.random(in: -1 << 41...1 << 41, using: &random)
        }
        return Set(ids + strays)
    }

    /// In any order, or in runs that ascend, as lists have them.
    private static func make(_ ids: Set<Int64>, _ random: inout SeededRandom) throws -> DocumentSet {
        let set = DocumentSet()
        let inOrder = random.chance(percent: 50) ? Array(ids) : ids.sorted { ($0 % 3, $0) < ($1 % 3, $1) }
        for id in inOrder {
            let isNew = try set.insert(id)
            #expect(isNew)
        }
        for id in inOrder.prefix(20) {
            let isNew = try set.insert(id)
            #expect(!isNew)
        }
        #expect(set.count == ids.count)
        return set
    }

    private static func list(_ set: DocumentSet, isAscending: Bool) -> [Int64] {
        var cursor = set.cursor(isAscending: isAscending)
        var ids: [Int64] = []
        while let id = cursor.next() { ids.append(id) }
        return ids
    }

    @Test("hold what sets hold, joined, met and taken away, and tell it in order")
    func model() throws {
        var random = SeededRandom.announced("sets of documents")
        for _ in 0..<60 {
            let (one, other) = (Self.ids(&random), Self.ids(&random).union(Self.ids(&random)))
            let mixed = one.union(other.prefix(other.count / 2))
            for (expected, change) in [
                (mixed.union(other), { try $0.formUnion($1) }),
                (mixed.intersection(other), { $0.formIntersection($1) }),
                (mixed.subtracting(other), { $0.subtract($1) }),
            ] as [(Set<Int64>, (DocumentSet, DocumentSet) throws -> Void)] {
                let set = try Self.make(mixed, &random)
                try change(set, Self.make(other, &random))
                #expect(set.count == expected.count)
                #expect(Self.list(set, isAscending: true) == expected.sorted())
                #expect(Self.list(set, isAscending: false) == expected.sorted(by: >))
                for id in one.prefix(20) { #expect(set.contains(id) == expected.contains(id)) }
            }
        }
    }

    @Test("have a limit")
    func limit() throws {
        let set = DocumentSet()
        for page in 0..<Int64(DocumentSet.mostPages) { try set.insert(page << DocumentSet.bitsOfPage) }
        try set.insert(17)
        #expect(set.count == DocumentSet.mostPages + 1)
        #expect(throws: UnreadableTextIndex.self) { try set.insert(1 << 60) }
    }
}
