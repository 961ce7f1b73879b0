import MailIndex
import MailSearch

/// What the search worker is asked.
struct SearchRequest: Sendable {
    /// Of answers, only those to the newest request count.
    var generation: Int
    var query: SearchQuery
    /// What hints are made for, if it finds nothing; nil for none.
    var asTyped: SearchQuery?
    var offset = 0
    var limit: Int
    var countsTotal = true
}

struct PageRequest: Sendable, Hashable {
    var id: EmailID
    var query: SearchQuery?
    var width: Int
}

/// What comes back.
enum SearchReport: Sendable {
    case found(SearchRequest, SearchResults)
    case total(generation: Int, Int)
    /// Why nothing may have been found.
    case hints(generation: Int, [String])
    /// Nil: the message is no more.
    case page(PageRequest, MessagePage?)
    case failed(generation: Int, String)
    /// The index is another than before.
    case changed
}

enum InteractiveEvent: Sendable {
    case key(Key)
    case resized(columns: Int, rows: Int)
    case report(SearchReport)
    /// Something done for an effect ended, with what there is to say of it.
    case notice(String)
}

/// What the model wants done.
enum InteractiveEffect: Sendable {
    case search(SearchRequest)
    case load(PageRequest)
    /// Into the terminal's clipboard, and onto stdout at the end.
    case copy(EmailID)
    case openPager(Email)
    case openMailReader(Email)
    case saveHistory([String])
    case redraw
    case suspend
    case quit
}
