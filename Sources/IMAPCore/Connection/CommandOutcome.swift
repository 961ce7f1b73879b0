/// A command given to `ConnectionStateMachine`; its own number, not the wire's tag.
public struct CommandID: Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt64

    public var description: String { "command \(rawValue)" }
}

/// How a command ended.
public enum CommandOutcome: Sendable {
    case ok(ResponseText)
    case no(ResponseText)
    case bad(ResponseText)
    /// Never sent: the rules forbid it here.
    case refused(CommandRefusal)
    /// It could not be put on the wire, or its authentication broke off.
    case failed(IMAPCoreError)
    /// The connection ended first. Whether the server did what was asked is not known.
    case connectionClosed(CloseReason)
}

/// Why a command was not sent.
public enum CommandRefusal: String, Hashable, Sendable {
    /// The server says LOGINDISABLED.
    case loginDisabled
    /// A password would go in the clear.
    case passwordInTheClear
    /// `starttls` is required and not done.
    case tlsRequired
    /// STARTTLS where TLS already is, or is not wanted.
    case alreadySecure
    /// It needs a login first, or there was one.
    case wrongState
    /// The connection is over, or closing.
    case closed
}
