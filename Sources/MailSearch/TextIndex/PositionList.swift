/// Reads the positions of a word in a document.
///
/// FTS5 lays them down column by column: each position is the difference to the one before, plus 2; a 1 is followed by the
/// number of the next column, in which positions begin anew.
enum PositionList {
    /// The columns in the order of the table.
    static let columns: [TextColumns] = [.body, .subject, .from, .to, .cc, .bcc, .attachment]

    /// A place in a document as one number: the column above, the position below.
    typealias Place = UInt32
    static let positionBits: UInt32 = 28
    static let mostPosition: Place = 1 << positionBits - 1

    static func columns(of bytes: UnsafeBufferPointer<UInt8>) throws(UnreadableTextIndex) -> TextColumns {
        var found: TextColumns = []
        var places = Places(bytes)
        while let place = try places.read() { found.formUnion(column(of: place)) }
        return found
    }

    static func column(of place: Place) -> TextColumns { columns[Int(place >> positionBits)] }

    /// Reads the places one by one, ascending.
    struct Places {
        private var next: UnsafePointer<UInt8>?
        private let end: UnsafePointer<UInt8>?
        private var place: Place = 0

        init(_ bytes: UnsafeBufferPointer<UInt8>) {
            next = bytes.baseAddress
            end = bytes.baseAddress.map { $0 + bytes.count }
        }

        /// Nil at the end.
        @inline(__always)
        mutating func read() throws(UnreadableTextIndex) -> Place? {
            guard let next, next != end else { return nil }
            // Most are near the one before.
            let first = next.pointee
            if first > 1, first < 0x80, place & mostPosition < mostPosition - 0x80 {
                self.next = next + 1
                place &+= Place(first) &- 2
                return place
            }
            return try readFar()
        }

        @inline(never)
        private mutating func readFar() throws(UnreadableTextIndex) -> Place? {
            while let value = try number() {
                if value > 1 {
                    let position = UInt64(place & mostPosition) + value - 2
                    guard position <= UInt64(mostPosition) else { throw UnreadableTextIndex() }
                    place = place & ~mostPosition | Place(position)
                    return place
                }
                guard value == 1, let column = try number(), column < UInt64(columns.count) else {
                    throw UnreadableTextIndex()
                }
                place = Place(column) << positionBits
            }
            return nil
        }

        private mutating func number() throws(UnreadableTextIndex) -> UInt64? {
            guard var next, let end, next < end else { return nil }
            var value: UInt64 = 0
            // Longer ones than any position don't occur.
            for _ in 0..<5 where next < end {
                let byte = next.pointee
                next += 1
                value = value << 7 | UInt64(byte & 0x7F)
                if byte < 0x80 {
                    self.next = next
                    return value
                }
            }
            throw UnreadableTextIndex()
        }
    }
}
