import COpenSSL

/// Why a TLS session could not be set up or could not go on, in one line a person can act on.
public struct TLSError: Error, Sendable, CustomStringConvertible {
    public enum Code: String, Hashable, Sendable {
        // The user's files or settings.
        case unusableTrust
        case unusableIdentity
        // The server's certificate.
        case certificateExpired
        case certificateNotYetValid
        case certificateSelfSigned
        case unknownAuthority
        case hostNameMismatch
        case pinMismatch
        case certificateRejected
        // The conversation.
        case notTLS
        case noCommonVersion
        case identityRefused
        case handshakeFailed
        case brokenRecord
        /// The stream ended with no close_notify: what was read may not be all that was sent.
        case truncated
        case closed
        // OpenSSL itself.
        case outOfMemory
    }

    public var code: Code
    public var message: String
    /// OpenSSL's own words, where it had any.
    public var underlying: String?
    /// The chain that the server sent, where it is what was refused.
    public var chain: [TLSCertificate] = []

    public init(_ code: Code, _ message: String, underlying: String? = nil) {
        self.code = code
        self.message = message
        self.underlying = underlying
    }

    public var description: String {
        guard let underlying else { return message }
        return "\(message) (\(underlying))"
    }

    /// Empties this thread's error queue and gives its first entry, the cause; the later ones tell its way up.
    static func drainQueue() -> (packed: UInt, text: String)? {
        var first: (packed: UInt, text: String)?
        while true {
            var data: UnsafePointer<CChar>?
            var flags: CInt = 0
            let packed = ERR_get_error_all(nil, nil, nil, &data, &flags)
            guard packed != 0 else { return first }
            guard first == nil else { continue }
            var text = ERR_reason_error_string(packed).map { String(cString: $0) } ?? "error \(packed)"
            if let data, flags & CInt(ERR_TXT_STRING) != 0, data.pointee != 0 { text += ": \(String(cString: data))" }
            first = (UInt(packed), text)
        }
    }

    /// The error that a failed handshake or a failed read left in OpenSSL's queue.
    static func fromQueue(_ fallback: Code, _ message: String) -> TLSError {
        guard let (packed, text) = drainQueue() else { return TLSError(fallback, message) }
        guard trawl_error_library(packed) == ERR_LIB_SSL else {
            return TLSError(fallback, message, underlying: text)
        }
        switch trawl_error_reason(packed) {
        case SSL_R_WRONG_VERSION_NUMBER, SSL_R_HTTP_REQUEST, SSL_R_HTTPS_PROXY_REQUEST:
            return TLSError(.notTLS, "the server does not speak TLS on this port", underlying: text)
        case SSL_R_UNSUPPORTED_PROTOCOL, SSL_R_TLSV1_ALERT_PROTOCOL_VERSION, SSL_R_NO_PROTOCOLS_AVAILABLE,
            SSL_R_UNSUPPORTED_SSL_VERSION:
            return TLSError(
                .noCommonVersion, "the server offers no version of TLS that is safe (1.2 or newer is needed)",
                underlying: text)
        case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED, SSL_R_PEER_DID_NOT_RETURN_A_CERTIFICATE:
            return TLSError(
                .identityRefused, "the server wants a client certificate: set client-certificate and client-key",
                underlying: text)
        case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE, SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN,
            SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED, SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED,
            SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE, SSL_R_TLSV1_ALERT_UNKNOWN_CA, SSL_R_TLSV1_ALERT_ACCESS_DENIED:
            return TLSError(.identityRefused, "the server refused the client certificate", underlying: text)
        case SSL_R_SSLV3_ALERT_HANDSHAKE_FAILURE, SSL_R_NO_SHARED_CIPHER:
            return TLSError(
                .handshakeFailed,
                "the server and this program have no cipher in common, or it wants a client certificate",
                underlying: text)
        default:
            return TLSError(fallback, message, underlying: text)
        }
    }
}
