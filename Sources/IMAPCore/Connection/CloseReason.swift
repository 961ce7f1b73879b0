/// Why a connection is over.
public enum CloseReason: Hashable, Sendable {
    /// After LOGOUT, as asked.
    case loggedOut
    /// The server said BYE unasked; its words tell why.
    case bye(ResponseText)
    /// The peer closed without BYE.
    case peerClosed
    /// No greeting came in time.
    case greetingTimeout
    /// The server was silent for too long while this command waited.
    case responseTimeout(command: String)
    /// What came first was no greeting of IMAP (wrong port, wrong protocol).
    case notIMAP
    /// Bytes came in the clear after STARTTLS' OK and before the handshake (RFC 9051, 11.1): somebody may have put
    /// them there.
    case injectionBeforeTLS
    /// The greeting was PREAUTH, which leaves no room for STARTTLS (RFC 9051, 11.1).
    case preauthenticatedWithoutTLS
    /// The server accepted the password without a proof of its own.
    case serverNotAuthentic
    /// The server broke the protocol in a way that leaves no sure ground, told in constant words.
    case protocolViolation(String)
}
