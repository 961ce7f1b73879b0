#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import ServiceLifecycle
import TrawlService
import Presentation

/// Tells systemd, as often as it asks for (sd_watchdog_enabled(3)), that tasks still get their turn.
struct ServeWatchdog: Service {
    private let interval: Duration
    private let tell: @Sendable () -> Void

    /// Nil where nobody asks for it.
    init?(tell: @escaping @Sendable () -> Void) {
        guard let microseconds = Environment.value("WATCHDOG_USEC").flatMap({ Int64($0) }), microseconds > 0,
            Environment.value("WATCHDOG_PID").map({ $0 == String(getpid()) }) ?? true
        else { return nil }
        // Twice in the time allowed, so that one late telling is no death.
        interval = .microseconds(max(1000, microseconds / 2))
        self.tell = tell
    }

    func run() async throws {
        // Until all is ended: shutting down takes its time too.
        while !Task.isShuttingDownGracefully {
            tell()
            do {
                try await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) }
            } catch is CancellationError {
                return
            }
        }
    }
}
