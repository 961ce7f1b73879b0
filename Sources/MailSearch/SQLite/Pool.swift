import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// What is made with some effort and used again by whoever needs one next, the same thread if it can be: another one's
/// memory is dear to look at.
final class Pool<Content: AnyObject & Sendable>: Sendable {
    private struct Resting {
        var content: Content
        /// Who gave it back.
        var thread: UInt
    }

    private let resting = Mutex<[Resting]>([])
    private let capacity: Int
    private let make: @Sendable () -> Content?

    /// - Parameter capacity: how many rest in it at most.
    init(capacity: Int, _ make: @escaping @Sendable () -> Content?) {
        self.capacity = capacity
        self.make = make
    }

    func take() -> Content? {
        let thread = Self.thread
        let taken = resting.withLock { resting -> Content? in
            guard let last = resting.last else { return nil }
            if last.thread == thread { return resting.removeLast().content }
            // What rests longest is least likely to be asked for by its own.
            return resting.remove(at: resting.lastIndex { $0.thread == thread } ?? 0).content
        }
        return taken ?? make()
    }

    func giveBack(_ content: Content) {
        let thread = Self.thread
        resting.withLock { if $0.count < capacity { $0.append(Resting(content: content, thread: thread)) } }
    }

    /// Lets go of all that nobody uses.
    func removeAll() {
        let resting = resting.withLock { resting in
            defer { resting = [] }
            return resting
        }
        withExtendedLifetime(resting) {}
    }

    /// Tells the calling thread from the others that run.
    private static var thread: UInt {
        #if canImport(Darwin)
            UInt(bitPattern: pthread_self())
        #else
            UInt(pthread_self())
        #endif
    }
}
