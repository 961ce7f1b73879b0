/// What the ids of messages tell of a span of time: an id is its message's date in units of ``EmailID/secondsPerID``, or the
/// first free number above that, which is at most the index's drift away (`counter.id_drift`).
struct DateSpan {
    /// Unix seconds.
    let from: Int64?
    /// What is behind the end.
    let until: Int64?
    /// No message with another id is of the span; nil for none at all.
    let possible: ClosedRange<Int64>?
    /// All messages with these ids are of it; nil for none.
    let sure: ClosedRange<Int64>?

    private static let latest: Int64 = 1 << 48

    /// - Parameters:
    ///   - from: Unix seconds; nil for no beginning.
    ///   - until: what is behind the end; nil for no end.
    init(from: Int64?, until: Int64?, drift: Int64) {
        (self.from, self.until) = (from, until)
        let unit = EmailID.secondsPerID
        // Dates are never negative, nor as large as that.
        let first = min(max(from ?? 0, 0), Self.latest)
        let end = until.map { min(max($0, 0), Self.latest) }
        let low = first / unit
        let high = end.map { $0 == 0 ? -1 : ($0 - 1) / unit + drift } ?? Int64.max
        possible = low <= high ? low...high : nil
        let sureLow = first == 0 ? low : (first + unit - 1) / unit + drift
        let sureHigh = end.map { $0 / unit - 1 } ?? Int64.max
        sure = sureLow <= sureHigh ? sureLow...sureHigh : nil
    }

    init(from: Int64?, until: Int64?, in database: SQLiteDatabase) throws {
        self.init(from: from, until: until, drift: try database.integer("SELECT id_drift FROM counter") ?? 0)
    }

    /// Ids that a message which is not of the span may have.
    var notSure: [ClosedRange<Int64>] {
        guard let sure else { return [0...Int64.max] }
        var ranges: [ClosedRange<Int64>] = []
        if sure.lowerBound > 0 { ranges.append(0...(sure.lowerBound - 1)) }
        if sure.upperBound < Int64.max { ranges.append((sure.upperBound + 1)...Int64.max) }
        return ranges
    }

    /// Ids that a message of the span may have, and others too.
    var unsure: [ClosedRange<Int64>] {
        guard let possible else { return [] }
        guard let sure else { return [possible] }
        var ranges: [ClosedRange<Int64>] = []
        if possible.lowerBound < sure.lowerBound { ranges.append(possible.lowerBound...(sure.lowerBound - 1)) }
        if sure.upperBound < possible.upperBound { ranges.append((sure.upperBound + 1)...possible.upperBound) }
        return ranges
    }
}
