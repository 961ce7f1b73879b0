import TLS

/// A server and how to reach it safely.
public struct IMAPServer: Hashable, Sendable {
    public enum Security: String, Hashable, Sendable {
        /// TLS from the first byte (port 993).
        case tls
        /// TLS after STARTTLS, without which nothing is sent (port 143).
        case startTLS = "starttls"
        /// No TLS. The caller has made sure that the user wants this.
        case none
    }

    public var host: String
    public var port: Int
    public var security: Security
    public var tls: TLSConfiguration

    public init(host: String, port: Int = 993, security: Security = .tls, tls: TLSConfiguration = TLSConfiguration()) {
        self.host = host
        self.port = port
        self.security = security
        self.tls = tls
    }
}
