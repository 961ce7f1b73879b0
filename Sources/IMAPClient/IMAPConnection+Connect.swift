import IMAPCore
import Logging
import NIOCore
import TLS

extension IMAPConnection {
    /// Connects, secures, logs in and switches on what the configuration asks for; calls `body`; says LOGOUT.
    ///
    /// The connection lives as long as `body` runs, and its task within this call. Where the connection breaks, what
    /// waits in `body` fails with the reason, and so does all that it asks for later.
    ///
    /// - Throws: `IMAPError`, or what `body` throws.
    public nonisolated(nonsending) static func withConnection<Result: Sendable>(
        to server: IMAPServer, credentials: IMAPCredentials, configuration: IMAPConfiguration = IMAPConfiguration(),
        logger: Logger, _ body: (IMAPConnection) async throws -> Result
    ) async throws -> Result {
        try await withConnection(
            to: server, credentials: credentials, configuration: configuration, logger: logger,
            core: ConnectionCore(), body)
    }

    nonisolated(nonsending) static func withConnection<Result: Sendable>(
        to server: IMAPServer, credentials: IMAPCredentials, configuration: IMAPConfiguration, logger: Logger,
        core: ConnectionCore, _ body: (IMAPConnection) async throws -> Result
    ) async throws -> Result {
        let connected = try await Connector.connect(to: server, timeout: configuration.connectTimeout)
        core.mark(.connected)
        var configuration = configuration
        if connected.isLoopback { configuration.allowsPlaintextPasswords = true }
        let owner = ConnectionDriver(server: server, configuration: configuration, core: core, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask {
                var owner = owner
                await owner.run(connected.channel)
            }
            core.attach(connected.waker)
            let connection = IMAPConnection(core: core, configuration: configuration)
            do {
                try await connection.establish(server, credentials, configuration)
                core.mark(.authenticated)
                let result = try await body(connection)
                connection.beginLogout()
                try await group.next()
                return result
            } catch {
                connection.beginLogout()
                try await group.next()
                throw error
            }
        }
    }

    /// LOGOUT, whose answer the owner waits for, but not long.
    private func beginLogout() {
        core.submit(Request(.logout, .whole(Answer())))
    }

    // MARK: Steps

    private func establish(
        _ server: IMAPServer, _ credentials: IMAPCredentials, _ configuration: IMAPConfiguration
    ) async throws {
        let greeting = try await core.greeted.value()
        if server.security == .startTLS { try await startTLS(server) }
        if !core.snapshot.hasCapabilities { _ = try await perform(.capability) }
        if greeting != .preauth { try await authenticate(server, credentials, configuration) }
        if !core.snapshot.hasCapabilities { _ = try await perform(.capability) }
        try await introduce(configuration)
        if configuration.compression == .always { try await compress() }
    }

    private func startTLS(_ server: IMAPServer) async throws {
        let unavailable = "the password was not sent. Set security = \"tls\" with the port that has it (993)"
        if core.snapshot.hasCapabilities, !capabilities.contains(.startTLS) {
            throw IMAPError(
                .startTLSUnavailable, "\(server.host) offers no STARTTLS on port \(server.port); \(unavailable)")
        }
        do {
            _ = try await perform(.startTLS)
        } catch let error as IMAPError where error.code == .no || error.code == .bad {
            throw IMAPError(
                .startTLSUnavailable, "\(server.host) refuses STARTTLS on port \(server.port); \(unavailable)",
                underlying: error)
        }
    }

    private func authenticate(
        _ server: IMAPServer, _ credentials: IMAPCredentials, _ configuration: IMAPConfiguration
    ) async throws {
        let binding = UnboundServers.known.contains(server) ? nil : tlsPeer?.channelBinding
        let method = try method(server, credentials, configuration, binding)
        do {
            try await logIn(method, server, credentials)
        } catch let error as IMAPError
            where method.name.hasSuffix("-PLUS") && error.responseCode != .authenticationFailed && !error.isTransient
        {
            // Cyrus offers -PLUS and knows none of the bindings that TLS 1.3 has. TLS has shown whom we speak to; without
            // binding the password is as safe as the certificate.
            try await logIn(try self.method(server, credentials, configuration, nil), server, credentials)
            UnboundServers.known.insert(server)
        }
    }

