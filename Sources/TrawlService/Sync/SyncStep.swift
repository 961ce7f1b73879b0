import IMAPCore
import MailIndex
import MailSearch

/// How a server tells what has changed in a mailbox since the index last looked.
public enum ChangeTelling: Hashable, Sendable, CaseIterable {
    /// QRESYNC (RFC 7162): flags and removals since a mod-sequence.
    case qResync
    /// CONDSTORE alone: flags since a mod-sequence; removals must be found by comparing UIDs.
    case condStore
    /// Neither: flags and UIDs are compared.
    case nothing
}

/// What the index holds of a mailbox.
public struct KnownMailbox: Hashable, Sendable {
    /// Nil: never synchronised.
    public var cursor: MailboxCursor?
    /// Every UID that has a place, whether the cursor covers it or not.
    public var uids: UIDSet

    public init(cursor: MailboxCursor? = nil, uids: UIDSet = UIDSet()) {
        self.cursor = cursor
        self.uids = uids
    }
}

/// What the server told when the mailbox was opened.
public struct ServerMailbox: Hashable, Sendable {
    public var uidValidity: UInt32
    /// Nil where the server tells none.
    public var uidNext: UInt32?
    public var exists: Int
    public var highestModSeq: UInt64?
    public var telling: ChangeTelling

    public init(
        uidValidity: UInt32, uidNext: UInt32?, exists: Int, highestModSeq: UInt64? = nil,
        telling: ChangeTelling = .nothing
    ) {
        self.uidValidity = uidValidity
        self.uidNext = uidNext
        self.exists = exists
        self.highestModSeq = highestModSeq
        self.telling = telling
    }
}

/// One thing to do so that the index holds what the server holds, in the order of the plan.
public enum SyncStep: Hashable, Sendable {
    /// All places of the mailbox go: its UIDs mean other messages now.
    case reset(uidValidity: UInt32)
    /// Ask what changed since: flags, and with QRESYNC which of these are gone.
    case fetchChanges(UIDSet, since: UInt64)
    /// Ask for the flags of all of these and compare; what is not answered is gone.
    case compareFlags(UIDSet)
    /// Ask which UIDs there are: known ones that are missing are gone, and what is there and unknown is to be fetched.
    case compareUIDs
    /// Fetch the messages above the cursor. The range ends below the server's next UID.
    case fetchNew(ClosedRange<UInt32>)
    /// Fetch what is missing below `from`, newest first.
    case backfill(below: UInt32)
    /// All the above is done: this is where the mailbox stands.
    case finish(MailboxCursor)
}
