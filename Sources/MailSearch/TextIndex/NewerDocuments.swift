/// What newer segments say of documents, by the words: what older ones say of the same is not looked at.
final class NewerDocuments {
    /// Documents at most, eight octets each.
    private static let most = 1 << 23
    let ids = Block<Int64>()
    private var lists: [[UInt8]: [Range<Int>]] = [:]

    func lists(of term: [UInt8]) -> [Range<Int>] { lists.isEmpty ? [] : lists[term] ?? [] }

    /// Whether one of the lists has an id; what is before it in them is passed, so that ids must ascend.
    func has(_ id: Int64, in lists: inout [Range<Int>]) -> Bool {
        var isFound = false
        for index in lists.indices {
            var first = lists[index].lowerBound
            let end = lists[index].upperBound
            while first < end, ids.start[first] < id { first += 1 }
            lists[index] = first..<end
            if first < end, ids.start[first] == id { isFound = true }
        }
        return isFound
    }

    /// Makes a list of the ids from `start` on.
    func endList(of term: [UInt8], from start: Int) throws(UnreadableTextIndex) {
        guard ids.count > start else { return }
        guard ids.count <= Self.most else { throw UnreadableTextIndex() }
        lists[term, default: []].append(start..<ids.count)
    }
}
