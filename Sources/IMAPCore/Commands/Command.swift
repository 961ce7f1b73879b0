import NIOCore

/// A command of the client, as values; `CommandEncoder` makes bytes of it.
public enum Command: Sendable {
    // Any state.
    case capability
    case noop
    case logout
    case id([IDField])
    // Not authenticated.
    case startTLS
    case login(user: String, password: Secret)
    case authenticate(any SASLClient)
    // Authenticated.
    case enable([Capability])
    case namespace
    case compressDeflate
    case select(MailboxName, SelectParameters = SelectParameters())
    case examine(MailboxName, SelectParameters = SelectParameters())
    case create(MailboxName, use: MailboxAttribute? = nil)
    case delete(MailboxName)
    case rename(MailboxName, to: MailboxName)
    case subscribe(MailboxName)
    case unsubscribe(MailboxName)
    case list(ListRequest)
    case lsub(reference: String, pattern: String)
    case status(MailboxName, [StatusItem])
    case append(MailboxName, AppendMessage)
    case notify(NotifyRequest)
    case idle
    // Selected.
    case check
    case close
    case unselect
    case expunge
    case uidExpunge(UIDSet)
    case uidFetch(UIDSet, [FetchItem], FetchModifiers = FetchModifiers())
    case fetch(ClosedRange<SequenceNumber>, [FetchItem], FetchModifiers = FetchModifiers())
    /// With `returning` nil a plain SEARCH, else ESEARCH.
    case uidSearch([SearchKey], returning: [SearchReturnOption]? = nil)
    case uidStore(UIDSet, StoreAction, [Flag], unchangedSince: ModSequence? = nil)
    case uidCopy(UIDSet, MailboxName)
    case uidMove(UIDSet, MailboxName)
    /// A line as it stands, without tag and line end; for diagnosis. It must hold no literal.
    case raw(String)

    /// The command's name without its arguments, as a log may show it.
    public var name: String {
        switch self {
        case .capability: "CAPABILITY"
        case .noop: "NOOP"
        case .logout: "LOGOUT"
        case .id: "ID"
        case .startTLS: "STARTTLS"
        case .login: "LOGIN"
        case .authenticate: "AUTHENTICATE"
        case .enable: "ENABLE"
        case .namespace: "NAMESPACE"
        case .compressDeflate: "COMPRESS"
        case .select: "SELECT"
        case .examine: "EXAMINE"
        case .create: "CREATE"
        case .delete: "DELETE"
        case .rename: "RENAME"
        case .subscribe: "SUBSCRIBE"
        case .unsubscribe: "UNSUBSCRIBE"
        case .list: "LIST"
        case .lsub: "LSUB"
        case .status: "STATUS"
        case .append: "APPEND"
        case .notify: "NOTIFY"
        case .idle: "IDLE"
        case .check: "CHECK"
        case .close: "CLOSE"
        case .unselect: "UNSELECT"
        case .expunge: "EXPUNGE"
        case .uidExpunge: "UID EXPUNGE"
        case .uidFetch: "UID FETCH"
        case .fetch: "FETCH"
        case .uidSearch: "UID SEARCH"
        case .uidStore: "UID STORE"
        case .uidCopy: "UID COPY"
        case .uidMove: "UID MOVE"
        case .raw: "(raw)"
        }
    }
}

extension Command: CustomStringConvertible {
    /// The name alone: arguments may be credentials or mail.
    public var description: String { name }
}

/// How SELECT or EXAMINE opens a mailbox (RFC 7162).
public struct SelectParameters: Hashable, Sendable {
    /// What the client knows, so that the server tells what has changed (RFC 7162, 3.2.5).
    public struct Resync: Hashable, Sendable {
        public var uidValidity: UIDValidity
        public var modSeq: ModSequence
        /// Nil: all UIDs below the server's next.
        public var knownUIDs: UIDSet?

