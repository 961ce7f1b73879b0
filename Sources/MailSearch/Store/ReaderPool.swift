import Synchronization

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// The connections that read an index: opened as they are needed, at most so many, each used by one caller at a time.
///
/// Unchecked because connections are not Sendable: each is either idle here, behind the lock, or in one caller's hands.
final class ReaderPool: @unchecked Sendable {
    private let capacity: Int
    private let open: @Sendable () throws -> SQLiteDatabase
    private var idle: [SQLiteDatabase] = []
    private var inUse = 0
    private var isClosed = false
    private let lock: UnsafeMutablePointer<pthread_mutex_t>
    private let change: UnsafeMutablePointer<pthread_cond_t>

    init(capacity: Int, _ open: @escaping @Sendable () throws -> SQLiteDatabase) {
        self.capacity = max(capacity, 1)
        self.open = open
        // In memory of their own: their address must never change.
        lock = .allocate(capacity: 1)
        change = .allocate(capacity: 1)
        pthread_mutex_init(lock, nil)
        pthread_cond_init(change, nil)
    }

    deinit {
        pthread_cond_destroy(change)
        pthread_mutex_destroy(lock)
        change.deallocate()
        lock.deallocate()
    }

    /// Calls `body` with a connection of its own; waits on the calling thread where all are in use.
    func read<R>(_ body: (SQLiteDatabase) throws -> R) throws -> R {
        let connection = try take()
        defer { giveBack(connection) }
        return try body(connection)
    }

    /// Has the connections that nobody uses let go of what they keep of the file.
    func releaseMemory() {
        pthread_mutex_lock(lock)
        let resting = idle
        idle = []
        inUse += resting.count
        pthread_mutex_unlock(lock)
        for connection in resting {
            connection.releaseMemory()
            giveBack(connection)
        }
    }

    /// Closes all connections, those in use as soon as they are given back. What is read afterwards throws.
    func close() {
        pthread_mutex_lock(lock)
        isClosed = true
        let closing = idle
        idle = []
        pthread_cond_broadcast(change)
        pthread_mutex_unlock(lock)
        withExtendedLifetime(closing) {}
    }

    private func take() throws -> SQLiteDatabase {
        pthread_mutex_lock(lock)
        while !isClosed, idle.isEmpty, inUse >= capacity { pthread_cond_wait(change, lock) }
        if isClosed {
            pthread_mutex_unlock(lock)
            throw IndexError(code: .inputOutput, message: "the index was closed")
        }
        inUse += 1
        let known = idle.popLast()
        pthread_mutex_unlock(lock)
        if let known { return known }
        do {
            return try open()
        } catch {
            giveBack(nil)
            throw error
        }
    }

    private func giveBack(_ connection: SQLiteDatabase?) {
        pthread_mutex_lock(lock)
        inUse -= 1
        var closing = connection
        if !isClosed, let connection {
            idle.append(connection)
            closing = nil
        }
        pthread_cond_signal(change)
        pthread_mutex_unlock(lock)
        withExtendedLifetime(closing) {}
    }
}
