import IMAPCore

/// How a connection behaves towards any server.
public struct IMAPConfiguration: Sendable {
    public enum Compression: String, Hashable, Sendable {
        /// Where the server offers it and the link is slower than the server's deflate (measured while fetching).
        case automatic = "auto"
        case always = "on"
        case never = "off"
    }

    /// For the TCP connection, name look-up included, and again for TLS and the greeting together.
    public var connectTimeout: Duration = .seconds(20)
    /// How long a server may stay silent while a command runs. Searches of large mailboxes take long.
    public var responseTimeout: Duration = .seconds(120)
    /// How long a connection may stay silent with nothing to do or in IDLE, before a NOOP asks whether the server still
    /// lives. Servers that say `* OK Still here` more often are never asked. With `keepAliveTimeout` it is 55 seconds:
    /// a dead peer is noticed within a minute.
    public var keepAliveInterval: Duration = .seconds(40)
    /// How long the answer to such a NOOP may take, and IDLE's `+`. A server that sends other things meanwhile lives.
    public var keepAliveTimeout: Duration = .seconds(15)
    /// How long LOGOUT's answer is waited for.
    public var logoutTimeout: Duration = .seconds(2)
    /// A machine that slept longer than this asks whether its server still lives as soon as it wakes.
    public var sleepThreshold: Duration = .seconds(15)
    /// How often a quiet connection looks whether the machine slept.
    public var sleepCheckInterval: Duration = .seconds(20)
    public var compression: Compression = .automatic
    /// Below this many bytes a second while fetching, `automatic` takes COMPRESS. Dovecot deflates at 27 MB/s.
    public var compressBelow = 8_000_000
    /// Whether a password may go over a connection without TLS (`security = "none"`). Loopback needs no permission.
    public var allowsPlaintextPasswords = false
    /// What the server is told in ID (RFC 2971); empty: ID is not sent.
    public var identification: [IDField] = [IDField(name: "name", value: "trawl")]
    /// ENABLE these where they are offered.
    public var enables: [Capability] = [.qResync, .condStore, .utf8Accept, .imap4rev2, .uidOnly]
    /// Called with each text that the server wants the user to see (ALERT: RFC 3501, 7.1), once for each text of a
    /// connection and without its control characters, by the connection's task: it must not wait.
    public var onAlert: (@Sendable (String) -> Void)?
    /// Clocks; tests bring their own.
    public var clock: any IMAPClock = SystemIMAPClock()

    public init() {}
}