    private func method(
        _ server: IMAPServer, _ credentials: IMAPCredentials, _ configuration: IMAPConfiguration,
        _ binding: ChannelBinding?
    ) throws -> LoginMethod {
        let capabilities = capabilities
        let chooser = MechanismChooser(
            capabilities: capabilities, isSecure: tlsPeer != nil,
            allowsPlaintextPasswords: configuration.allowsPlaintextPasswords, channelBinding: binding,
            host: server.host, port: server.port, crypto: SASLDigests())
        let method: LoginMethod
        do throws(IMAPCoreError) {
            method = try chooser.choose(credentials.forSASL, named: credentials.mechanism.rawValue)
        } catch {
            if capabilities.contains(.loginDisabled), capabilities.authenticationMechanisms.isEmpty {
                let advice = tlsPeer == nil ? "; it wants TLS first: set security = \"tls\" or \"starttls\"" : ""
                throw IMAPError(
                    .loginDisabled, "\(server.host) lets nobody log in on this connection (LOGINDISABLED)\(advice)")
            }
            throw IMAPError(
                .noMechanism, "there is no way to log in to \(server.host): \(error.message)", underlying: error)
        }
        if case .loginCommand = method, capabilities.contains(.loginDisabled) {
            throw IMAPError(.loginDisabled, "\(server.host) has switched the LOGIN command off (LOGINDISABLED)")
        }
        return method
    }

    private func logIn(_ method: LoginMethod, _ server: IMAPServer, _ credentials: IMAPCredentials) async throws {
        let answer = Answer<CommandResult>()
        core.submit(Request(method.command, .whole(answer)))
        let result = try await answer.value()
        core.update { $0.loginMethod = method.name }
        guard result.status == .ok else {
            throw AuthenticationAdvice.error(result.text, server: server, credentials: credentials)
        }
    }

    /// ENABLE and ID, sent together. A refusal of either is no reason to go without the mail.
    private func introduce(_ configuration: IMAPConfiguration) async throws {
        let capabilities = capabilities
        let wanted = configuration.enables.filter { capabilities.contains($0) }
        let enabling = Answer<CommandResult>()
        let naming = Answer<CommandResult>()
        let enables = !wanted.isEmpty && capabilities.offers(.enable)
        let names = !configuration.identification.isEmpty && capabilities.contains(.id)
        if enables { core.submit(Request(.enable(wanted), .whole(enabling))) }
        if names { core.submit(Request(.id(configuration.identification), .whole(naming))) }
        if enables { _ = try await enabling.value() }
        guard names else { return }
        for case .id(let fields) in try await naming.value().untagged {
            core.update { $0.serverID = fields }
        }
    }

    /// COMPRESS=DEFLATE from here on. Nothing where the server doesn't offer it or refuses.
    public func compress() async throws {
        guard capabilities.contains(.compressDeflate), !isCompressed else { return }
        do {
            _ = try await perform(.compressDeflate)
        } catch let error as IMAPError where error.code == .no || error.code == .bad {}
    }

    /// Takes COMPRESS where it pays: a server's deflate makes a fast link slower, and a slow link faster.
    func considerCompression(_ measured: FetchMeasure) async throws {
        guard configuration.compression == .automatic, measured.isServerTheBottleneck, measured.bytes >= 2 << 20,
            measured.bytesPerSecond < Double(configuration.compressBelow)
        else { return }
        try await compress()
    }
}

extension IMAPCredentials {
    fileprivate var forSASL: SASLCredentials {
        switch proof {
        case .password(let secret): .password(user: user, password: secret)
        case .token(let secret): .token(user: user, token: secret)
        case .external: .external(user: user)
        }
    }
}
