/// A criterion of SEARCH (RFC 3501, 6.4.4). Several in a list are ANDed.
public indirect enum SearchKey: Hashable, Sendable {
    case all
    case answered
    case deleted
    case draft
    case flagged
    case new
    case old
    case recent
    case seen
    case unanswered
    case undeleted
    case undraft
    case unflagged
    case unseen
    case keyword(Flag)
    case unkeyword(Flag)
    /// By the server's receipt.
    case before(CalendarDay)
    case on(CalendarDay)
    case since(CalendarDay)
    /// By the Date header.
    case sentBefore(CalendarDay)
    case sentOn(CalendarDay)
    case sentSince(CalendarDay)
    /// Seconds back from now (WITHIN, RFC 5032).
    case older(Int)
    case younger(Int)
    case larger(Int)
    case smaller(Int)
    case from(String)
    case to(String)
    case cc(String)
    case bcc(String)
    case subject(String)
    case body(String)
    case text(String)
    case header(String, String)
    case uid(UIDSet)
    /// CONDSTORE.
    case modSeq(ModSequence)
    /// `$`: the result that was saved (SEARCHRES, RFC 5182).
    case savedResult
    /// OBJECTID.
    case emailID(String)
    case threadID(String)
    /// X-GM-EXT-1.
    case gmailMessageID(UInt64)
    case gmailThreadID(UInt64)
    case gmailRaw(String)
    case not(SearchKey)
    case or(SearchKey, SearchKey)
    case and([SearchKey])
}

/// What ESEARCH is asked to tell (RFC 4731, 5182, 9394).
public enum SearchReturnOption: Hashable, Sendable {
    case min
    case max
    case all
    case count
    case save
    /// From the lowest UIDs up, `1...100`.
    case partialFromStart(ClosedRange<UInt32>)
    /// From the highest UIDs down, `1...100` being the newest hundred.
    case partialFromEnd(ClosedRange<UInt32>)
}
