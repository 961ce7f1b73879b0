import IMAPCore
import TLS

/// Why a connection could not be made or a command failed: one line that names what to do, and a code that tells whose
/// fault it is. Holds no credentials and no content of mail.
public struct IMAPError: Error, Sendable {
    public enum Code: String, Hashable, Sendable {
        // The user's settings.
        case authenticationFailed
        case noMechanism
        case loginDisabled
        case startTLSUnavailable
        case certificate
        case settings
        // The network.
        case unknownHost
        case refused
        case unreachable
        case connectTimeout
        case connectionLost
        case responseTimeout
        // The server.
        case notIMAP
        case notTLS
        case tlsExpected
        case tlsFailed
        case bye
        case unavailable
        case limit
        case inUse
        case no
        case bad
        case nonExistent
        case noPermission
        case protocolViolation
        case startTLSInjection
        // This program.
        case unsupported
        case cancelled
        case closed
        case misuse
    }

    public enum Fault: String, Hashable, Sendable {
        case user
        case network
        case server
        case program
    }

    public var code: Code
    public var message: String
    public var underlying: (any Error)?
    /// The response code of the server's NO, BAD or BYE, where it had one.
    public var responseCode: ResponseCode?

    public init(
        _ code: Code, _ message: String, responseCode: ResponseCode? = nil, underlying: (any Error)? = nil
    ) {
        self.code = code
        self.message = message
        self.responseCode = responseCode
        self.underlying = underlying
    }

    public var fault: Fault {
        switch code {
        case .authenticationFailed, .noMechanism, .loginDisabled, .startTLSUnavailable, .certificate, .settings,
            .unknownHost, .tlsExpected, .notTLS, .nonExistent, .noPermission:
            .user
        case .refused, .unreachable, .connectTimeout, .connectionLost, .responseTimeout: .network
        case .notIMAP, .tlsFailed, .bye, .unavailable, .limit, .inUse, .no, .bad, .protocolViolation,
            .startTLSInjection:
            .server
        case .unsupported, .cancelled, .closed, .misuse: .program
        }
    }

    /// Whether the same may go well later with nothing changed. A wrong password never does; trying it again locks
    /// accounts.
    public var isTransient: Bool {
        switch code {
        case .refused, .unreachable, .connectTimeout, .connectionLost, .responseTimeout, .bye, .unavailable, .limit,
            .inUse, .tlsFailed, .protocolViolation, .unknownHost, .closed:
            true
        case .authenticationFailed, .noMechanism, .loginDisabled, .startTLSUnavailable, .certificate, .settings,
            .notIMAP, .notTLS, .tlsExpected, .no, .bad, .nonExistent, .noPermission, .startTLSInjection, .unsupported,
            .cancelled, .misuse:
            false
        }
    }
}

extension IMAPError: CustomStringConvertible {
    public var description: String { message }
}

extension IMAPError {
    /// A TLS error in this module's terms.
    init(_ error: TLSError) {
        let code: Code
        switch error.code {
        case .unusableTrust, .unusableIdentity: code = .settings
        case .certificateExpired, .certificateNotYetValid, .certificateSelfSigned, .unknownAuthority, .hostNameMismatch,
            .pinMismatch, .certificateRejected, .identityRefused:
            code = .certificate
        case .notTLS: code = .notTLS
        case .noCommonVersion, .handshakeFailed, .outOfMemory: code = .tlsFailed
        case .brokenRecord, .truncated, .closed: code = .connectionLost
        }
        self.init(code, error.message, underlying: error)
    }
}
