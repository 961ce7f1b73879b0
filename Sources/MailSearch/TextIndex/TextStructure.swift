/// FTS5's structure record: which segments make up the text index, by levels.
///
/// The format is that of FTS5's version 4, told at the top of SQLite's fts5_index.c. A record in any other form, as newer
/// releases write for tables of other kinds, is not understood.
package struct TextStructure: Hashable {
    package struct Segment: Hashable {
        package var id: Int
        package var firstPage: Int
        package var lastPage: Int
        package var pages: Int { lastPage - firstPage + 1 }

        package init(id: Int, firstPage: Int, lastPage: Int) {
            self.id = id
            self.firstPage = firstPage
            self.lastPage = lastPage
        }
    }

    package struct Level: Hashable {
        /// Of its segments, the first so many are being merged into the last of the level above.
        package var merging: Int
        /// From the oldest to the newest.
        package var segments: [Segment]
    }

    /// Changes with each change of the table's settings; kept as it is found.
    package var cookie: [UInt8]
    /// Leaves ever written to level 0, by which FTS5 would merge in steps of its own. It does not (see `v007-merges`), nor
    /// counts them; kept as it is found.
    package var writeCounter: UInt64
    package var levels: [Level]

    /// Segments of an index at most, and the largest number of one that FTS5 gives.
    package static let mostSegments = 2_000
    package static let mostPages = 1 << 31
    /// Segments at one level at which FTS5 merges them, whatever else it has to do.
    package static let crisisSegments = 16

    /// The version of FTS5's format that is known here.
    package static let version: Int64 = 4
    /// The row of `message_text_data` that holds the record.
    package static let row: Int64 = 10
    /// The row that holds how many documents there are, and how many words they have in each column.
    package static let averagesRow: Int64 = 1

    /// The number of a row that holds a leaf.
    package static func rowID(segment: Int64, page: Int64) -> Int64 { segment << 37 + page }

    /// nil where the record is not understood.
    package init?(_ record: [UInt8]) {
        var levels: [Level] = []
        var found: Set<Int> = []
        let writes = Self.read(record) {
            levels.append(Level(merging: $0, segments: []))
            return true
        } segment: {
            levels[levels.count - 1].segments.append($0)
            return found.insert($0.id).inserted
        }
        guard let writes else { return nil }
        (cookie, writeCounter, self.levels) = (Array(record[..<Self.cookieLength]), writes, levels)
    }

    private static let cookieLength = 4

    /// Goes through a record, from the lowest level on, in each from the oldest segment on.
    ///
    /// - Parameters:
    ///   - level: called with how many of a level's segments are being merged. It and `segment` tell whether to go on.
    /// - Returns: the leaves ever written; nil where it was not gone on, or the record is not understood.
    static func read(
        _ record: [UInt8], level: (_ merging: Int) throws -> Bool, segment: (Segment) throws -> Bool
    ) rethrows -> UInt64? {
        guard record.count > cookieLength else { return nil }
        var index = cookieLength
        func number(_ most: Int) -> Int? {
            guard let value = TextVarint.read(record, &index), value <= UInt64(most) else { return nil }
            return Int(value)
        }
        guard let levelCount = number(mostSegments), let segmentCount = number(mostSegments),
            let writes = TextVarint.read(record, &index)
        else { return nil }
        var rest = segmentCount
        var mergingBelow = 0
        for place in 0..<levelCount {
            guard let merging = number(mostSegments), let count = number(mostSegments), merging <= count,
                place + 1 < levelCount || merging == 0, count > 0 || mergingBelow == 0, try level(merging)
            else { return nil }
            mergingBelow = merging
            rest -= count
            for _ in 0..<count {
                guard let id = number(Int(UInt16.max)), let first = number(mostPages), let last = number(mostPages),
                    id > 0, first <= last, try segment(Segment(id: id, firstPage: first, lastPage: last))
                else { return nil }
            }
        }
        return rest == 0 && index == record.count ? writes : nil
    }

    package var record: [UInt8] {
        var bytes = cookie
        TextVarint.append(UInt64(levels.count), to: &bytes)
        TextVarint.append(UInt64(levels.reduce(0) { $0 + $1.segments.count }), to: &bytes)
        TextVarint.append(writeCounter, to: &bytes)
        for level in levels {
            TextVarint.append(UInt64(level.merging), to: &bytes)
            TextVarint.append(UInt64(level.segments.count), to: &bytes)
            for segment in level.segments {
                TextVarint.append(UInt64(segment.id), to: &bytes)
                TextVarint.append(UInt64(segment.firstPage), to: &bytes)
                TextVarint.append(UInt64(segment.lastPage), to: &bytes)
            }
        }
        return bytes
    }

    /// Segments of which any may have words of a document: one alone, or those that a merge has under way.
    package struct Part: Hashable {
        /// From the newest on. Between two pieces of a merge the first words of all stand in its output, the last layer, and
        /// the rest in its inputs: a word is in one layer, and of what stands in one layer a document is in one segment.
        package var layers: [[Segment]]
    }

    /// The segments that hold words, from the newest on.
    package var parts: [Part] {
        var parts: [Part] = []
        var isOutput = false
        for level in levels {
            var isInput = false
            for (age, segment) in level.segments.enumerated().reversed() {
                if isOutput {
                    parts[parts.count - 1].layers.append([segment])
                } else if isInput {
                    let layer = parts[parts.count - 1].layers.count - 1
                    parts[parts.count - 1].layers[layer].append(segment)
                } else {
                    parts.append(Part(layers: [[segment]]))
                }
                // What is an output of one merge and an input of the next has words of its own.
                if isOutput, age < level.merging, age > 0 {
                    parts[parts.count - 1].layers.append([])
                }
                isInput = age > 0 && age <= level.merging - 1
                isOutput = false
            }
            // The last of the level above is what they are being merged into.
            isOutput = level.merging > 0
        }
        return parts.compactMap { part in
            let layers = part.layers.map { $0.filter { $0.firstPage > 0 } }.filter { !$0.isEmpty }
            return layers.isEmpty ? nil : Part(layers: layers)
        }
    }

    /// One more segment at the lowest level has FTS5 merge that level, when it next writes a segment of its own.
    package var isNearCrisis: Bool { (levels.first?.segments.count ?? 0) >= Self.crisisSegments - 1 }

    /// The smallest number that no segment has; nil where there are as many as there may be.
    package var freeID: Int? {
        let used = Set(levels.lazy.flatMap(\.segments).map(\.id))
        guard used.count < Self.mostSegments else { return nil }
        return (1...Self.mostSegments).first { !used.contains($0) }
    }

    /// Adds the newest segment. As FTS5 does, smaller ones of the levels above come down beside it: they are merged with
    /// their like.
    package mutating func add(_ segment: Segment) {
        if levels.isEmpty { levels.append(Level(merging: 0, segments: [])) }
        levels[0].segments.append(segment)
        guard levels[0].merging == 0 else { return }
        for level in levels.indices.dropFirst() {
            guard levels[level].merging == 0 else { return }
            while let newest = levels[level].segments.last {
                guard newest.pages <= segment.pages else { return }
                levels[level].segments.removeLast()
                levels[0].segments.insert(newest, at: 0)
            }
        }
    }
}
