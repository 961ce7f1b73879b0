/// PLAIN (RFC 4616): the password itself, for use within TLS. It goes as it was typed: RFC 4616, 2 has the server prepare
/// it, and servers that compare octets (Dovecot) want those that were set.
public struct PlainMechanism: SASLClient, CustomStringConvertible {
    private let user: String
    private let password: Secret

    public init(user: String, password: Secret) {
        self.user = user
        self.password = password
    }

    public var description: String { mechanism }
    public var mechanism: String { "PLAIN" }
    public var sendsSecretInTheClear: Bool { true }

    public mutating func initialResponse() throws(IMAPCoreError) -> [UInt8]? {
        let secret = password.utf8
        guard !user.utf8.contains(0), !secret.contains(0) else {
            throw IMAPCoreError(.unusableCredentials, "PLAIN cannot carry a name or password with a NUL")
        }
        return [0] + Array(user.utf8) + [0] + secret
    }

    public mutating func respond(to challenge: [UInt8]) throws(IMAPCoreError) -> [UInt8] {
        throw IMAPCoreError(.malformedChallenge, "PLAIN has no second step")
    }
}

/// LOGIN (draft-murchison-sasl-login): name and password, each asked for and sent as it was typed; for use within TLS.
public struct LoginMechanism: SASLClient, CustomStringConvertible {
    private let user: String
    private let password: Secret
    private var step = 0

    public init(user: String, password: Secret) {
        self.user = user
        self.password = password
    }

    public var description: String { mechanism }
    public var mechanism: String { "LOGIN" }
    public var sendsSecretInTheClear: Bool { true }

    public mutating func initialResponse() throws(IMAPCoreError) -> [UInt8]? { nil }

    /// The challenges' words (`Username:`, `User Name`, nothing at all) are not looked at: servers differ, the order
    /// does not.
    public mutating func respond(to challenge: [UInt8]) throws(IMAPCoreError) -> [UInt8] {
        step += 1
        switch step {
        case 1: return Array(user.utf8)
        case 2: return password.utf8
        default: throw IMAPCoreError(.malformedChallenge, "LOGIN has no third step")
        }
    }
}

/// EXTERNAL (RFC 4422, appendix A): who TLS' client certificate says.
public struct ExternalMechanism: SASLClient, CustomStringConvertible {
    private let user: String?

    /// - Parameter user: Whom to act as; nil: as whom the certificate names.
    public init(user: String? = nil) {
        self.user = user
    }

    public var description: String { mechanism }
    public var mechanism: String { "EXTERNAL" }
    public var sendsSecretInTheClear: Bool { false }

    public mutating func initialResponse() throws(IMAPCoreError) -> [UInt8]? { Array((user ?? "").utf8) }

    public mutating func respond(to challenge: [UInt8]) throws(IMAPCoreError) -> [UInt8] {
        throw IMAPCoreError(.malformedChallenge, "EXTERNAL has no second step")
    }
}
