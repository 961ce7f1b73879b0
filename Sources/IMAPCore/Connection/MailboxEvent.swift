/// What a server tells without being asked, at any time.
public enum MailboxEvent: Hashable, Sendable {
    /// The selected mailbox now holds so many messages. It may shrink on servers that drop EXPUNGEs.
    case exists(Int)
    case recent(Int)
    case expunged(SequenceNumber)
    case vanished(UIDSet)
    /// Flags that changed, or with NOTIFY a new message.
    indirect case fetch(FetchResponse)
    /// Of any mailbox, with NOTIFY.
    indirect case status(MailboxName, MailboxStatus)
    /// A mailbox made, renamed or removed, with NOTIFY.
    indirect case mailbox(MailboxInfo)
    case flags([Flag])
    case capabilities(CapabilitySet)
    /// An untagged OK, NO or BAD that no command accounts for; ALERT has its own.
    case notice(StatusCondition, ResponseText)
    /// A text that the user must be shown (RFC 3501, 7.1, ALERT).
    case alert(String)
    /// The server is about to close.
    case bye(ResponseText)
    /// A response, or a part of one, that could not be read or was too large, and was skipped.
    case skipped(SkippedText)
    /// Any other untagged data that no command asked for.
    case other(UntaggedResponse)
}
