import TestSupport
import Testing

@testable import MailIndex

@Suite("Packing rows into pages")
struct PagePackingTests {
    /// Pages that rows fill when they are appended in this order.
    private static func pages(_ sizes: [Int], room: Int) -> Int {
        var pages = 0
        var free = 0
        for size in sizes {
            if size > free {
                pages += 1
                free = room
            }
            free -= size
        }
        return pages
    }

    @Test("each row once, the largest that fits first")
    func order() {
        #expect(PagePacking.order([], pageSize: 100) == [])
        #expect(PagePacking.order([40, 60, 50, 32, 200], pageSize: 100) == [1, 3, 2, 0, 4])
        // Rows of one size keep their order.
        #expect(PagePacking.order([30, 30, 30, 30], pageSize: 100) == [0, 1, 2, 3])
        #expect(PagePacking.order([500, 600], pageSize: 100) == [0, 1])
    }

    @Test("pages are full but for a fiftieth")
    func full() {
        var random = SeededRandom.announced("packing")
        for _ in 0..<20 {
            let sizes = (0..<1_000).map { _ in Int.random(in: 200...6_000, using: &random) }
            let order = PagePacking.order(sizes, pageSize: 16_384)
            #expect(order.sorted() == Array(sizes.indices))
            let pages = Self.pages(order.map { sizes[$0] }, room: 16_384 - PagePacking.pageHeader)
            #expect(Double(pages) * 16_384 < Double(sizes.reduce(0, +)) * 1.02 + 2 * 16_384)
        }
    }
}
