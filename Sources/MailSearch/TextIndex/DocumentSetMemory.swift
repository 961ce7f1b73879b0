import Synchronization

/// What the pages of a set stand in. It is used again by the next set: a process that stays would have the system make it
/// anew, page by page, for each search.
///
/// Unchecked because of its blocks: an instance is either here, behind the lock, or one set's.
final class DocumentSetMemory: @unchecked Sendable {
    let words = Block<UInt64>(capacity: 256)
    let numbers = Block<Int64>(capacity: 16)
    let slots = Block<Int32>(capacity: 64)
    let directory = Block<Int32>(capacity: 64)

    /// Sets' memories that are kept, at most, and octets of each.
    private static let most = 4
    private static let largest = 8 << 20

    private static let resting = Mutex<[DocumentSetMemory]>([])

    static func take() -> DocumentSetMemory { resting.withLock { $0.popLast() } ?? DocumentSetMemory() }

    func giveBack() {
        guard words.size + numbers.size + slots.size + directory.size <= Self.largest else { return }
        words.keep(0)
        numbers.keep(0)
        slots.keep(0)
        directory.keep(0)
        Self.resting.withLock { if $0.count < Self.most { $0.append(self) } }
    }

    /// Lets go of all that no set uses.
    static func releaseAll() {
        let resting = resting.withLock { resting in
            defer { resting = [] }
            return resting
        }
        withExtendedLifetime(resting) {}
    }
}
