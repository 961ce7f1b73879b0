import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

@Suite("FTS5's records")
struct TextStructureTests {
    private func structure(_ levels: [[(id: Int, pages: Int)]], merging: [Int] = []) throws -> TextStructure {
        var bytes: [UInt8] = [0, 0, 0, 9]
        for number in [levels.count, levels.reduce(0) { $0 + $1.count }, 300] {
            TextVarint.append(UInt64(number), to: &bytes)
        }
        for (index, level) in levels.enumerated() {
            TextVarint.append(UInt64(merging.indices.contains(index) ? merging[index] : 0), to: &bytes)
            TextVarint.append(UInt64(level.count), to: &bytes)
            for segment in level {
                for number in [segment.id, 1, segment.pages] { TextVarint.append(UInt64(number), to: &bytes) }
            }
        }
        return try #require(TextStructure(bytes))
    }

    private func sizes(_ structure: TextStructure) -> [[Int]] { structure.levels.map { $0.segments.map(\.pages) } }

    @Test("numbers of any length are read as they were written")
    func varints() {
        let values: [UInt64] = [
            0, 1, 127, 128, 16_383, 16_384, 1 << 21 - 1, 1 << 28, 1 << 35, 1 << 49, 1 << 56 - 1, 1 << 56, .max,
        ]
        for value in values {
            var bytes: [UInt8] = []
            TextVarint.append(value, to: &bytes)
            #expect(bytes.count == TextVarint.length(value))
            var index = 0
            #expect(TextVarint.read(bytes, &index) == value)
            #expect(index == bytes.count)
            bytes.withUnsafeBufferPointer { buffer in
                guard let start = buffer.baseAddress else { return }
                #expect(TextVarint.get(start) == (value, bytes.count))
            }
            var short = 0
            #expect(TextVarint.read(Array(bytes.dropLast()), &short) == nil)
        }
    }

    @Test("a structure is written as it was read")
    func roundTrip() throws {
        let made = try structure([[(4, 1), (2, 30)], [(1, 400)]], merging: [1])
        #expect(TextStructure(made.record) == made)
        #expect(made.levels[0].merging == 1)
        #expect(made.freeID == 3)
    }

    @Test("a new segment stands at the lowest level, and smaller ones above come down beside it")
    func promotion() throws {
        var grown = try structure([[(1, 5)], [(2, 100), (3, 8), (4, 7)], [(5, 6)]])
        grown.add(TextStructure.Segment(id: 6, firstPage: 1, lastPage: 10))
        #expect(sizes(grown) == [[8, 7, 5, 10], [100], [6]])
        #expect(grown.writeCounter == 300)
        grown = try structure([[(1, 5), (7, 5)], [(2, 3), (3, 3)]], merging: [1])
        grown.add(TextStructure.Segment(id: 6, firstPage: 1, lastPage: 10))
        #expect(sizes(grown) == [[5, 5, 10], [3, 3]])
    }

    @Test("what is no structure, or one of a form that isn't known, is not understood")
    func refused() throws {
        let good = try structure([[(4, 1), (2, 30)], [(1, 400)]]).record
        for count in 0..<good.count { #expect(TextStructure(Array(good[..<count])) == nil) }
        #expect(TextStructure(good + [0]) == nil)
        // FTS5's second form.
        #expect(TextStructure([0, 0, 0, 1, 0xFF, 0, 0, 1] + good[4...]) == nil)
        var random = SeededRandom.announced("broken structures")
        for _ in 0..<20_000 {
            var broken = good
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                broken[Int.random(in: 0..<broken.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            if let read = TextStructure(broken) { #expect(TextStructure(read.record) == read) }
        }
    }

    @Test("as many segments as FTS5 may have are too many for one more")
    func mostSegments() throws {
        let full = try structure([(1...TextStructure.mostSegments).map { ($0, 1) }])
        #expect(full.freeID == nil)
    }

    @Test("what a merge has under way stands together, from the newest on")
    func parts() throws {
        var structure = try structure(
            [[(1, 9), (2, 9), (3, 9), (4, 9)], [(5, 9), (6, 9)], [(7, 9), (8, 9)], [(9, 9)]], merging: [2, 0, 2])
        func ids(_ structure: TextStructure) -> [[[Int]]] { structure.parts.map { $0.layers.map { $0.map(\.id) } } }
        #expect(ids(structure) == [[[4]], [[3]], [[2, 1], [6]], [[5]], [[8, 7], [9]]])
        // All of its words have been moved.
        structure.levels[0].segments[1].firstPage = 0
        structure.levels[0].segments[1].lastPage = 0
        #expect(ids(structure) == [[[4]], [[3]], [[1], [6]], [[5]], [[8, 7], [9]]])
        structure.levels[1].merging = 2
        #expect(ids(structure) == [[[4]], [[3]], [[1], [6], [5], [8], [7], [9]]])
        structure.levels = []
        #expect(structure.parts.isEmpty)
    }
}
