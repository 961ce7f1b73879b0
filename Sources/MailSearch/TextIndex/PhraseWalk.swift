/// Goes through the documents that have all of some words, in one of the index's parts.
final class PhraseWalk {
    /// From the rarest word on.
    private let streams: UnsafeMutableBufferPointer<PostingStream>
    /// Of each stream, its word's place in the phrase.
    private let places: [Int]
    /// The words' positions in the document at hand, in the order of the phrase, valid until the next.
    let lists: PhraseMatcher.Lists

    /// The documents with the rarest word in newer parts: what this one says of them is not looked at.
    private let newer: DocumentSet
    private let hasNewer: Bool
    private let isOldest: Bool
    private let ids: Range<Int64>

    /// - Parameters:
    ///   - streams: of the words, at least one, from the rarest on.
    ///   - places: where they stand in the phrase.
    ///   - newer: of the parts before; this one's come to it.
    ///   - ids: of the documents that are wanted.
    init(
        _ streams: [PostingStream], places: [Int], newer: DocumentSet, isNewest: Bool, isOldest: Bool, ids: Range<Int64>
    ) {
        self.streams = .allocate(capacity: streams.count)
        _ = self.streams.initialize(from: streams)
        self.places = places
        lists = .allocate(capacity: streams.count)
        lists.initialize(repeating: UnsafeBufferPointer(start: nil, count: 0))
        self.newer = newer
        hasNewer = !isNewest
        self.isOldest = isOldest
        self.ids = ids
    }

    deinit {
        for stream in streams { stream.deallocate() }
        streams.deallocate()
        lists.deallocate()
    }

    var id: Int64 { streams[0].id }

    /// Goes to the next document; false at the end.
    func next() throws -> Bool {
        documents: while try streams[0].next() {
            let id = streams[0].id
            if id < ids.lowerBound { continue }
            if id >= ids.upperBound { return false }
            // A part has each document once.
            let isPassed = try isOldest ? hasNewer && newer.contains(id) : !newer.insert(id)
            if isPassed || streams[0].length == 0 { continue }
            for index in 1..<streams.count {
                try streams[index].advance(to: id)
                let found = streams[index].id
                if found == id, streams[index].length > 0 { continue }
                if isOldest {
                    if found == .max { return false }
                    try streams[0].pass(to: found)
                }
                continue documents
            }
            for (index, place) in places.enumerated() { lists[place] = streams[index].positions }
            return true
        }
        return false
    }
}
