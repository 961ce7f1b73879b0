/// Documents that have a phrase but for its last word, of which only the beginning is known: a document has many words that
/// begin alike, and may have each of them at a place of its own.
final class PhraseCandidates {
    private typealias Place = PositionList.Place

    private struct Document: BitwiseCopyable {
        var id: Int64
        /// Its places among all.
        var first, count: Int
        var isFound: Bool
    }

    /// Places at most, of four octets each.
    static let mostPlaces = 16 << 20

    private let documents = Block<Document>()
    /// Where the last word may stand.
    private let places = Block<Place>()

    /// - Parameter places: none for a document that has not the phrase so far.
    /// - Throws: `UnreadableTextIndex` for more than ``mostPlaces``.
    func add(_ id: Int64, _ places: UnsafeBufferPointer<PositionList.Place>) throws(UnreadableTextIndex) {
        if places.isEmpty { return }
        let first = self.places.count
        guard first + places.count <= Self.mostPlaces else { throw UnreadableTextIndex() }
        documents.append(Document(id: id, first: first, count: places.count, isFound: false))
        self.places.append(contentsOf: places)
    }

    /// To be called when all are there: puts them in the order of their ids.
    func sort() {
        var found = UnsafeMutableBufferPointer(start: documents.start, count: documents.count)
        for index in found.indices.dropFirst() where found[index - 1].id > found[index].id {
            found.sort { $0.id < $1.id }
            break
        }
    }

    /// One of the words that begin alike.
    struct Following: PostingSink {
        static let readsPositions = true
        /// Not the candidates themselves: to hold on to an object and let it go for each document takes as long as the rest.
        private let documents: UnsafeMutableBufferPointer<Document>
        private let places: UnsafePointer<Place>
        private var index = 0

        init(_ candidates: PhraseCandidates) {
            documents = UnsafeMutableBufferPointer(
                start: candidates.documents.start, count: candidates.documents.count)
            places = UnsafePointer(candidates.places.start)
        }

        mutating func begin(_ term: [UInt8]) { index = 0 }

        mutating func take(_ id: Int64, _ positions: UnsafeBufferPointer<UInt8>) throws(UnreadableTextIndex) {
            advance(to: id)
            guard index < documents.count, documents[index].id == id, !documents[index].isFound else { return }
            var next = documents[index].first
            let end = next + documents[index].count
            var words = PositionList.Places(positions)
            while next < end, let place = try words.read() {
                while next < end, places[next] < place { next &+= 1 }
                guard next < end, places[next] == place else { continue }
                documents[index].isFound = true
                return
            }
        }

        /// The lists are many and mostly short.
        private mutating func advance(to id: Int64) {
            index = Leap.place(from: index, of: documents.count) { documents[$0].id < id }
        }
    }

    /// To be called when the last word is through.
    func gather(into set: DocumentSet) throws(UnreadableTextIndex) {
        for document in documents.elements where document.isFound { try set.insert(document.id) }
    }
}
