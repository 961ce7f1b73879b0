import TestSupport
import Testing

@testable import MailSearch

/// Words' positions beside one another, as FTS5 lays them down.
@Suite("Words one behind the other")
struct PhraseMatcherTests {
    private static func encode(_ places: [[Int]]) -> [UInt8] {
        var bytes: [UInt8] = []
        for (column, positions) in places.enumerated() where !positions.isEmpty {
            if column > 0 { bytes += [1, UInt8(column)] }
            var last = 0
            for position in positions {
                TextVarint.append(UInt64(position - last + 2), to: &bytes)
                last = position
            }
        }
        return bytes
    }

    /// Calls `body` with the lists, each with octets behind it that are not its own.
    private static func with<R>(_ lists: [[UInt8]], _ body: (PhraseMatcher.Lists) throws -> R) rethrows -> R {
        let memory = lists.map { list in
            let padded = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: list.count + 8)
            _ = padded.initialize(from: list + [3, 2, 129, 1, 1, 5, 2, 2])
            return padded
        }
        defer { for padded in memory { padded.deallocate() } }
        var buffers = zip(memory, lists).map { UnsafeBufferPointer(start: $0.baseAddress, count: $1.count) }
        return try buffers.withUnsafeMutableBufferPointer { try body($0) }
    }

    @Test("found by marks as they are place by place, near and far, in every column")
    func random() throws {
        var random = SeededRandom.announced("positions")
        let all = PositionList.columns
        var found = 0
        for round in 0..<4_000 {
            // Gaps that take one octet, two and three; texts that go further than marks do.
            let widest = [3, 40, 127, 130, 300, 2_000, 20_000][Int.random(in: 0..<7, using: &random)]
            let words = Int.random(in: 2...4, using: &random)
            var places = [[[Int]]](repeating: [[Int]](repeating: [], count: all.count), count: words)
            for word in 0..<words {
                for column in all.indices where random.chance(percent: column == 0 ? 90 : 25) {
                    var position = Int.random(in: 0...widest, using: &random)
                    for _ in 0..<Int.random(in: 1...30, using: &random) {
                        places[word][column].append(position)
                        position += Int.random(in: 1...widest, using: &random)
                    }
                }
            }
            // Phrases are rare among such.
            if random.chance(percent: 40) {
                let column = Int.random(in: 0..<all.count, using: &random)
                let start = Int.random(in: 0...(widest * 10), using: &random)
                for word in 0..<words {
                    places[word][column] = Set(places[word][column] + [start + word]).sorted()
                }
            }
            let columns: TextColumns =
                round.isMultiple(of: 2) ? .all : TextColumns([all.randomElement(using: &random) ?? .body, .subject])
            var expected: [PositionList.Place] = []
            for column in all.indices where columns.contains(all[column]) {
                let following = places.map { Set($0[column]) }
                expected += places[0][column].filter { start in
                    following.indices.allSatisfy { following[$0].contains(start + $0) }
                }.map { UInt32(column) << PositionList.positionBits + UInt32($0 + words) }
            }
            if !expected.isEmpty { found += 1 }
            var matcher = PhraseMatcher(words: words, columns)
            try Self.with(places.map(Self.encode)) { lists in
                // Again by the marks of before.
                for _ in 0..<2 {
                    let isPhrase = try matcher.matches(lists)
                    #expect(isPhrase == !expected.isEmpty)
                }
                let ends = Array(try matcher.ends(lists))
                #expect(ends == expected)
            }
        }
        #expect(found > 500)
    }

    @Test("marks of thousands of documents before tell nothing of the next")
    func marksAnew() throws {
        var matcher = PhraseMatcher(words: 2, .all)
        for document in 0..<200_000 {
            let position = document % 50
            let lists = [Self.encode([[position]]), Self.encode([[position + 1 + document % 3]])]
            let isPhrase = try Self.with(lists) { try matcher.matches($0) }
            guard isPhrase == document.isMultiple(of: 3) else {
                Issue.record("document \(document)")
                return
            }
        }
    }

    @Test("positions that make no sense are refused, or read as something", arguments: [0, 1, 2])
    func damaged(_ columns: Int) throws {
        var random = SeededRandom.announced("damaged positions")
        var matcher = PhraseMatcher(words: 2, [.all, .body, .subject][columns])
        for _ in 0..<20_000 {
            let lists = (0..<2).map { _ in
                (0..<Int.random(in: 1...20, using: &random)).map { _ in UInt8.random(in: 0...255, using: &random) }
            }
            Self.with(lists) { lists in
                _ = try? matcher.matches(lists)
                _ = try? matcher.ends(lists)
            }
        }
    }
}
