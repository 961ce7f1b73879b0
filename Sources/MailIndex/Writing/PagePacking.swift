/// The order in which rows of known sizes fill the pages of a table that they are appended to.
///
/// SQLite begins a new page where the next row doesn't fit, and leaves the rest of the last one empty: of documents of two
/// kilobytes, an eighth of the table. Which document comes first does not matter, so each page gets the largest row that
/// still fits, again and again.
enum PagePacking {
    /// Octets of a page that hold no rows.
    static let pageHeader = 8

    /// - Parameters:
    ///   - sizes: octets that each row takes within a page.
    ///   - pageSize: octets.
    /// - Returns: the rows' places in `sizes`, each once; those too large for a page last.
    static func order(_ sizes: [Int], pageSize: Int) -> [Int] {
        let room = pageSize - pageHeader
        // Ascending, and of one size the later first, so that the earlier is taken first.
        var left = sizes.indices.filter { sizes[$0] <= room }.sorted { (sizes[$0], $1) < (sizes[$1], $0) }
        var order: [Int] = []
        order.reserveCapacity(sizes.count)
        while !left.isEmpty {
            var free = room
            while let index = last(of: left, sizes, upTo: free) {
                free -= sizes[left[index]]
                order.append(left.remove(at: index))
            }
        }
        return order + sizes.indices.filter { sizes[$0] > room }
    }

    /// Where the largest row of at most so many octets stands.
    private static func last(of left: [Int], _ sizes: [Int], upTo free: Int) -> Int? {
        var low = 0
        var high = left.count
        while low < high {
            let middle = (low + high) / 2
            if sizes[left[middle]] <= free { low = middle + 1 } else { high = middle }
        }
        return low > 0 ? low - 1 : nil
    }
}
