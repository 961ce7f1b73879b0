import NIOCore

/// How a command ended (RFC 3501, 7.1).
public enum CommandStatus: String, Hashable, Sendable {
    case ok = "OK"
    case no = "NO"
    case bad = "BAD"
}

/// One whole response of the server.
public enum Response: Hashable, Sendable {
    case tagged(tag: String, CommandStatus, ResponseText)
    case untagged(UntaggedResponse)
    /// `+ …`: `raw` is all that stands after the plus and its space, such as base64.
    case continuation(ResponseText, raw: ByteBuffer)
}

/// The condition of an untagged status response.
public enum StatusCondition: String, Hashable, Sendable {
    case ok = "OK"
    case no = "NO"
    case bad = "BAD"
    case preauth = "PREAUTH"
    case bye = "BYE"
}

/// Which command told of a mailbox.
public enum ListKind: String, Hashable, Sendable {
    case list = "LIST"
    case lsub = "LSUB"
    case xlist = "XLIST"
}

/// A response that bears no tag: data, or a condition. Legal in every state.
///
/// The large ones are `indirect`, since responses are handed on many times.
public enum UntaggedResponse: Hashable, Sendable {
    case condition(StatusCondition, ResponseText)
    case capability(CapabilitySet)
    case enabled([Capability])
    indirect case list(ListKind, MailboxInfo)
    indirect case status(MailboxName, MailboxStatus)
    case flags([Flag])
    case exists(Int)
    case recent(Int)
    case expunge(SequenceNumber)
    /// RFC 7162; `earlier`: in answer to QRESYNC or UID FETCH (VANISHED).
    case vanished(UIDSet, earlier: Bool)
    indirect case fetch(FetchResponse)
    indirect case search(SearchResult)
    indirect case extendedSearch(ExtendedSearchResult)
    /// SORT (RFC 5256), in the server's order.
    case sort([UInt32])
    /// THREAD (RFC 5256): the lists as they stand.
    case thread(ByteBuffer)
    case namespace(Namespaces)
    case id([IDField])
    case quota(Quota)
    case quotaRoot(MailboxName, [String])
    /// ACL, LISTRIGHTS and MYRIGHTS (RFC 4314), METADATA (RFC 5464), and others known by name, whose data nothing needs.
    case known(name: String, rest: ByteBuffer)
    /// A response that this parser has no word for: its name, and all of it.
    case unknown(name: String, line: ByteBuffer)
}

/// The numbers of a SEARCH response, in the server's order (RFC 3501, 7.2.5; MODSEQ: RFC 7162).
public struct SearchResult: Hashable, Sendable {
    /// UIDs after UID SEARCH, else sequence numbers. 0 is left out.
    public var numbers: [UInt32] = []
    public var modSeq: ModSequence?

    public init() {}

    /// For UID SEARCH.
    public var uids: UIDSet { UIDSet(numbers.lazy.compactMap { UID(rawValue: $0) }) }
}

/// An ESEARCH response (RFC 4731, 5267, 9394).
public struct ExtendedSearchResult: Hashable, Sendable {
    public var tag: String?
    /// Whether the numbers are UIDs.
    public var isUID = false
    public var min: UInt32?
    public var max: UInt32?
    public var count: Int?
    /// Nil where nothing was found, or ALL wasn't asked for.
    public var all: UIDSet?
    public var modSeq: ModSequence?
    /// The range asked for, such as `-1:-100`, and what is in it (RFC 9394).
    public var partialRange: String?
    public var partial: UIDSet?

    public init() {}
}

/// A NAMESPACE response (RFC 2342).
public struct Namespaces: Hashable, Sendable {
    public struct Namespace: Hashable, Sendable {
        public var prefix: MailboxName
        public var delimiter: Character?

        public init(prefix: MailboxName, delimiter: Character?) {
            self.prefix = prefix
            self.delimiter = delimiter
        }
    }

    public var personal: [Namespace] = []
    public var otherUsers: [Namespace] = []
    public var shared: [Namespace] = []

    public init() {}
}

/// A field of an ID response (RFC 2971).
public struct IDField: Hashable, Sendable {
    public var name: String
    public var value: String?

    public init(name: String, value: String?) {
        self.name = name
        self.value = value
    }
}

/// A QUOTA response (RFC 9208). STORAGE counts in units of 1,024 octets.
public struct Quota: Hashable, Sendable {
    public struct Resource: Hashable, Sendable {
        public var name: String
        public var usage: UInt64
        public var limit: UInt64

        public init(name: String, usage: UInt64, limit: UInt64) {
            self.name = name
            self.usage = usage
            self.limit = limit
        }
    }

    public var root: String
    public var resources: [Resource]

    public init(root: String, resources: [Resource]) {
        self.root = root
        self.resources = resources
    }
}
