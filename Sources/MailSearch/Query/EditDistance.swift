/// How far two words are apart, in letters typed wrong, left out, added or swapped.
enum EditDistance {
    /// The distance, or nil if it is more than `limit`.
    static func between(_ a: String, _ b: String, limit: Int) -> Int? {
        between(Array(a.unicodeScalars), Array(b.unicodeScalars), limit: limit)
    }

    static func between(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar], limit: Int) -> Int? {
        guard abs(a.count - b.count) <= limit else { return nil }
        if a.isEmpty || b.isEmpty { return max(a.count, b.count) }
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        var row = last
        for i in 1...a.count {
            row[0] = i
            var least = i
            for j in 1...b.count {
                var cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1))
                if i > 1, j > 1, a[i - 1] == b[j - 2], a[i - 2] == b[j - 1] { cost = min(cost, beforeLast[j - 2] + 1) }
                row[j] = cost
                least = min(least, cost)
            }
            if least > limit { return nil }
            (beforeLast, last, row) = (last, row, beforeLast)
        }
        return last[b.count] <= limit ? last[b.count] : nil
    }

    /// The candidate nearest to a word, if one is near enough to be what was meant.
    static func nearest(to word: String, among candidates: some Sequence<String>) -> String? {
        let limit = word.utf8.count <= 3 ? 1 : word.utf8.count <= 7 ? 2 : 3
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            guard let distance = between(word, candidate, limit: limit), distance < (best?.distance ?? .max) else {
                continue
            }
            best = (candidate, distance)
        }
        return best?.name
    }
}
