/// Finds places in what ascends.
enum Leap {
    /// The first place from one on, of so many, that is not below what is sought: by leaps that double, then by halves, since
    /// mostly it is one of the next.
    @inline(__always)
    static func place(from start: Int, of count: Int, isBelow: (_ place: Int) -> Bool) -> Int {
        var leap = 1
        var low = start
        while low + leap < count, isBelow(low + leap) {
            low += leap
            leap *= 2
        }
        var high = min(low + leap, count)
        while low < high {
            let middle = (low + high) / 2
            if isBelow(middle) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
