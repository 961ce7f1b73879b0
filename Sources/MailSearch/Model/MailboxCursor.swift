/// How far a mailbox is indexed. Committed in one transaction with what it covers.
public struct MailboxCursor: Hashable, Sendable {
    public var mailbox: MailboxID
    public var uidValidity: UInt32
    /// All that the server held below this when last looked at is indexed, down to `backfilledDownTo`.
    public var uidNext: UInt32
    public var highestModSeq: UInt64?
    /// Every message with a UID from here up to `uidNext` is indexed; 1 tells that the mailbox is complete, nil that
    /// nothing is.
    public var backfilledDownTo: UInt32?
    /// How many messages the server said the mailbox holds; by it `status` tells coverage.
    public var serverCount: Int?

    public init(
        mailbox: MailboxID, uidValidity: UInt32, uidNext: UInt32, highestModSeq: UInt64? = nil,
        backfilledDownTo: UInt32? = nil, serverCount: Int? = nil
    ) {
        self.mailbox = mailbox
        self.uidValidity = uidValidity
        self.uidNext = uidNext
        self.highestModSeq = highestModSeq
        self.backfilledDownTo = backfilledDownTo
        self.serverCount = serverCount
    }

    public var isComplete: Bool { backfilledDownTo == 1 }
}
