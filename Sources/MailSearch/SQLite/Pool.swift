import Synchronization

/// What is made with some effort and used again by whoever needs one next.
final class Pool<Content: AnyObject & Sendable>: Sendable {
    private let resting = Mutex<[Content]>([])
    private let capacity: Int
    private let make: @Sendable () -> Content?

    /// - Parameter capacity: how many rest in it at most.
    init(capacity: Int, _ make: @escaping @Sendable () -> Content?) {
        self.capacity = capacity
        self.make = make
    }

    func take() -> Content? { resting.withLock { $0.popLast() } ?? make() }

    func giveBack(_ content: Content) {
        resting.withLock { if $0.count < capacity { $0.append(content) } }
    }

    /// Lets go of all that nobody uses.
    func removeAll() {
        let resting = resting.withLock { resting in
            defer { resting = [] }
            return resting
        }
        withExtendedLifetime(resting) {}
    }
}
