/// Numbers in one piece that grows at its end, without checks: for what is written once for each of millions of documents.
final class Block<Element: BitwiseCopyable> {
    private(set) var start: UnsafeMutablePointer<Element>
    private(set) var count = 0
    private var capacity: Int

    init(capacity: Int = 1_024) {
        self.capacity = capacity
        start = .allocate(capacity: capacity)
    }

    deinit { start.deallocate() }

    @inline(__always)
    func append(_ element: Element) {
        if count == capacity { grow(to: capacity * 2) }
        (start + count).initialize(to: element)
        count &+= 1
    }

    func append(contentsOf elements: UnsafeBufferPointer<Element>) {
        guard let base = elements.baseAddress else { return }
        if count + elements.count > capacity { grow(to: max(capacity * 2, count + elements.count)) }
        (start + count).initialize(from: base, count: elements.count)
        count += elements.count
    }

    func append(repeating element: Element, count more: Int) {
        if count + more > capacity { grow(to: max(capacity * 2, count + more)) }
        (start + count).initialize(repeating: element, count: more)
        count += more
    }

    /// Octets that it takes.
    var size: Int { capacity * MemoryLayout<Element>.stride }

    /// Shortens it.
    func keep(_ count: Int) { self.count = min(count, self.count) }

    var elements: UnsafeBufferPointer<Element> { UnsafeBufferPointer(start: start, count: count) }

    @inline(never)
    private func grow(to larger: Int) {
        let moved = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        moved.moveInitialize(from: start, count: count)
        start.deallocate()
        start = moved
        capacity = larger
    }
}
