/// A query as it was understood: a tree of conditions, each with its place in the text.
///
/// Made by ``QueryParser``, turned into SQL by ``QueryCompiler``. Dates are already instants and saved queries are
/// already spelt out; names of mailboxes, tags and lists are looked up only when the query runs.
public struct SearchQuery: Hashable, Sendable {
    /// What was typed.
    public var source: String
    /// The whole condition.
    public var root: QueryNode

    public init(source: String, root: QueryNode) {
        self.source = source
        self.root = root
    }

    /// Whether texts and dates answer it, without flags, places, names and threads.
    package var asksForWordsAlone: Bool { root.asksForWordsAlone }

    /// Finds every message.
    public static let everything = SearchQuery(source: "*", root: QueryNode(.everything, 0..<1))
}

/// One condition of a query.
public struct QueryNode: Hashable, Sendable {
    public var kind: Kind
    /// Where it stands in the query's text, in UTF-8 bytes. What a saved query brings stands where its name stands.
    public var range: Range<Int>

    public init(_ kind: Kind, _ range: Range<Int>) {
        self.kind = kind
        self.range = range
    }

    public indirect enum Kind: Hashable, Sendable {
        case everything
        /// Words in sequence within one of the columns.
        case text(TextColumns, Phrase)
        /// Phrases with at most `distance` words between them, in any order, within one column.
        case near(TextColumns, [Phrase], distance: Int)
        /// One of these addresses, whole, in one of the columns: `from:me`.
        case participant(TextColumns, [String])
        case and([QueryNode])
        case or([QueryNode])
        case not(QueryNode)
        /// A flag, or its absence.
        case flag(MessageFlag, isSet: Bool)
        case hasAttachment
        /// An attachment's name.
        case filename(NamePattern)
        /// An attachment's media type.
        case mediaType(NamePattern)
        /// The List-Id.
        case list(NamePattern)
        case account(NamePattern)
        /// A mailbox by name, pattern or special use.
        case mailbox(NamePattern)
        /// An IMAP keyword, a Gmail label, or either.
        case tag(TagKinds, NamePattern)
        /// Seconds since 1970, the end not included; nil is open.
        case date(from: Int64?, until: Int64?)
        /// Octets, both ends included; nil is open.
        case size(least: Int64?, most: Int64?)
        /// Trawl's id of a message.
        case id(String)
        /// A Message-ID without its angle brackets.
        case messageID(String)
        /// The thread of a message, by the thread's id or a message's.
        case thread(String)
    }

    /// The conditions that all must hold: itself, unless it joins some by AND.
    var conjuncts: [QueryNode] {
        guard case .and(let nodes) = kind else { return [self] }
        return nodes.flatMap(\.conjuncts)
    }

    fileprivate var asksForWordsAlone: Bool {
        switch kind {
        case .everything, .text, .near, .date: true
        case .and(let nodes), .or(let nodes): nodes.allSatisfy(\.asksForWordsAlone)
        case .not(let node): node.asksForWordsAlone
        default: false
        }
    }
}

/// The columns of the text index.
public struct TextColumns: OptionSet, Hashable, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }

    public static let subject = TextColumns(rawValue: 1)
    public static let from = TextColumns(rawValue: 2)
    public static let to = TextColumns(rawValue: 4)
    public static let cc = TextColumns(rawValue: 8)
    public static let bcc = TextColumns(rawValue: 16)
    public static let body = TextColumns(rawValue: 32)
    public static let attachment = TextColumns(rawValue: 64)
    public static let recipients: TextColumns = [.to, .cc, .bcc]
    public static let participants: TextColumns = [.from, .to, .cc, .bcc]
    public static let all: TextColumns = [.subject, .from, .to, .cc, .bcc, .body, .attachment]

    /// The columns' names, in the index's order.
    public static let names = ["subject", "from", "to", "cc", "bcc", "body", "attachment"]

    /// The names of these columns, in the index's order.
    public var names: [String] {
        Self.names.enumerated().filter { rawValue & (1 << $0.offset) != 0 }.map(\.element)
    }
}

/// Words that stand in sequence.
public struct Phrase: Hashable, Sendable {
    /// As typed, without quotes.
    public var text: String
    /// The folded words, never empty.
    public var tokens: [String]
    /// The last word may go on: `prefix*`, or a lone character of a script that is indexed in pairs.
    public var isPrefix: Bool
    /// It stood in quotes: just these words, whatever languages are stemmed.
    public var isQuoted: Bool

    public init(text: String, tokens: [String], isPrefix: Bool, isQuoted: Bool = false) {
        self.text = text
        self.tokens = tokens
        self.isPrefix = isPrefix
        self.isQuoted = isQuoted
    }
}

/// The flags that IMAP names itself; the raw value is the bit in the index.
public enum MessageFlag: Int, Hashable, Sendable {
    case seen = 1
    case answered = 2
    case flagged = 4
    case deleted = 8
    case draft = 16
}

/// What `tag:`, `keyword:` and `label:` look among; the raw values are the index's kinds.
public struct TagKinds: OptionSet, Hashable, Sendable {
    public let rawValue: Int
    public init(rawValue: Int) { self.rawValue = rawValue }
    public static let keyword = TagKinds(rawValue: 1)
    public static let label = TagKinds(rawValue: 2)
    public static let any: TagKinds = [.keyword, .label]
}
