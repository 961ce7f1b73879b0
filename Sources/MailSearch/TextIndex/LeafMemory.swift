/// What leaves are read into. It is used again by the next list: the system would make it anew, page by page, for each.
///
/// Unchecked because of its block: an instance is either in the pool or one reader's.
final class LeafMemory: @unchecked Sendable {
    let octets = Block<UInt8>(capacity: 1 << 14)

    /// Memories that are kept, at most, and octets of each.
    private static let most = 16
    private static let largest = 1 << 18

    static let pool = Pool(capacity: most) { LeafMemory() }

    static func take() -> LeafMemory { pool.take() ?? LeafMemory() }

    func giveBack() {
        guard octets.size <= Self.largest else { return }
        octets.keep(0)
        Self.pool.giveBack(self)
    }
}
