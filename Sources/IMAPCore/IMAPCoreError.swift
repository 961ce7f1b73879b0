/// What went wrong in the IMAP core: something that can't be said on the wire, or an exchange that failed.
///
/// Malformed responses are no errors: they are counted and skipped (see `ResponseParser`).
public struct IMAPCoreError: Error, Sendable {
    public enum Code: String, Hashable, Sendable {
        /// The caller's fault: a text with NUL or line ends, an empty set, a part number that is none.
        case unencodable
        /// The user's or the server's fault: no mechanism that both sides can use and that is safe.
        case noUsableMechanism
        /// The server's fault: a SASL challenge that can't be read.
        case malformedChallenge
        /// The server's fault: it could not prove that it knows the password, or changed the exchange.
        case serverNotAuthentic
        /// The server said in the exchange why it refuses.
        case authenticationRefused
        /// The user's fault: a name or password that the mechanism can't carry.
        case unusableCredentials
    }

    public var code: Code
    /// For people; no credentials and no mail in it.
    public var message: String
    public var underlying: (any Error)?

    public init(_ code: Code, _ message: String, underlying: (any Error)? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }
}

extension IMAPCoreError: CustomStringConvertible {
    public var description: String { "\(code.rawValue): \(message)" }
}
