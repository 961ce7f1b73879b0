import IMAPCore

/// Who logs in, and by what proof. Nothing that describes a value of it shows the secret.
public struct IMAPCredentials: Sendable {
    public enum Proof: Sendable {
        case password(Secret)
        /// An OAuth 2.0 access token.
        case token(Secret)
        /// The client certificate of the TLS session.
        case external
    }

    /// How to show the proof. All but `auto` insist on one way.
    public enum Mechanism: String, Hashable, Sendable, CaseIterable {
        /// The strongest that the server offers.
        case auto
        case plain
        /// The LOGIN command, or AUTHENTICATE LOGIN where that is offered.
        case login
        case cramMD5 = "cram-md5"
        case scramSHA1 = "scram-sha-1"
        case scramSHA256 = "scram-sha-256"
        case xoauth2
        case oauthbearer
        case external
    }

    public var user: String
    public var proof: Proof
    public var mechanism: Mechanism

    public init(user: String, proof: Proof, mechanism: Mechanism = .auto) {
        self.user = user
        self.proof = proof
        self.mechanism = mechanism
    }

    public static func password(user: String, _ password: Secret, mechanism: Mechanism = .auto) -> IMAPCredentials {
        IMAPCredentials(user: user, proof: .password(password), mechanism: mechanism)
    }

    public static func token(user: String, _ token: Secret, mechanism: Mechanism = .auto) -> IMAPCredentials {
        IMAPCredentials(user: user, proof: .token(token), mechanism: mechanism)
    }

    public static func external(user: String) -> IMAPCredentials {
        IMAPCredentials(user: user, proof: .external)
    }
}

extension IMAPCredentials: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "credentials of \(user)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: ["user": user, "mechanism": mechanism]) }
}
