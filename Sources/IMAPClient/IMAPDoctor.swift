import IMAPCore
import Logging
import NIOCore
import NIOPosix
import TLS

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Goes the way to a server's mail step by step, and tells of each how long it took, what was found and, where it ends,
/// what to do.
///
/// It reads alone, and of mail only what it needs to measure the speed.
public struct IMAPDoctor: Sendable {
    /// One step of the way.
    public struct Step: Sendable {
        public enum Name: String, Hashable, Sendable, CaseIterable {
            case resolve
            case connect
            case tls
            case greeting
            case authentication
            case capabilities
            case mailboxes
            case search
            case idle
            case speed
        }

        public enum Outcome: String, Hashable, Sendable {
            case passed
            /// It works, but not as it should.
            case warned
            /// The way ends here.
            case failed
        }

        public var name: Name
        public var outcome: Outcome
        public var duration: Duration
        /// One line. May hold a server's own words, without control characters.
        public var detail: String
        /// Lines of particulars: addresses, certificates, capabilities.
        public var facts: [String] = []
        /// Why it failed; its message says what to do.
        public var error: IMAPError?

        /// The SHA-256 digest of the server's certificate where nothing vouches for it: what `certificate-sha256` pins.
        public var refusedCertificate: [UInt8]? {
            guard error?.code == .certificate, let tls = error?.underlying as? TLSError else { return nil }
            return tls.chain.first?.sha256
        }
    }

    /// Certificates that end sooner than this are warned of.
    static let renewalDays: Int64 = 14
    /// How much of INBOX the speed is measured on, at most.
    static let sampleMessages = 200
    static let sampleBytes = 16 << 20

    private let server: IMAPServer
    private let credentials: IMAPCredentials
    private let configuration: IMAPConfiguration
    private let logger: Logger

    public init(
        server: IMAPServer, credentials: IMAPCredentials, configuration: IMAPConfiguration = IMAPConfiguration(),
        logger: Logger
    ) {
        self.server = server
        self.credentials = credentials
        self.configuration = configuration
        self.logger = logger
    }

    /// Reports the steps in order; the last has failed where the mail cannot be read. `now` is in seconds since 1970.
    /// True where none has failed.
    @discardableResult
    public nonisolated(nonsending) func examine(now: Int64, _ report: (Step) async throws -> Void) async throws -> Bool
    {
        let (resolved, isFound) = await resolve()
        try await report(resolved)
        guard isFound else { return false }
        let core = ConnectionCore()
        let began = ContinuousClock.now
        var told: Set<Step.Name> = []
        do {
            try await IMAPConnection.withConnection(
                to: server, credentials: credentials, configuration: configuration, logger: logger, core: core
            ) { connection in
                for step in wayIn(core, began, connection.tlsPeer, now) {
                    told.insert(step.name)
                    try await report(step)
                }
                for examine in [mailboxes, search, idle, speed] {
                    if let step = try await examine(connection) { try await report(step) }
                }
            }
            return true
        } catch let error as IMAPError {
            for step in wayIn(core, began, nil, now) where !told.contains(step.name) && step.name != .authentication {
                if step.name.order < Self.place(of: error, core).order { try await report(step) }
            }
            try await report(failed(error, core, began))
            return false
        }
    }

    // MARK: The way in

    private func resolve() async -> (Step, Bool) {
        let start = ContinuousClock.now
        let host = server.host
        let addresses = (try? await NIOThreadPool.singleton.runIfActive { Self.addresses(of: host) }) ?? []
        let duration = ContinuousClock.now - start
        guard let first = addresses.first else {
            let error = IMAPError(
                .unknownHost, "the host \(host) cannot be found: is its name right, and is this machine online?")
            return (
                Step(name: .resolve, outcome: .failed, duration: duration, detail: error.message, error: error), false
            )
        }
        let more = addresses.count > 1 ? " and \(addresses.count - 1) more" : ""
        return (
            Step(
                name: .resolve, outcome: .passed, duration: duration, detail: "\(host) is \(first)\(more)",
                facts: addresses),
            true
        )
    }

