import Synchronization

/// A progress line that many tasks tell.
///
/// Unchecked because `ProgressLine` is touched under the mutex alone.
final class ProgressGate: @unchecked Sendable {
    private let line: ProgressLine
    private let lock = Mutex(())

    init(_ line: ProgressLine) { self.line = line }

    func show(_ what: String, count: Int, fraction: Double?) {
        lock.withLock { _ in line.show(what, count: count, fraction: fraction) }
    }

    func clear() {
        lock.withLock { _ in line.clear() }
    }
}
