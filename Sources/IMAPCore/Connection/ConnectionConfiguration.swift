/// The rules of one connection.
public struct ConnectionConfiguration: Hashable, Sendable {
    public enum Security: Hashable, Sendable {
        /// TLS from the first byte.
        case tls
        /// STARTTLS before anything that matters.
        case startTLS
        /// In the clear.
        case none
    }

    public var security: Security
    /// Whether passwords may go in the clear with `security == .none`: loopback, or a user's express wish.
    public var allowsPlaintextPasswords: Bool
    public var greetingTimeout: Duration
    /// How long the server may be silent while a command waits for it.
    public var responseTimeout: Duration
    /// After this an IDLE is ended and begun again; below 29 minutes (RFC 2177).
    public var idleReissue: Duration
    /// Commands on the wire at once.
    public var pipelineDepth: Int
    public var parsing: ParsingLimits

    public init(
        security: Security, allowsPlaintextPasswords: Bool = false, greetingTimeout: Duration = .seconds(30),
        responseTimeout: Duration = .seconds(120), idleReissue: Duration = .seconds(29 * 60 - 30),
        pipelineDepth: Int = 32, parsing: ParsingLimits = .default
    ) {
        self.security = security
        self.allowsPlaintextPasswords = allowsPlaintextPasswords
        self.greetingTimeout = greetingTimeout
        self.responseTimeout = responseTimeout
        self.idleReissue = idleReissue
        self.pipelineDepth = pipelineDepth
        self.parsing = parsing
    }
}
