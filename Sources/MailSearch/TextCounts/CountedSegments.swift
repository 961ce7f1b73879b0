import CZlib

/// Which segments of the text index are counted: the oldest, and with them most of its text. What is newer is walked.
///
/// A segment never changes, but its number is given again once it is merged into another. So each is known by its last leaf
/// too: to the last leaf, each word and each document before it has its part in what stands there.
package struct CountedSegments: Hashable {
    package struct Segment: Hashable {
        var id: Int
        var lastPage: Int
        /// The CRC-32 of the last leaf.
        var check: UInt32
    }

    /// From the newest to the oldest.
    var segments: [Segment]
    /// Words that as many documents have are counted in pairs as well: two of which no pair was counted never stand side by
    /// side. Nil as long as they are being counted.
    package var fewestOfPaired: Int?

    /// The key in the table `setting`.
    package static let settingKey = "counted_segments"

    // MARK: As text

    /// How many documents words counted in pairs have, and the segments, a line each.
    package var text: String {
        let lines = segments.map { "\($0.id) \($0.lastPage) \($0.check)" }
        return ([fewestOfPaired.map(String.init) ?? ""] + lines).joined(separator: "\n")
    }

    /// Nil for what was not written by this version of it.
    init?(text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        guard let first = lines.first else { return nil }
        fewestOfPaired = Int(first)
        if !first.isEmpty, fewestOfPaired == nil { return nil }
        segments = []
        for line in lines.dropFirst() {
            let numbers = line.split(separator: " ")
            guard numbers.count == 3, let id = Int(numbers[0]), let lastPage = Int(numbers[1]),
                let check = UInt32(numbers[2])
            else { return nil }
            segments.append(Segment(id: id, lastPage: lastPage, check: check))
        }
    }

    /// Those that the index names; nil for none.
    package static func kept(in database: SQLiteDatabase) throws -> CountedSegments? {
        let statement = try SQLStatement.cached(database, "SELECT value FROM setting WHERE key = ?")
        statement.bind(1, settingKey)
        defer { statement.reset() }
        return try statement.step() ? CountedSegments(text: statement.text(0)) : nil
    }

    // MARK: In the index

    /// The parts of an index, in each the newest first.
    struct Split {
        var newer: [TextStructure.Part]
        var counted: [TextStructure.Part]
    }

    /// Whether they are what they were.
    package func stand(in database: SQLiteDatabase) throws -> Bool {
        try TextIndexReader.structure(database).flatMap { try split($0, database) } != nil
    }

    /// Nil where a segment is no longer what it was.
    func split(_ structure: TextStructure, _ database: SQLiteDatabase) throws -> Split? {
        let parts = structure.parts
        guard !segments.isEmpty, parts.count >= segments.count else { return nil }
        let split = Split(
            newer: Array(parts.dropLast(segments.count)), counted: Array(parts.suffix(segments.count)))
        for (segment, part) in zip(segments, split.counted) {
            guard let only = Self.only(part), only.id == segment.id, only.lastPage == segment.lastPage,
                only.firstPage == 1, try Self.check(only, database) == segment.check
            else { return nil }
        }
        return split
    }

    /// The segment of a part that no merge has under way.
    private static func only(_ part: TextStructure.Part) -> TextStructure.Segment? {
        part.layers.count == 1 && part.layers[0].count == 1 ? part.layers[0][0] : nil
    }

    private static func check(_ segment: TextStructure.Segment, _ database: SQLiteDatabase) throws -> UInt32? {
        let row = TextStructure.rowID(segment: Int64(segment.id), page: Int64(segment.lastPage))
        return try TextIndexReader.block(row, database).map { leaf in
            UInt32(truncatingIfNeeded: crc32_z(0, leaf, leaf.count))
        }
    }

    // MARK: The choice

    /// Those that are worth it; nil for none.
    static func chosen(
        in structure: TextStructure, _ limits: TextCountLimits, _ database: SQLiteDatabase
    ) throws -> CountedSegments? {
        let parts = structure.parts
        let pages = parts.map(pages)
        let all = pages.reduce(0, +)
        // The oldest, as far as none is being merged, up to the newest that is large.
        let whole = parts.reversed().prefix { only($0)?.firstPage == 1 }.count
        guard
            let newest = (parts.count - whole..<parts.count).first(where: { pages[$0] * limits.smallestPart >= all }),
            pages[newest...].reduce(0, +) >= limits.fewestPages
        else { return nil }
        let segments = try parts[newest...].map { part -> Segment? in
            guard let segment = only(part), let check = try check(segment, database) else { return nil }
            return Segment(id: segment.id, lastPage: segment.lastPage, check: check)
        }
        let known = segments.compactMap { $0 }
        return known.count == segments.count ? CountedSegments(segments: known) : nil
    }

    private init(segments: [Segment]) { self.segments = segments }

    /// Those that are to be counted, now or anew; nil where nothing is to be done.
    package static func due(_ limits: TextCountLimits, _ database: SQLiteDatabase) throws -> CountedSegments? {
        guard let structure = try TextIndexReader.structure(database),
            let chosen = try chosen(in: structure, limits, database)
        else { return nil }
        guard let kept = try kept(in: database), kept.fewestOfPaired != nil,
            let split = try kept.split(structure, database)
        else { return chosen }
        if try removals(database) > limits.mostRemovals / 2 { return chosen }
        let newer = split.newer.reduce(0) { $0 + pages(of: $1) }
        let all = structure.parts.reduce(0) { $0 + pages(of: $1) }
        return newer * limits.largestRest >= all && chosen.segments != kept.segments ? chosen : nil
    }

    private static func removals(_ database: SQLiteDatabase) throws -> Int {
        Int(try database.integer("SELECT count(*) FROM text_removal WHERE is_counted = 1") ?? 0)
    }

    private static func pages(of part: TextStructure.Part) -> Int {
        part.layers.joined().reduce(0) { $0 + $1.pages }
    }
}
