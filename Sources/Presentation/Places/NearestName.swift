/// Finds the known name that a misspelt one was meant to be.
public enum NearestName {
    /// Names longer than this aren't compared (the distance's cost is the product of the lengths).
    package static let longestName = 64

    /// The candidate nearest to `name`, or nil where none is near enough to be meant.
    public static func find(_ name: String, among candidates: some Sequence<String>) -> String? {
        let wanted = normalised(name)
        guard !wanted.isEmpty, wanted.count <= longestName else { return nil }
        var best: (name: String, distance: Int)?
        for candidate in candidates {
            let other = normalised(candidate)
            guard other.count <= longestName else { continue }
            let distance = distance(wanted, other)
            let allowed = max(1, max(wanted.count, other.count) / 3)
            guard distance <= allowed else { continue }
            if best.map({ distance < $0.distance }) ?? true { best = (candidate, distance) }
        }
        if let best { return best.name }
        // "password" for "password-command": a whole word that a longer name begins with.
        return candidates.first { normalised($0).starts(with: wanted) && wanted.count >= 3 }
    }

    /// Case and the choice between `-` and `_` are no differences of meaning.
    private static func normalised(_ name: String) -> [UInt8] {
        name.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte | 0x20
            case UInt8(ascii: "_"): UInt8(ascii: "-")
            default: byte
            }
        }
    }

    /// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours count one each.
    package static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforeLast = [Int](repeating: 0, count: b.count + 1)
        var last = Array(0...b.count)
        var current = last
        for i in a.indices {
            current[0] = i + 1
            for j in b.indices {
                var cost = min(last[j + 1] + 1, current[j] + 1, last[j] + (a[i] == b[j] ? 0 : 1))
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { cost = min(cost, beforeLast[j - 1] + 1) }
                current[j + 1] = cost
            }
            (beforeLast, last, current) = (last, current, beforeLast)
        }
        return last[b.count]
    }
}
