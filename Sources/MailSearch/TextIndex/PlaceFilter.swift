/// Tells quickly that one word never stands at a certain distance behind another.
///
/// To walk two lists of places side by side takes a decision at each step that no processor foresees; to set a bit for each
/// of the one and to look for each of the other takes none.
struct PlaceFilter {
    private static let bits: PositionList.Place = 1 << 12
    /// Ends with ``deallocate()``.
    private let words: UnsafeMutablePointer<UInt64>

    init() {
        words = .allocate(capacity: Int(Self.bits / 64))
        words.initialize(repeating: 0, count: Int(Self.bits / 64))
    }

    func deallocate() { words.deallocate() }

    /// Whether a place of `earlier` may stand at that distance before one of `later`; false is certain.
    ///
    /// - Parameter distance: may be less than nothing, as what is to be added to a place.
    func stand(
        _ earlier: UnsafeBufferPointer<UInt8>, _ distance: PositionList.Place, before later: UnsafeBufferPointer<UInt8>
    ) throws(UnreadableTextIndex) -> Bool {
        let bits = words
        bits.update(repeating: 0, count: Int(Self.bits / 64))
        var places = PositionList.Places(earlier)
        while let place = try places.read() {
            let bit = Self.bit(place &+ distance)
            bits[bit >> 6] |= 1 << UInt64(bit & 63)
        }
        places = PositionList.Places(later)
        var isFound: UInt64 = 0
        while let place = try places.read() {
            let bit = Self.bit(place)
            isFound |= bits[bit >> 6] >> UInt64(bit & 63)
        }
        return isFound & 1 == 1
    }

    /// Columns begin at other bits, most of which few texts come to.
    @inline(__always)
    private static func bit(_ place: PositionList.Place) -> Int {
        Int((place &+ place >> PositionList.positionBits &* 577) & (bits - 1))
    }
}
