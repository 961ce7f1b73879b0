/// Which hits a search gives, in what order, and what beside them.
public struct SearchOptions: Hashable, Sendable {
    public enum Sort: String, Hashable, Sendable, CaseIterable {
        case newest
        case oldest
        case relevance
    }

    /// What snippets are given as.
    package enum SnippetForm: Hashable, Sendable {
        /// ``SearchHit/snippet``.
        case html
        /// ``SearchHit/fragments``, which take less to make: for who makes neither HTML nor JSON of them.
        case fragments(ofSubjects: Bool)
    }

    /// Nil: all.
    public var limit: Int?
    public var offset: Int
    public var sort: Sort
    /// One hit a thread: the first in the order of `sort`. `total` then counts threads.
    public var threads: Bool
    public var snippets: Bool
    package var snippetForm = SnippetForm.html
    /// Whether of each message only that is read which a list may show: its id, dates, size, flags, From, Sender,
    /// subject, attachments, and whether it is truncated. All else is empty then, and its thread its own.
    public var isBrief: Bool
    /// Whether `total` is counted; without it a search stops at its last hit.
    public var countsTotal: Bool
    /// Whether it is told if more may be found later; else ``SearchPage/isComplete`` is true.
    public var tellsCompleteness: Bool
    /// The search is given up after this many seconds (``IndexError/Code/interrupted``); nil: never.
    public var deadline: Double?

    public init(
        limit: Int? = 20, offset: Int = 0, sort: Sort = .newest, threads: Bool = false, snippets: Bool = true,
        isBrief: Bool = false, countsTotal: Bool = true, tellsCompleteness: Bool = true, deadline: Double? = nil
    ) {
        self.limit = limit
        self.offset = offset
        self.sort = sort
        self.threads = threads
        self.snippets = snippets
        self.isBrief = isBrief
        self.countsTotal = countsTotal
        self.tellsCompleteness = tellsCompleteness
        self.deadline = deadline
    }

    /// Whether a query of words needs nothing but texts and dates (``IndexStoreOptions/isForWordsAlone``).
    package var takesWordsAlone: Bool {
        isBrief && !countsTotal && !tellsCompleteness && !threads && sort != .relevance
    }
}
