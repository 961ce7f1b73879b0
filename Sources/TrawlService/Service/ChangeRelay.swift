import Synchronization

/// Passes "the index has changed" on to one that is made later than those who tell.
final class ChangeRelay: Sendable {
    private let listener = Mutex<(@Sendable () -> Void)?>(nil)

    func set(_ listener: @escaping @Sendable () -> Void) {
        self.listener.withLock { $0 = listener }
    }

    func tell() {
        let listener = listener.withLock { $0 }
        listener?()
    }
}
