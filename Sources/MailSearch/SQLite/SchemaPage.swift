import IndexSchema

/// The first page of a database file, which begins with the file's header and holds the first rows of `sqlite_schema`: a table,
/// index or view each, with its definition.
///
/// https://www.sqlite.org/fileformat2.html, 1.3, 1.6 and 2.6.
package enum SchemaPage {
    private static let header = Array("SQLite format 3\0".utf8)
    /// Of the smallest page.
    private static let leastLength = 512
    private static let applicationIDOffset = 68
    /// Where the b-tree page begins, within it the number of its cells, and behind that its cells' offsets.
    private static let kindOffset = 100
    private static let countOffset = 103
    private static let offsetsOffset = 108
    /// A leaf of a table: all rows are on this page.
    private static let leafKind: UInt8 = 13

    /// Takes rows off the page, in place, but those of which the name is told to be wanted.
    ///
    /// Only the offsets of cells are changed, so that what remains is a page as any other to who reads it; it must never be
    /// written. What is no first page of an index, or has its schema on further pages too, stays as it is, and so does a row
    /// that is not understood.
    ///
    /// - Returns: whether it was a page of which rows can be taken.
    @discardableResult
    package static func keep(
        in page: UnsafeMutableBufferPointer<UInt8>, where isWanted: (UnsafeBufferPointer<UInt8>) -> Bool
    ) -> Bool {
        guard page.count >= leastLength, page[0] == header[0], page.starts(with: header),
            number(page, applicationIDOffset) << 16 | number(page, applicationIDOffset + 2)
                == Int(IndexSchema.applicationID),
            page[kindOffset] == leafKind
        else { return false }
        let count = number(page, countOffset)
        guard offsetsOffset + 2 * count <= page.count else { return false }
        var kept = 0
        for place in 0..<count {
            let offset = number(page, offsetsOffset + 2 * place)
            if let name = name(of: offset, UnsafeBufferPointer(page)), !isWanted(name) { continue }
            put(offset, page, offsetsOffset + 2 * kept)
            kept += 1
        }
        put(kept, page, countOffset)
        return true
    }

    /// The second column, `name`, of the row in a cell: behind the lengths of the row, of its number and of the header, and the
    /// columns' types (for a text, 13 and twice its length), stand the columns' values.
    private static func name(of offset: Int, _ page: UnsafeBufferPointer<UInt8>) -> UnsafeBufferPointer<UInt8>? {
        var index = offset
        guard TextVarint.read(page, &index) != nil, TextVarint.read(page, &index) != nil else { return nil }
        let start = index
        guard let headerLength = length(page, &index), let kind = length(page, &index), let name = length(page, &index),
            kind >= 13, name >= 13
        else { return nil }
        let begin = start + headerLength + (kind - 13) / 2
        let end = begin + (name - 13) / 2
        guard begin <= end, end <= page.count else { return nil }
        return UnsafeBufferPointer(rebasing: page[begin..<end])
    }

    /// A length within the page.
    private static func length(_ page: UnsafeBufferPointer<UInt8>, _ index: inout Int) -> Int? {
        guard let value = TextVarint.read(page, &index), value <= UInt64(2 * page.count + 13) else { return nil }
        return Int(value)
    }

    private static func number(_ page: UnsafeMutableBufferPointer<UInt8>, _ offset: Int) -> Int {
        Int(page[offset]) << 8 | Int(page[offset + 1])
    }

    private static func put(_ number: Int, _ page: UnsafeMutableBufferPointer<UInt8>, _ offset: Int) {
        page[offset] = UInt8(truncatingIfNeeded: number >> 8)
        page[offset + 1] = UInt8(truncatingIfNeeded: number)
    }
}
