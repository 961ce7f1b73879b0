/// What the pages of a set stand in. It is used again by the next set: a process that stays would have the system make it
/// anew, page by page, for each search.
///
/// Unchecked because of its blocks: an instance is either in the pool or one set's.
final class DocumentSetMemory: @unchecked Sendable {
    let words = Block<UInt64>(capacity: 256)
    let numbers = Block<Int64>(capacity: 16)
    let slots = Block<Int32>(capacity: 64)
    let directory = Block<Int32>(capacity: 64)

    /// Sets' memories that are kept, at most, and octets of each.
    private static let most = 4
    private static let largest = 8 << 20

    static let pool = Pool(capacity: most) { DocumentSetMemory() }

    static func take() -> DocumentSetMemory { pool.take() ?? DocumentSetMemory() }

    func clear() {
        words.keep(0)
        numbers.keep(0)
        slots.keep(0)
        directory.keep(0)
    }

    func giveBack() {
        guard words.size + numbers.size + slots.size + directory.size <= Self.largest else { return }
        clear()
        Self.pool.giveBack(self)
    }
}
