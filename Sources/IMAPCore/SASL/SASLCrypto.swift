/// Hash functions that SASL mechanisms name.
public enum SASLHash: Hashable, Sendable {
    case md5
    case sha1
    case sha256

    /// Octets of a digest.
    public var digestSize: Int {
        switch self {
        case .md5: 16
        case .sha1: 20
        case .sha256: 32
        }
    }
}

/// The cryptography that the mechanisms need; whoever has a library for it gives it.
public protocol SASLCrypto: Sendable {
    func hash(_ data: [UInt8], _ hash: SASLHash) -> [UInt8]
    func hmac(key: [UInt8], data: [UInt8], _ hash: SASLHash) -> [UInt8]
    func pbkdf2(password: [UInt8], salt: [UInt8], iterations: Int, _ hash: SASLHash) -> [UInt8]
    /// From a cryptographic generator.
    func randomBytes(_ count: Int) -> [UInt8]
}

/// What binds an exchange to its TLS connection (RFC 5929, RFC 9266), taken from the TLS layer.
public struct ChannelBinding: Hashable, Sendable {
    /// `tls-exporter` (TLS 1.3) or `tls-server-end-point`.
    public var type: String
    public var data: [UInt8]

    public init(type: String, data: [UInt8]) {
        self.type = type
        self.data = data
    }
}
