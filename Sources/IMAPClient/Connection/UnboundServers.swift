import Synchronization

/// Servers that offered a mechanism with channel binding (`-PLUS`), refused it, and then let the user in without.
///
/// Cyrus makes whom it refuses wait for three seconds: so only the first login of a process tries.
final class UnboundServers: Sendable {
    /// Beyond it, all are forgotten.
    static let capacity = 1_000

    static let known = UnboundServers()

    private let servers = Mutex<Set<String>>([])

    func contains(_ server: IMAPServer) -> Bool {
        servers.withLock { $0.contains(Self.key(server)) }
    }

    func insert(_ server: IMAPServer) {
        servers.withLock { servers in
            if servers.count >= Self.capacity { servers.removeAll() }
            servers.insert(Self.key(server))
        }
    }

    private static func key(_ server: IMAPServer) -> String { "\(server.host.lowercased()):\(server.port)" }
}
