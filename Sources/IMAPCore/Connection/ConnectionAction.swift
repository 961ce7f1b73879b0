import NIOCore

/// What the owner of a `ConnectionStateMachine` is to do, in this order.
public enum ConnectionAction: Sendable {
    /// The greeting has come; commands may be given. BYE ends in `.close` instead.
    case greeted(StatusCondition, ResponseText)
    case send(ByteBuffer)
    /// Begin TLS now: call `tlsEstablished(now:)` when the handshake is done. First make sure that no byte waits in the
    /// framer (`bufferedByteCount`), else call `plaintextAfterStartTLS()`.
    case startTLS
    /// All bytes from here on are deflated, those in the framer's buffer too (COMPRESS=DEFLATE, RFC 4978).
    case startCompression
    /// Data that a command asked for.
    case data(CommandID, UntaggedResponse)
    /// Data that nobody asked for.
    case event(MailboxEvent)
    /// The server took up IDLE; also again, each time that it was re-issued.
    case idling(CommandID)
    case complete(CommandID, CommandOutcome)
    /// Close the socket; nothing more will come. Comes once, after every command has been completed.
    case close(CloseReason)
}