        public init(uidValidity: UIDValidity, modSeq: ModSequence, knownUIDs: UIDSet? = nil) {
            self.uidValidity = uidValidity
            self.modSeq = modSeq
            self.knownUIDs = knownUIDs
        }
    }

    public var condStore: Bool
    /// Needs ENABLE QRESYNC before.
    public var resync: Resync?

    public init(condStore: Bool = false, resync: Resync? = nil) {
        self.condStore = condStore
        self.resync = resync
    }
}

/// A LIST command, plain or extended (RFC 5258, 5819, 6154, 8457).
public struct ListRequest: Hashable, Sendable {
    public var reference: String
    /// With `*` and `%`; more than one needs LIST-EXTENDED.
    public var patterns: [String]
    /// Such as SUBSCRIBED, REMOTE, SPECIAL-USE; needs LIST-EXTENDED.
    public var selection: [String]
    /// Such as CHILDREN, SPECIAL-USE, SUBSCRIBED; needs LIST-EXTENDED.
    public var returning: [String]
    /// LIST-STATUS.
    public var status: [StatusItem]

    public init(
        reference: String = "", patterns: [String] = ["*"], selection: [String] = [], returning: [String] = [],
        status: [StatusItem] = []
    ) {
        self.reference = reference
        self.patterns = patterns
        self.selection = selection
        self.returning = returning
        self.status = status
    }
}

/// What stands in the second brackets of FETCH (RFC 7162, 9394).
public struct FetchModifiers: Hashable, Sendable {
    public var changedSince: ModSequence?
    /// Tell of expunged messages too; needs `changedSince` and QRESYNC.
    public var vanished: Bool
    /// The newest so many of the set, such as `1...100` (PARTIAL).
    public var partialFromEnd: ClosedRange<UInt32>?
    /// `$`, the result that a search has saved (RFC 5182), in place of the command's set; that only says which messages
    /// may come.
    public var usesSavedResult: Bool

    public init(
        changedSince: ModSequence? = nil, vanished: Bool = false, partialFromEnd: ClosedRange<UInt32>? = nil,
        usesSavedResult: Bool = false
    ) {
        self.changedSince = changedSince
        self.vanished = vanished
        self.partialFromEnd = partialFromEnd
        self.usesSavedResult = usesSavedResult
    }
}

/// What STORE does with the flags; the answers are asked for (no `.SILENT`) unless `silent`.
public enum StoreAction: Hashable, Sendable {
    case add
    case remove
    case replace
    case addSilently
    case removeSilently
}

/// A message for APPEND.
public struct AppendMessage: Hashable, Sendable {
    public var flags: [Flag]
    /// Seconds since 1970.
    public var internalDate: Int64?
    public var bytes: ByteBuffer

    public init(flags: [Flag] = [], internalDate: Int64? = nil, bytes: ByteBuffer) {
        self.flags = flags
        self.internalDate = internalDate
        self.bytes = bytes
    }
}

/// A NOTIFY command (RFC 5465).
public struct NotifyRequest: Hashable, Sendable {
    public enum Filter: Hashable, Sendable {
        case selected
        case selectedDelayed
        case inboxes
        case personal
        case subscribed
        case subtree([MailboxName])
        case mailboxes([MailboxName])
    }

    public enum Event: Hashable, Sendable {
        /// With what FETCH would tell of the new message, in the selected mailbox alone.
        case messageNew([FetchItem] = [])
        case messageExpunge
        case flagChange
        case annotationChange
        case mailboxName
        case subscriptionChange
    }

    public struct Group: Hashable, Sendable {
        public var filter: Filter
        /// None: NONE.
        public var events: [Event]

        public init(_ filter: Filter, _ events: [Event]) {
            self.filter = filter
            self.events = events
        }
    }

    /// Whether the server tells each mailbox's STATUS first.
    public var status: Bool
    /// None: NOTIFY NONE.
    public var groups: [Group]

    public init(status: Bool = false, groups: [Group] = []) {
        self.status = status
        self.groups = groups
    }
}
