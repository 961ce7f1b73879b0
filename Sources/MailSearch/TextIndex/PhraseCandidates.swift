/// Documents that may have a phrase: what is left after each of its words.
///
/// The rarest word of the phrase makes them (``Beginning``), and each other word takes those away that it does not follow
/// (``Following``).
final class PhraseCandidates {
    private typealias Place = PositionList.Place

    /// A document, and where its positions begin: as the index has them for the first word, places after that.
    private struct Document: BitwiseCopyable {
        var id: Int64
        var first: Int
        var count: Int
        /// Whether the word that is looked for now was found behind one of them.
        var isFound: Bool
    }

    /// Octets of positions at most.
    static let mostPositions = 64 << 20

    private let documents = Block<Document>()
    private let columns: TextColumns
    /// The place of the first word in the phrase.
    private let offset: Place
    /// Positions of the first word.
    private let positions = Block<UInt8>()
    /// Places where the phrase may begin.
    private let places = Block<Place>()
    private var hasPlaces = false
    private let filter = PlaceFilter()

    deinit { filter.deallocate() }

    /// - Parameters:
    ///   - columns: those that the phrase may stand in.
    ///   - offset: the place of the first word in the phrase.
    init(_ columns: TextColumns, offset: Int) {
        self.columns = columns
        self.offset = Place(offset)
    }

    var count: Int { documents.count }

    /// A word that makes the candidates.
    struct Beginning: PostingSink {
        static let readsPositions = true
        private let documents: Block<Document>
        private let positions: Block<UInt8>

        init(_ candidates: PhraseCandidates) {
            documents = candidates.documents
            positions = candidates.positions
        }

        @inline(__always)
        mutating func take(_ id: Int64, _ positions: UnsafeBufferPointer<UInt8>) throws(UnreadableTextIndex) {
            let first = self.positions.count
            guard first <= PhraseCandidates.mostPositions else { throw UnreadableTextIndex() }
            self.positions.append(contentsOf: positions)
            documents.append(Document(id: id, first: first, count: positions.count, isFound: false))
        }
    }

    /// Another word of the phrase.
    struct Following: PostingSink {
        static let readsPositions = true
        private let documents: UnsafeMutableBufferPointer<Document>
        /// Not the candidates themselves: to hold on to an object and let it go for each document takes as long as the rest.
        private let positions: UnsafePointer<UInt8>
        private let places: Block<Place>
        private let filter: PlaceFilter
        private let columns: TextColumns
        private let firstOffset: Place
        private let hasPlaces: Bool
        private let offset: Place
        private let isLast: Bool
        private var index = 0

        /// - Parameters:
        ///   - offset: the word's place in the phrase.
        ///   - isLast: it is enough to know which documents have it, and as one of several words that begin alike, it leaves
        ///     the places of others as they are.
        init(_ candidates: PhraseCandidates, offset: Int, isLast: Bool) {
            documents = UnsafeMutableBufferPointer(
                start: candidates.documents.start, count: candidates.documents.count)
            positions = UnsafePointer(candidates.positions.start)
            places = candidates.places
            filter = candidates.filter
            columns = candidates.columns
            firstOffset = candidates.offset
            hasPlaces = candidates.hasPlaces
            self.offset = Place(offset)
            self.isLast = isLast
        }

        mutating func begin() { index = 0 }

        @inline(__always)
        mutating func take(_ id: Int64, _ positions: UnsafeBufferPointer<UInt8>) throws(UnreadableTextIndex) {
            while index < documents.count, documents[index].id < id { index &+= 1 }
            guard index < documents.count, documents[index].id == id, !documents[index].isFound else { return }
            if hasPlaces {
                try followPlaces(positions)
            } else {
                try followPositions(positions)
            }
        }

        private func followPositions(_ positions: UnsafeBufferPointer<UInt8>) throws(UnreadableTextIndex) {
            let document = documents[index]
            let first = UnsafeBufferPointer(start: self.positions + document.first, count: document.count)
            // Few of the documents that have both words have the one behind the other.
            if try filter.stand(first, offset &- firstOffset, before: positions) {
                try follow(first, positions)
            } else if !isLast {
                documents[index].count = 0
            }
        }

        private func follow(
            _ words: UnsafeBufferPointer<UInt8>, _ positions: UnsafeBufferPointer<UInt8>
        ) throws(UnreadableTextIndex) {
            var earlier = PositionList.Places(words)
            var later = PositionList.Places(positions)
            let isAnywhere = columns == .all
            let first = places.count
            let least = firstOffset
            var place = try earlier.read()
            var sought = try later.read()
            while let one = place, let other = sought {
                // A phrase doesn't begin before its column does.
                let isTooEarly = one & PositionList.mostPosition < least
                let start = one &- least
                if isTooEarly || start &+ offset < other {
                    place = try earlier.read()
                } else if start &+ offset > other {
                    sought = try later.read()
                } else {
                    if isAnywhere || columns.contains(PositionList.column(of: one)) {
                        documents[index].isFound = true
                        if isLast { return }
                        places.append(start)
                    }
                    place = try earlier.read()
                }
            }
            if isLast { return }
            documents[index].first = first
            documents[index].count = places.count - first
        }

        private func followPlaces(_ positions: UnsafeBufferPointer<UInt8>) throws(UnreadableTextIndex) {
            let places = places.start
            let first = documents[index].first
            let end = first + documents[index].count
            var next = first
            var kept = first
            var later = PositionList.Places(positions)
            while next < end, let place = try later.read() {
                while next < end, places[next] &+ offset < place { next &+= 1 }
                guard next < end, places[next] &+ offset == place else { continue }
                documents[index].isFound = true
                if isLast { return }
                places[kept] = places[next]
                kept &+= 1
                next &+= 1
            }
            if !isLast { documents[index].count = kept - first }
        }
    }

    /// To be called when the first word is through: puts the documents in the order of their ids.
    func endFirstWord() {
        var found = UnsafeMutableBufferPointer(start: documents.start, count: documents.count)
        for index in found.indices.dropFirst() where found[index - 1].id > found[index].id {
            found.sort { $0.id < $1.id }
            break
        }
    }

    /// To be called when another word is through: lets go of the documents that have not the word.
    func endWord() {
        var kept = 0
        for index in 0..<documents.count where documents.start[index].isFound {
            documents.start[kept] = documents.start[index]
            documents.start[kept].isFound = false
            kept += 1
        }
        documents.keep(kept)
        hasPlaces = true
    }

    func gather(into set: DocumentSet) throws(UnreadableTextIndex) {
        for document in documents.elements { try set.insert(document.id) }
    }
}
