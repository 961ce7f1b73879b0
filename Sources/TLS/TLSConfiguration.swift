/// What a TLS client trusts, whom it says it is, and which versions it speaks.
///
/// Holds paths, not key material: nothing in it needs hiding from a log.
public struct TLSConfiguration: Hashable, Sendable {
    /// Where the certificates come from that may vouch for a server.
    public enum Trust: Hashable, Sendable {
        /// The system's store (`SSL_CERT_FILE` and `SSL_CERT_DIR` are obeyed, as OpenSSL does).
        case system
        /// The certificates of one PEM file, and no others. A server's own certificate may stand in it too.
        case file(String)
    }

    public enum Version: Hashable, Sendable {
        case tls12
        case tls13
    }

    /// A certificate chain and its private key, as PEM files.
    public struct Identity: Hashable, Sendable {
        public var certificateFile: String
        public var keyFile: String

        public init(certificateFile: String, keyFile: String) {
            self.certificateFile = certificateFile
            self.keyFile = keyFile
        }
    }

    public var trust: Trust
    /// The SHA-256 of the server's certificate (32 bytes of the DER form's digest). Where it is set, this certificate
    /// alone is accepted, and neither its issuer, its dates nor its names are looked at.
    public var pinnedSHA256: [UInt8]?
    public var identity: Identity?
    public var minimumVersion: Version
    /// Tests and servers that break with 1.3 need it; nil leaves OpenSSL's own newest.
    public var maximumVersion: Version?
    /// The name or address that the certificate must be for, where it is not the name that was connected to.
    public var serverName: String?

    public init(
        trust: Trust = .system, pinnedSHA256: [UInt8]? = nil, identity: Identity? = nil,
        minimumVersion: Version = .tls12, maximumVersion: Version? = nil, serverName: String? = nil
    ) {
        self.trust = trust
        self.pinnedSHA256 = pinnedSHA256
        self.identity = identity
        self.minimumVersion = minimumVersion
        self.maximumVersion = maximumVersion
        self.serverName = serverName
    }

    /// Reads a SHA-256 as people write it: 64 hex digits, colons and spaces allowed, an optional `sha256:` ahead.
    /// Nil where it is anything else.
    public static func fingerprint(_ text: String) -> [UInt8]? {
        var text = Substring(text)
        for prefix in ["sha256:", "SHA256:", "sha256//"] where text.hasPrefix(prefix) { text.removeFirst(prefix.count) }
        var digits: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "0")...UInt8(ascii: "9"): digits.append(byte - UInt8(ascii: "0"))
            case UInt8(ascii: "a")...UInt8(ascii: "f"): digits.append(byte - UInt8(ascii: "a") + 10)
            case UInt8(ascii: "A")...UInt8(ascii: "F"): digits.append(byte - UInt8(ascii: "A") + 10)
            case UInt8(ascii: ":"), UInt8(ascii: " "): continue
            default: return nil
            }
        }
        guard digits.count == 64 else { return nil }
        return stride(from: 0, to: 64, by: 2).map { digits[$0] << 4 | digits[$0 + 1] }
    }
}
