import IMAPCore

/// How a `fetch` over several windows ended.
public struct FetchOutcome: Sendable {
    /// Messages that were handed out.
    public var messages = 0
    /// Literal bytes in them.
    public var bytes = 0
    /// Expunged messages, where `vanished` was asked for.
    public var vanished = UIDSet()
    /// Windows that the server refused with NO, by their place in the argument, and its words. What it sent of them
    /// before was handed out all the same.
    public var refused: [(window: Int, text: ResponseText)] = []

    public init() {}
}

/// Whether `idle` goes on after an event.
public enum IdleDecision: Hashable, Sendable {
    case goOn
    case stop
}

/// What APPEND, COPY and MOVE tell where the server has UIDPLUS (RFC 4315).
public struct CopiedUIDs: Hashable, Sendable {
    public var uidValidity: UIDValidity
    public var source: UIDSet?
    public var destination: UIDSet?

    public init(uidValidity: UIDValidity, source: UIDSet? = nil, destination: UIDSet? = nil) {
        self.uidValidity = uidValidity
        self.source = source
        self.destination = destination
    }
}
