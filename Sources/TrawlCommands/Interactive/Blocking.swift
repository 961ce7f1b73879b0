import Dispatch
import Synchronization

/// Waits on the calling thread, which is not one of Swift's tasks', for something asynchronous.
enum Blocking {
    private final class Box<Value: Sendable>: Sendable {
        let result = Mutex<Result<Value, any Error>?>(nil)
    }

    static func wait<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) -> Result<Value, any Error>
    {
        let box = Box<Value>()
        let done = DispatchSemaphore(value: 0)
        // The task's owner waits right here until it has ended.
        Task.detached {
            let result: Result<Value, any Error>
            do { result = .success(try await body()) } catch { result = .failure(error) }
            box.result.withLock { $0 = result }
            done.signal()
        }
        done.wait()
        return box.result.withLock { $0 } ?? .failure(CancellationError())
    }
}
