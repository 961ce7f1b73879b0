/// One mechanism's side of an authentication, as steps without I/O (RFC 4422).
///
/// A value is used for one exchange. Its description shows no credentials.
public protocol SASLClient: Sendable {
    /// The name in `AUTHENTICATE`, upper case.
    var mechanism: String { get }

    /// What may be sent with the command (SASL-IR) or in answer to the first, empty challenge; nil: the server speaks
    /// first.
    mutating func initialResponse() throws(IMAPCoreError) -> [UInt8]?

    /// The answer to a challenge, both without their base64.
    ///
    /// - Throws: where the exchange must be cancelled with `*`.
    mutating func respond(to challenge: [UInt8]) throws(IMAPCoreError) -> [UInt8]

    /// Looks whether the server's OK may be believed: SCRAM needs the server's proof first.
    func verifyOutcome() throws(IMAPCoreError)

    /// Whether the exchange shows a password or token to whoever listens, so that it needs TLS.
    var sendsSecretInTheClear: Bool { get }

    /// Why the server refused, where it said so within the exchange (XOAUTH2, OAUTHBEARER, SCRAM's `e=`).
    var refusal: String? { get }
}

extension SASLClient {
    public func verifyOutcome() throws(IMAPCoreError) {}
    public var refusal: String? { nil }
}
