/// Takes documents of the text index as they are found.
protocol PostingSink {
    /// Whether it looks at positions, and so is to have each document of a word but once.
    static var readsPositions: Bool { get }

    /// Whether it is told of what was taken out.
    static var readsRemovals: Bool { get }

    /// The list of a word begins: its ids ascend until the next.
    mutating func begin(_ term: [UInt8])

    /// A document, and its positions as FTS5 lays them down, valid for the call.
    mutating func take(_ id: Int64, _ positions: UnsafeBufferPointer<UInt8>) throws(UnreadableTextIndex)

    /// A document that an older segment has under this word, perhaps, was taken out.
    mutating func takeRemoval(of id: Int64)
}

extension PostingSink {
    static var readsRemovals: Bool { false }
    mutating func begin(_ term: [UInt8]) {}
    mutating func takeRemoval(of id: Int64) {}
}

/// The text index can't be read here: it is damaged, in a form that isn't known, or too large for what is asked. FTS5 is
/// asked then, which tells which it is.
package struct UnreadableTextIndex: Error {
    package init() {}
}

/// Gathers documents.
struct PostingSet: PostingSink {
    static let readsPositions = false
    let set: DocumentSet

    @inline(__always)
    mutating func take(_ id: Int64, _ positions: UnsafeBufferPointer<UInt8>) throws(UnreadableTextIndex) {
        try set.insert(id)
    }
}

/// Gathers documents of some ids.
struct PostingSetWithin: PostingSink {
    static let readsPositions = false
    let set: DocumentSet
    let ids: Range<Int64>

    @inline(__always)
    mutating func take(_ id: Int64, _ positions: UnsafeBufferPointer<UInt8>) throws(UnreadableTextIndex) {
        if ids.contains(id) { try set.insert(id) }
    }
}

/// Gathers documents that have the word in one of some columns.
struct PostingSetInColumns: PostingSink {
    static let readsPositions = true
    let set: DocumentSet
    let columns: TextColumns

    mutating func take(_ id: Int64, _ positions: UnsafeBufferPointer<UInt8>) throws(UnreadableTextIndex) {
        if try PositionList.columns(of: positions).isDisjoint(with: columns) { return }
        try set.insert(id)
    }
}
