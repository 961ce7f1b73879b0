import Synchronization

/// Passes "the index has changed" on to one that is made later than those who tell.
final class ChangeRelay: Sendable {
    /// A closure within a structure: one that a Mutex holds by itself is wrapped anew whenever the lock is taken, and
    /// grows without end.
    private struct Listener {
        let call: @Sendable () -> Void
    }

    private let listener = Mutex<Listener?>(nil)

    func set(_ listener: @escaping @Sendable () -> Void) {
        let listener = Listener(call: listener)
        self.listener.withLock { $0 = listener }
    }

    func tell() {
        let listener = listener.withLock { $0 }
        listener?.call()
    }
}