    private static func addresses(of host: String) -> [String] {
        var hints = addrinfo()
        #if canImport(Glibc)
            hints.ai_socktype = CInt(SOCK_STREAM.rawValue)
        #else
            hints.ai_socktype = SOCK_STREAM
        #endif
        var found: UnsafeMutablePointer<addrinfo>?
        guard getaddrinfo(host, nil, &hints, &found) == 0 else { return [] }
        defer { freeaddrinfo(found) }
        var result: [String] = []
        var entry = found
        while let current = entry {
            var text = [CChar](repeating: 0, count: Int(NI_MAXHOST))
            let status = getnameinfo(
                current.pointee.ai_addr, current.pointee.ai_addrlen, &text, socklen_t(text.count), nil, 0,
                NI_NUMERICHOST)
            if status == 0 {
                let address = String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
                if !result.contains(address) { result.append(address) }
            }
            entry = current.pointee.ai_next
        }
        return result
    }

    /// The steps up to the login, as far as the connection came.
    private func wayIn(
        _ core: ConnectionCore, _ began: ContinuousClock.Instant, _ peer: TLSPeer?, _ now: Int64
    ) -> [Step] {
        let phases = core.phases
        let snapshot = core.snapshot
        let peer = peer ?? snapshot.peer
        var steps: [Step] = []
        guard let connected = phases[.connected] else { return steps }
        steps.append(
            Step(
                name: .connect, outcome: .passed, duration: connected - began,
                detail: "\(server.host) takes connections on port \(server.port)"))
        var last = connected
        func greet() {
            guard let greeted = phases[.greeted] else { return }
            let words = snapshot.greeting.isEmpty ? "the server greets" : "the server says \"\(snapshot.greeting)\""
            steps.append(Step(name: .greeting, outcome: .passed, duration: greeted - last, detail: words))
            last = greeted
        }
        func secure() {
            guard let secured = phases[.secured], let peer else { return }
            steps.append(tls(peer, secured - last, now))
            last = secured
        }
        if server.security == .tls {
            secure()
            greet()
        } else {
            greet()
            secure()
        }
        guard let authenticated = phases[.authenticated] else { return steps }
        let method = snapshot.loginMethod.isEmpty ? "without a login (PREAUTH)" : "by \(snapshot.loginMethod)"
        // Servers tell by ALERT of passwords that end and of mailboxes that are full.
        steps.append(
            Step(
                name: .authentication, outcome: snapshot.alerts.isEmpty ? .passed : .warned,
                duration: authenticated - last, detail: "logged in as \(credentials.user) \(method)",
                facts: snapshot.alerts.map { "the server asks to tell you: \($0)" }))
        steps.append(capabilities(snapshot))
        return steps
    }

    private func tls(_ peer: TLSPeer, _ duration: Duration, _ now: Int64) -> Step {
        var step = Step(
            name: .tls, outcome: .passed, duration: duration, detail: "\(peer.version), \(peer.cipher)",
            facts: Self.describe(peer.chain))
        if let leaf = peer.chain.first, leaf.notAfter - now < Self.renewalDays * 86_400 {
            step.outcome = .warned
            step.detail += "; the certificate ends soon (valid \(leaf.validity))"
        }
        return step
    }

    private static func describe(_ chain: [TLSCertificate]) -> [String] {
        chain.map { "\($0.subject), by \($0.issuer), valid \($0.validity), SHA-256 \($0.fingerprint)" }
    }

    private func capabilities(_ snapshot: ConnectionCore.Snapshot) -> Step {
        let missing: [(Capability, String)] = [
            (.idle, "new mail is found by polling alone"), (.condStore, "flags are compared one by one"),
        ]
        let lacking = missing.filter {
            !snapshot.capabilities.offers($0.0) && !snapshot.capabilities.contains(.qResync)
        }
        var facts = [snapshot.capabilities.description]
        if !snapshot.serverID.isEmpty {
            let fields = snapshot.serverID.map { "\($0.name)=\($0.value ?? "")" }.joined(separator: " ")
            facts.append(AuthenticationAdvice.printable(fields))
        }
        let words = lacking.map { "no \($0.0): \($0.1)" }.joined(separator: "; ")
        return Step(
            name: .capabilities, outcome: lacking.isEmpty ? .passed : .warned, duration: .zero,
            detail: lacking.isEmpty ? "the server offers all that saves work" : words, facts: facts)
    }

    // MARK: What can be read

    private nonisolated(nonsending) func mailboxes(_ connection: IMAPConnection) async throws -> Step? {
        let start = ContinuousClock.now
        let mailboxes = try await connection.list(["*"], returning: [.messages])
        let messages = mailboxes.reduce(0) { $0 + ($1.status?.messages ?? 0) }
        return Step(
            name: .mailboxes, outcome: mailboxes.isEmpty ? .warned : .passed, duration: ContinuousClock.now - start,
            detail: "\(mailboxes.count) mailboxes with \(messages) messages")
    }

