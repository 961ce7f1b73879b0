#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import ArgumentParser
import Logging
import MailIndex
import MailSearch
import ServiceLifecycle
import TrawlService
import Presentation

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Stay: index mail as it arrives, and answer on the socket.",
        discussion: """
              trawl serve
              trawl serve --verbose 2> trawl.log
            """)

    @Flag(help: "Log warnings and errors alone.")
    var quiet = false

    @Flag(help: "Log what is done.")
    var verbose = false

    @OptionGroup var places: PlaceOptions

    /// Octets of cache of each reader. Pages that a search reads stand in the system's cache too; what many searches would
    /// leave in caches of their own, a process that stays for months would never give back.
    private static let readerCacheBytes = 2 << 20
    /// Octets of decoded messages: a thousand or so. To decode one takes nearly as long as all else that is done for a hit.
    private static let keptMessageBytes = 8 << 20

    func run() async throws {
        ProcessMemory.limitHeaps()
        signal(SIGPIPE, SIG_IGN)
        let place = places.paths
        let configuration = try Configuration.load(place)
        Self.raiseDescriptorLimit()
        let store = try IndexStore.open(
            place.data, access: .readWrite,
            options: IndexStoreOptions(
                readerCacheBytes: Self.readerCacheBytes, keptMessageBytes: Self.keptMessageBytes))
        let level: Logger.Level = quiet ? .warning : verbose ? .debug : .info
        let logger = Logger(label: "trawl") { _ in LineLogHandler(level: level) }
        let server = TrawlServer(
            configuration: configuration, environment: SyncEnvironment(store: store, logger: logger),
            socket: place.socket, onReady: { Notify.ready() })
        var services = [
            ServiceGroupConfiguration.ServiceConfiguration(
                service: server, successTerminationBehavior: .gracefullyShutdownGroup)
        ]
        if let watchdog = ServeWatchdog(tell: { Notify.send("WATCHDOG=1") }) {
            services.append(.init(service: watchdog, successTerminationBehavior: .ignore))
        }
        var settings = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint],
            // What ends a service is thrown, and told once.
            logger: Logger(label: "trawl") { _ in LineLogHandler(level: .critical) })
        settings.maximumGracefulShutdownDuration = .seconds(10)
        do {
            try await ServiceGroup(configuration: settings).run()
        } catch is CancellationError {}
        Notify.send("STOPPING=1")
        try store.close()
    }

    /// A thousand clients and all accounts' connections need more than the usual 1024 files.
    private static func raiseDescriptorLimit() {
        var limit = rlimit()
        #if canImport(Darwin)
            guard getrlimit(RLIMIT_NOFILE, &limit) == 0 else { return }
            limit.rlim_cur = min(limit.rlim_max, 8192)
            setrlimit(RLIMIT_NOFILE, &limit)
        #else
            guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
            limit.rlim_cur = min(limit.rlim_max, 8192)
            setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        #endif
    }
}

/// systemd's notification of readiness (sd_notify(3)); nothing where nobody asked for it.
enum Notify {
    static func ready() { send("READY=1") }

    static func send(_ state: String) {
        guard let path = Environment.value("NOTIFY_SOCKET"), path.utf8.count > 1, path.utf8.count < 108 else { return }
        #if !canImport(Darwin)
            let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
            guard descriptor >= 0 else { return }
            defer { close(descriptor) }
            var address = sockaddr_un()
            address.sun_family = sa_family_t(AF_UNIX)
            var bytes = Array(path.utf8)
            // An @ stands for the abstract namespace's leading zero.
            if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
            withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: bytes) }
            let size = socklen_t(MemoryLayout<sa_family_t>.size + bytes.count)
            let message = Array(state.utf8)
            withUnsafePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    _ = sendto(descriptor, message, message.count, Int32(MSG_NOSIGNAL), $0, size)
                }
            }
        #endif
    }
}
