import IMAPCore
import TLS

// What ended a connection or a command, in words.
extension ConnectionDriver {
    func explain(_ error: any Error) -> IMAPError {
        if let bye { return Self.explain(bye, server) }
        if let error = error as? TLSError {
            // The server spoke IMAP and agreed to TLS. What comes in the clear after that is what an attacker puts there to
            // be read as if it had come through TLS; it may come with the OK or, like here, after it.
            if error.code == .notTLS, server.security == .startTLS { return Self.injection(error) }
            var told = IMAPError(error)
            if told.code == .notTLS { told.message += "; set security = \"starttls\", or the port that has TLS (993)" }
            return told
        }
        if error is InflateStream.Failure {
            return IMAPError(.protocolViolation, "what the server compressed cannot be read", underlying: error)
        }
        return Connector.explain(error, server)
    }

    func explain(_ reason: CloseReason) -> IMAPError {
        let place = "\(server.host) port \(server.port)"
        switch reason {
        case .loggedOut: return IMAPError(.closed, "the connection to \(server.host) was closed by LOGOUT")
        case .bye(let text): return Self.explain(text, server)
        case .peerClosed:
            if let bye { return Self.explain(bye, server) }
            if machine.state == .closed(.peerClosed), core.snapshot.greeting.isEmpty, !core.greeted.isResolved {
                return IMAPError(
                    .notIMAP, "\(place) closed the connection without a greeting: does an IMAP server listen there?")
            }
            return IMAPError(.connectionLost, "\(server.host) closed the connection")
        case .greetingTimeout:
            if server.security != .tls {
                return IMAPError(
                    .tlsExpected,
                    "\(place) says nothing: it may expect TLS from the first byte; set security = \"tls\"")
            }
            return IMAPError(.responseTimeout, "\(place) says nothing: no greeting came")
        case .responseTimeout(let command):
            return IMAPError(.responseTimeout, "\(server.host) does not answer \(command): the connection is given up")
        case .notIMAP:
            return IMAPError(
                .notIMAP, "\(place) does not speak IMAP: is the port right (993 or 143)? It began with \"\(excerpt)\"")
        case .injectionBeforeTLS: return Self.injection(nil)
        case .preauthenticatedWithoutTLS:
            return IMAPError(
                .startTLSUnavailable,
                "\(place) logs everybody in before TLS can begin (PREAUTH): set security = \"tls\", or \"none\" if that is meant"
            )
        case .serverNotAuthentic:
            return IMAPError(
                .protocolViolation, "\(server.host) could not prove that it knows the password: it may be an impostor")
        case .protocolViolation(let words):
            return IMAPError(.protocolViolation, "\(server.host) breaks the protocol: \(words)")
        }
    }

    static func injection(_ underlying: (any Error)?) -> IMAPError {
        IMAPError(
            .startTLSInjection,
            "the connection is being tampered with, or the server is broken: data in the clear came after STARTTLS",
            underlying: underlying)
    }

    private static func explain(_ bye: ResponseText, _ server: IMAPServer) -> IMAPError {
        let words = AuthenticationAdvice.printable(bye.text)
        let code: IMAPError.Code
        switch bye.code {
        case _ where AuthenticationAdvice.saysTooManyConnections(bye.text): code = .limit
        case .unavailable?: code = .unavailable
        case .limit?: code = .limit
        case .inUse?: code = .inUse
        default: code = .bye
        }
        return IMAPError(code, "\(server.host) ends the connection: \(words)", responseCode: bye.code)
    }

    func refusal(_ outcome: CommandOutcome, _ name: String) -> IMAPError? {
        switch outcome {
        case .ok: return nil
        case .no(let text):
            return IMAPConnection.error(name, CommandResult(status: .no, text: text, untagged: []))
        case .bad(let text):
            return IMAPConnection.error(name, CommandResult(status: .bad, text: text, untagged: []))
        case .connectionClosed(let reason): return failure ?? explain(reason)
        case .failed(let error): return Self.explain(error, name)
        case .refused(let refusal):
            switch refusal {
            case .loginDisabled:
                return IMAPError(.loginDisabled, "\(server.host) takes no passwords on this connection (LOGINDISABLED)")
            case .passwordInTheClear:
                return IMAPError(
                    .settings,
                    "the password would go in the clear: use security = \"tls\", or set allow-plaintext = true")
            case .tlsRequired:
                return IMAPError(.startTLSUnavailable, "\(server.host) offers no TLS, which the settings ask for")
            case .alreadySecure, .wrongState: return IMAPError(.misuse, "\(name) cannot be given here")
            case .closed: return failure ?? IMAPError(.closed, "the connection is closed")
            }
        }
    }

    private static func explain(_ error: IMAPCoreError, _ name: String) -> IMAPError {
        let code: IMAPError.Code
        switch error.code {
        case .unencodable: code = .misuse
        case .noUsableMechanism: code = .noMechanism
        case .malformedChallenge, .serverNotAuthentic: code = .protocolViolation
        case .authenticationRefused: code = .authenticationFailed
        case .unusableCredentials: code = .settings
        }
        return IMAPError(code, "\(name): \(error.message)", underlying: error)
    }
}
