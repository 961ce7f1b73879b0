import MailSearch

/// Changes that are made in one transaction, with the cursors that cover them.
///
/// Applied in the order of the properties below; messages without a place at the end leave the index. A batch done
/// twice changes nothing the second time.
public struct IndexBatch: Sendable {
    /// Seconds since 1970: when messages that leave are counted as having left.
    public var now: Int64
    /// Mailboxes whose UIDVALIDITY changed, with the new one: their places and cursors go.
    public var resets: [MailboxReset]
    public var additions: [PlacedDocument]
    /// Messages that the index knows, in a new place: moves and copies, without their text.
    public var relocations: [Relocation]
    /// New texts of messages that the index knows.
    public var replacements: [Replacement]
    /// Of UIDs that the index does not hold, nothing comes.
    public var flagChanges: [FlagChange]
    public var removals: [Removal]
    public var cursors: [MailboxCursor]

    public init(
        now: Int64, resets: [MailboxReset] = [], additions: [PlacedDocument] = [], relocations: [Relocation] = [],
        replacements: [Replacement] = [], flagChanges: [FlagChange] = [], removals: [Removal] = [],
        cursors: [MailboxCursor] = []
    ) {
        self.now = now
        self.resets = resets
        self.additions = additions
        self.relocations = relocations
        self.replacements = replacements
        self.flagChanges = flagChanges
        self.removals = removals
        self.cursors = cursors
    }

    /// Changes of messages; removals count by their ranges.
    var changeCount: Int {
        additions.count + relocations.count + replacements.count + flagChanges.count
            + removals.reduce(0) { $0 + $1.uids.count }
    }
}

/// Where a message stands in a mailbox.
public struct Place: Hashable, Sendable {
    public var mailbox: MailboxID
    public var uid: UInt32
    /// Must be the mailbox's; a batch with another is refused (``IndexError/Code/uidValidityChanged``).
    public var uidValidity: UInt32
    public var flags: FlagSet
    public var modSeq: UInt64?

    public init(mailbox: MailboxID, uid: UInt32, uidValidity: UInt32, flags: FlagSet = .none, modSeq: UInt64? = nil) {
        self.mailbox = mailbox
        self.uid = uid
        self.uidValidity = uidValidity
        self.flags = flags
        self.modSeq = modSeq
    }
}

public struct MailboxReset: Hashable, Sendable {
    public var mailbox: MailboxID
    public var uidValidity: UInt32
    public init(mailbox: MailboxID, uidValidity: UInt32) {
        self.mailbox = mailbox
        self.uidValidity = uidValidity
    }
}

/// A message and where it stands. A message that the index knows already gains the place alone.
public struct PlacedDocument: Sendable {
    public var document: MessageDocument
    public var place: Place
    public init(document: MessageDocument, place: Place) {
        self.document = document
        self.place = place
    }
}

public struct Relocation: Hashable, Sendable {
    public var message: EmailID
    public var place: Place
    public init(message: EmailID, place: Place) {
        self.message = message
        self.place = place
    }
}

/// Takes the place of a message's content, as when an attachment's text was fetched later. Its id stays, its date too.
public struct Replacement: Sendable {
    public var message: EmailID
    public var document: MessageDocument
    public init(message: EmailID, document: MessageDocument) {
        self.message = message
        self.document = document
    }
}

public struct FlagChange: Hashable, Sendable {
    public var mailbox: MailboxID
    public var uid: UInt32
    public var flags: FlagSet
    /// Whether `flags.labels` is told; if not, the labels stay as they are.
    public var hasLabels: Bool
    public var modSeq: UInt64?
    public init(mailbox: MailboxID, uid: UInt32, flags: FlagSet, hasLabels: Bool = false, modSeq: UInt64? = nil) {
        self.mailbox = mailbox
        self.uid = uid
        self.flags = flags
        self.hasLabels = hasLabels
        self.modSeq = modSeq
    }
}

public struct Removal: Hashable, Sendable {
    public var mailbox: MailboxID
    public var uids: [ClosedRange<UInt32>]
    public init(mailbox: MailboxID, uids: [ClosedRange<UInt32>]) {
        self.mailbox = mailbox
        self.uids = uids
    }
}

/// What a batch came to.
public struct BatchOutcome: Hashable, Sendable {
    /// Messages that were not in the index.
    public var created: [EmailID] = []
    /// Messages whose flags, places or content changed.
    public var updated: [EmailID] = []
    /// Messages that left.
    public var destroyed: [EmailID] = []
    /// After the batch; what `changes(since:)` counts from.
    public var state: String = ""
    /// Whether it will stay, whatever happens: see ``IndexStore/apply(_:isFollowed:)``.
    public var isCommitted = true

    public init() {}
}
