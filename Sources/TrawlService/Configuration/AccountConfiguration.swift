/// One account as `[accounts.NAME]` of the configuration gives it, with its defaults filled in.
public struct AccountConfiguration: Sendable, Hashable {
    /// How the connection is protected.
    public enum Security: String, Sendable, Hashable, CaseIterable {
        /// TLS from the first octet (port 993's way, RFC 8314).
        case tls
        /// STARTTLS before anything else is said (port 143's way).
        case startTLS = "starttls"
        /// No protection: loopback alone, or where `allow-plaintext` was given.
        case none
    }

    /// Which SASL mechanism to use; `auto` takes the strongest that both sides know.
    public enum Mechanism: String, Sendable, Hashable, CaseIterable {
        case auto, plain, login
        case cramMD5 = "cram-md5"
        case scramSHA1 = "scram-sha-1"
        case scramSHA256 = "scram-sha-256"
        case xoauth2, oauthbearer, external
    }

    /// Where the password comes from.
    public enum PasswordSource: Sendable, Hashable {
        /// Arguments of a command that writes the password; no shell.
        case command([String])
        /// A file with the password in its first line, readable by its owner alone.
        case file(String)
        /// The name of an environment variable.
        case environment(String)
    }

    /// What is fetched of large messages.
    public enum Fetch: String, Sendable, Hashable, CaseIterable {
        /// Their text parts alone, found by BODYSTRUCTURE.
        case text
        /// The whole message.
        case full
    }

    public var name: String
    public var host: String
    public var port: Int
    public var security: Security
    public var allowPlaintext: Bool
    public var user: String
    public var mechanism: Mechanism
    public var password: PasswordSource?
    /// Arguments of a command that writes an OAuth access token; no shell.
    public var tokenCommand: [String]?
    /// PEM file of the authorities trusted instead of the system's.
    public var caFile: String?
    /// SHA-256 of the one server certificate accepted: 32 octets.
    public var certificateSHA256: [UInt8]?
    public var clientCertificate: String?
    public var clientKey: String?
    /// IMAP LIST patterns of the mailboxes to read.
    public var mailboxes: [String]
    /// Names, patterns or SPECIAL-USE attributes of those to leave out.
    public var exclude: [String]
    /// Mailboxes to stay in IDLE on where the server has no NOTIFY.
    public var watch: [String]
    /// The most connections at once.
    public var connections: Int
    /// Seconds between looks at mailboxes that nothing watches.
    public var pollInterval: Int
    public var fetch: Fetch

    /// An account with the defaults of the documentation.
    public init(name: String, host: String, user: String) {
        self.name = name
        self.host = host
        self.user = user
        port = Self.defaultPort(for: .tls)
        security = .tls
        allowPlaintext = false
        mechanism = .auto
        mailboxes = ["*"]
        exclude = ["\\Junk", "\\Trash"]
        watch = ["INBOX"]
        connections = 3
        pollInterval = 300
        fetch = .text
    }

    /// The most connections that `connections` may ask for; servers allow few more to one user.
    public static let mostConnections = 32

    static func defaultPort(for security: Security) -> Int {
        switch security {
        case .tls: 993
        case .startTLS, .none: 143
        }
    }

    static func defaultSecurity(forPort port: Int) -> Security { port == 143 ? .startTLS : .tls }

    /// True where the host can only be this machine, so that unprotected connections leave it nowhere.
    public var isLoopback: Bool {
        let host = host.lowercased()
        if host == "localhost" || host.hasSuffix(".localhost") || host == "::1" || host == "[::1]" { return true }
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil }
    }

    /// A SHA-256 digest as people write it: 64 hexadecimal digits, colons and blanks between them allowed. Nil for
    /// anything else.
    public static func digest(_ text: String) -> [UInt8]? {
        let digits = text.utf8.filter { $0 != UInt8(ascii: ":") && $0 != 0x20 }
        guard digits.count == 64 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(32)
        for index in stride(from: 0, to: 64, by: 2) {
            guard let high = hexValue(digits[index]), let low = hexValue(digits[index + 1]) else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    private static func hexValue(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
