/// XOAUTH2 (Google's and Microsoft's): an OAuth 2 access token, for use within TLS.
public struct XOAuth2Mechanism: SASLClient, CustomStringConvertible {
    private let user: String
    private let token: Secret
    /// The JSON in which the server told why it refused; it names a status and a scope, no secret.
    public private(set) var refusal: String?

    public init(user: String, token: Secret) {
        self.user = user
        self.token = token
    }

    public var description: String { mechanism }
    public var mechanism: String { "XOAUTH2" }
    public var sendsSecretInTheClear: Bool { true }

    public mutating func initialResponse() throws(IMAPCoreError) -> [UInt8]? {
        let secret = token.utf8
        guard !user.utf8.contains(1), !secret.contains(where: { $0 < 0x20 }) else {
            throw IMAPCoreError(.unusableCredentials, "XOAUTH2 cannot carry control characters")
        }
        return Array("user=".utf8) + Array(user.utf8) + [1] + Array("auth=Bearer ".utf8) + secret + [1, 1]
    }

    /// A challenge is a refusal; an empty answer makes the server say NO.
    public mutating func respond(to challenge: [UInt8]) throws(IMAPCoreError) -> [UInt8] {
        refusal = String(repairing: challenge)
        return []
    }
}

/// OAUTHBEARER (RFC 7628): an OAuth 2 access token, for use within TLS.
public struct OAuthBearerMechanism: SASLClient, CustomStringConvertible {
    private let user: String
    private let token: Secret
    private let host: String
    private let port: Int
    /// The JSON in which the server told why it refused; it names a status and a scope, no secret.
    public private(set) var refusal: String?

    public init(user: String, token: Secret, host: String, port: Int) {
        self.user = user
        self.token = token
        self.host = host
        self.port = port
    }

    public var description: String { mechanism }
    public var mechanism: String { "OAUTHBEARER" }
    public var sendsSecretInTheClear: Bool { true }

    public mutating func initialResponse() throws(IMAPCoreError) -> [UInt8]? {
        let secret = token.utf8
        guard !user.utf8.contains(where: { $0 < 0x20 }), !secret.contains(where: { $0 < 0x20 }) else {
            throw IMAPCoreError(.unusableCredentials, "OAUTHBEARER cannot carry control characters")
        }
        var name = ""
        for scalar in user.unicodeScalars {
            switch scalar {
            case "=": name += "=3D"
            case ",": name += "=2C"
            default: name.unicodeScalars.append(scalar)
            }
        }
        let head = "n,a=" + name + ",\u{1}host=" + host + "\u{1}port=\(port)\u{1}auth=Bearer "
        return Array(head.utf8) + secret + [1, 1]
    }

    /// A challenge is a refusal; the answer that RFC 7628, 3.2.3 wants makes the server say NO.
    public mutating func respond(to challenge: [UInt8]) throws(IMAPCoreError) -> [UInt8] {
        refusal = String(repairing: challenge)
        return [1]
    }
}