    /// Some servers' SEARCH leaves messages out, which would look like mail that was deleted.
    private nonisolated(nonsending) func search(_ connection: IMAPConnection) async throws -> Step? {
        let start = ContinuousClock.now
        let inbox = try await connection.examine(.inbox)
        let found = try await connection.search([.all]).count
        let isWhole = found >= inbox.exists
        return Step(
            name: .search, outcome: isWhole ? .passed : .warned, duration: ContinuousClock.now - start,
            detail: isWhole
                ? "SEARCH finds all \(found) messages of INBOX"
                : "SEARCH is broken: it finds \(found) of the \(inbox.exists) messages of INBOX")
    }

    private nonisolated(nonsending) func idle(_ connection: IMAPConnection) async throws -> Step? {
        guard connection.capabilities.offers(.idle) else { return nil }
        let start = ContinuousClock.now
        do {
            try await connection.idle(maximum: .milliseconds(200)) { _ in .goOn }
            try await connection.noop()
        } catch let error as IMAPError where error.code == .no || error.code == .bad {
            return Step(
                name: .idle, outcome: .warned, duration: ContinuousClock.now - start,
                detail: "IDLE is offered but refused: \(error.message)", error: error)
        }
        return Step(
            name: .idle, outcome: .passed, duration: ContinuousClock.now - start - .milliseconds(200),
            detail: "the server tells of changes as they happen (IDLE)")
    }

    private nonisolated(nonsending) func speed(_ connection: IMAPConnection) async throws -> Step? {
        let begun = ContinuousClock.now
        try await connection.noop()
        let roundTrip = ContinuousClock.now - begun
        let inbox = try await connection.search([.all])
        let newest = inbox.windows(of: Self.sampleMessages, newestFirst: true).first ?? UIDSet()
        var sizes = 0
        var sample = UIDSet()
        _ = try await connection.fetch([newest], [.uid, .size]) { message in
            guard let uid = message.uid, sizes + (message.size ?? 0) <= Self.sampleBytes else { return }
            sizes += message.size ?? 0
            sample.insert(uid)
        }
        let start = ContinuousClock.now
        let outcome = try await connection.fetch([sample], [.uid, .body(.full)]) { _ in }
        let duration = ContinuousClock.now - start
        let seconds = max(0.000_001, Double(duration.nanoseconds) / 1e9)
        let rate = Int(Double(outcome.messages) / seconds)
        let megabytes = (Double(outcome.bytes) / seconds / 1e5).rounded() / 10
        let detail =
            outcome.messages == 0
            ? "INBOX is empty, so only the round trip was measured"
            : "\(outcome.messages) messages at \(rate) messages/s, \(megabytes) MB/s"
        return Step(
            name: .speed, outcome: .passed, duration: duration, detail: detail,
            facts: ["round trip \(roundTrip.nanoseconds / 1000) µs"])
    }

    // MARK: Where it ends

    private func failed(_ error: IMAPError, _ core: ConnectionCore, _ began: ContinuousClock.Instant) -> Step {
        var facts: [String] = []
        if let tls = error.underlying as? TLSError { facts = Self.describe(tls.chain) }
        let last = core.phases.values.max() ?? began
        return Step(
            name: Self.place(of: error, core), outcome: .failed, duration: ContinuousClock.now - last,
            detail: error.message, facts: facts, error: error)
    }

    /// The step at which an error happened: by what it is, else by how far the connection had come.
    private static func place(of error: IMAPError, _ core: ConnectionCore) -> Step.Name {
        switch error.code {
        case .unknownHost: return .resolve
        case .refused, .unreachable, .connectTimeout: return .connect
        case .certificate, .settings, .notTLS, .tlsFailed, .startTLSUnavailable, .startTLSInjection: return .tls
        case .notIMAP, .tlsExpected: return .greeting
        case .authenticationFailed, .noMechanism, .loginDisabled: return .authentication
        case .connectionLost, .responseTimeout, .bye, .unavailable, .limit, .inUse, .no, .bad, .nonExistent,
            .noPermission, .protocolViolation, .unsupported, .cancelled, .closed, .misuse:
            break
        }
        let phases = core.phases
        if phases[.authenticated] != nil { return .mailboxes }
        if phases[.greeted] != nil { return .authentication }
        if phases[.secured] != nil { return .greeting }
        return phases[.connected] == nil ? .connect : .greeting
    }
}

extension IMAPDoctor.Step.Name {
    fileprivate var order: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
