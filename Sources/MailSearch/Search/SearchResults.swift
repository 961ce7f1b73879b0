/// What a search found.
public typealias SearchResults = SearchPage<SearchHit>

/// What a search found, its hits as they are shown.
public struct SearchPage<Hit: Sendable>: Sendable {
    /// All hits, or all threads; nil where it was not asked for.
    public var total: Int?
    /// False while a mailbox has messages that are not indexed yet: then more may be found later.
    public var isComplete: Bool
    public var hits: [Hit]
}

/// One message that a search found.
public struct SearchHit: Sendable {
    public var email: Email
    /// The higher the better; comparable within one result. 0 where the query has no text or the sort is by date.
    public var score: Double
    public var snippet: SearchSnippet?
    package var fragments: SnippetFragments?
    /// What is kept of the message for next time, in a process that keeps anything.
    package var kept: KeptMessage?
}

/// Where the query's words stand in a hit, as text and places in it.
package struct SnippetFragments: Hashable, Sendable {
    /// The whole subject, if that was asked for.
    package var subject: TextFragment?
    /// Of the body, or of attachments where it has none of the words.
    package var text: TextFragment?
}

/// Where the query's words stand in a hit: plain text, HTML-escaped, matches between `<mark>` and `</mark>`
/// (RFC 8621 §5).
public struct SearchSnippet: Hashable, Sendable {
    public var subject: String?
    public var body: String?
    public var attachment: String?

    public init(subject: String? = nil, body: String? = nil, attachment: String? = nil) {
        self.subject = subject
        self.body = body
        self.attachment = attachment
    }
}
