/// What a user logs in with.
public enum SASLCredentials: Sendable {
    case password(user: String, password: Secret)
    /// An OAuth 2 access token.
    case token(user: String, token: Secret)
    /// TLS' client certificate.
    case external(user: String?)
}

/// How to log in: a SASL mechanism, or the LOGIN command where the server offers none.
public enum LoginMethod: Sendable {
    case mechanism(any SASLClient)
    case loginCommand(user: String, password: Secret)

    /// As a log or a report may show it.
    public var name: String {
        switch self {
        case .mechanism(let client): client.mechanism
        case .loginCommand: "LOGIN (command)"
        }
    }

    /// The command that does it.
    public var command: Command {
        switch self {
        case .mechanism(let client): .authenticate(client)
        case .loginCommand(let user, let password): .login(user: user, password: password)
        }
    }
}

/// Chooses how to log in: the strongest that the server offers, and never a password in the clear.
public struct MechanismChooser: Sendable {
    public var capabilities: CapabilitySet
    public var isSecure: Bool
    /// Loopback, or a user's express wish.
    public var allowsPlaintextPasswords: Bool
    /// What TLS has to bind to; nil: none, or no TLS.
    public var channelBinding: ChannelBinding?
    /// For OAUTHBEARER.
    public var host: String
    public var port: Int
    public var crypto: any SASLCrypto

    public init(
        capabilities: CapabilitySet, isSecure: Bool, allowsPlaintextPasswords: Bool = false,
        channelBinding: ChannelBinding? = nil, host: String, port: Int, crypto: any SASLCrypto
    ) {
        self.capabilities = capabilities
        self.isSecure = isSecure
        self.allowsPlaintextPasswords = allowsPlaintextPasswords
        self.channelBinding = channelBinding
        self.host = host
        self.port = port
        self.crypto = crypto
    }

    private var maySendSecrets: Bool { isSecure || allowsPlaintextPasswords }

    private func offers(_ mechanism: String) -> Bool {
        capabilities.contains(Capability("AUTH=" + mechanism))
    }

    /// - Parameter name: A mechanism by its name in the configuration (`scram-sha-256`, `login`, …), any case; nil or
    ///   `auto`: the strongest.
    /// - Throws: `.noUsableMechanism`, whose message says what the server offers and why nothing fits.
    public func choose(_ credentials: SASLCredentials, named name: String? = nil) throws(IMAPCoreError) -> LoginMethod {
        if let name = name?.asciiUppercase, name != "AUTO" {
            return try method(named: name, credentials)
        }
        switch credentials {
        case .password(let user, let password):
            for candidate in ["SCRAM-SHA-256", "SCRAM-SHA-1"] where offers(candidate) || canBind(candidate) {
                return try method(named: candidate, credentials)
            }
            if offers("CRAM-MD5") { return try method(named: "CRAM-MD5", credentials) }
            if maySendSecrets {
                if offers("PLAIN") { return .mechanism(PlainMechanism(user: user, password: password)) }
                if offers("LOGIN") { return .mechanism(LoginMechanism(user: user, password: password)) }
                if !capabilities.contains(.loginDisabled) { return .loginCommand(user: user, password: password) }
            }
        case .token:
            if maySendSecrets {
                if offers("OAUTHBEARER") { return try method(named: "OAUTHBEARER", credentials) }
                if offers("XOAUTH2") { return try method(named: "XOAUTH2", credentials) }
            }
        case .external:
            if offers("EXTERNAL") { return try method(named: "EXTERNAL", credentials) }
        }
        let offered = capabilities.authenticationMechanisms
        let list = offered.isEmpty ? "none" : offered.joined(separator: ", ")
        let reason = maySendSecrets ? "" : "; without TLS no password or token is sent in the clear"
        throw IMAPCoreError(.noUsableMechanism, "the server offers \(list) to log in with\(reason)")
    }

    /// With RFC 5929's tls-server-end-point or RFC 9266's tls-exporter, and only within TLS.
    private func canBind(_ scram: String) -> Bool {
        isSecure && channelBinding != nil && offers(scram + "-PLUS")
    }

    private func scram(_ hash: SASLHash, _ name: String, _ user: String, _ password: Secret) -> LoginMethod {
        let binding: SCRAMMechanism.Binding
        if canBind(name), let channelBinding {
            binding = .bound(channelBinding)
        } else if isSecure, channelBinding != nil {
            binding = .notOffered
        } else {
            binding = .unsupported
        }
        return .mechanism(SCRAMMechanism(hash: hash, user: user, password: password, binding: binding, crypto: crypto))
    }

    private func method(
        named name: String, _ credentials: SASLCredentials
    ) throws(IMAPCoreError) -> LoginMethod {
        switch credentials {
        case .password(let user, let password):
            switch name {
            case "SCRAM-SHA-256", "SCRAM-SHA-256-PLUS":
                return scram(.sha256, "SCRAM-SHA-256", user, password)
            case "SCRAM-SHA-1", "SCRAM-SHA-1-PLUS":
                return scram(.sha1, "SCRAM-SHA-1", user, password)
            case "CRAM-MD5":
                return .mechanism(CRAMMD5Mechanism(user: user, password: password, crypto: crypto))
            case "PLAIN", "LOGIN":
                guard maySendSecrets else {
                    throw IMAPCoreError(.noUsableMechanism, "without TLS no password is sent in the clear")
                }
                if name == "PLAIN" { return .mechanism(PlainMechanism(user: user, password: password)) }
                if offers("LOGIN") { return .mechanism(LoginMechanism(user: user, password: password)) }
                return .loginCommand(user: user, password: password)
            default:
                break
            }
        case .token(let user, let token):
            guard maySendSecrets else {
                throw IMAPCoreError(.noUsableMechanism, "without TLS no token is sent in the clear")
            }
            if name == "OAUTHBEARER" {
                return .mechanism(OAuthBearerMechanism(user: user, token: token, host: host, port: port))
            }
            if name == "XOAUTH2" { return .mechanism(XOAuth2Mechanism(user: user, token: token)) }
        case .external(let user):
            if name == "EXTERNAL" { return .mechanism(ExternalMechanism(user: user)) }
        }
        throw IMAPCoreError(.noUsableMechanism, "\(name) does not go with the credentials that are configured")
    }
}
