import Synchronization

/// A listening socket that is shut down by one thread and closed by another: once it is closed, its descriptor may be
/// anybody's, and is left alone.
final class LoopbackListener: Sendable {
    private let socket: LoopbackSocket
    private let isOpen = Mutex(true)
    let port: Int

    init() throws {
        let (socket, port) = try LoopbackSocket.listening()
        self.socket = socket
        self.port = Int(port)
    }

    /// Waits for a client. Nil when it was shut down.
    func accepted() -> LoopbackSocket? { socket.accepted() }

    /// Wakes the thread that waits for clients.
    func shutDown() {
        isOpen.withLock { isOpen in
            if isOpen { socket.shutDown() }
        }
    }

    /// For the thread that waits for clients, when it waits no longer.
    func close() {
        isOpen.withLock { isOpen in
            if isOpen { socket.close() }
            isOpen = false
        }
    }

    /// Whether the descriptor is still its own.
    var isListening: Bool { isOpen.withLock { $0 } }
}
