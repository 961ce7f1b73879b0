import MailIndex
import MailSearch

/// A query that a client watches, and what is known of it up to `state`.
struct RPCWatch: Sendable {
    var query: SearchQuery
    var state: String
    /// Whether what can change of a message (flags, mailboxes) plays a part in the query. Where it doesn't, an update
    /// can't make a message match or cease to.
    var dependsOnChanges: Bool
    /// The messages that matched at `state`; nil where that isn't known, as after a start from an earlier state.
    var matched: Set<EmailID>?

    /// What has come since, as lines for the client.
    struct Evaluation: Sendable {
        var watch: RPCWatch
        var notifications: [[UInt8]] = []
        /// More changes wait than one answer tells.
        var hasMore = false
    }

    /// Changes looked at in one go.
    static let batch = 500
}

extension SearchQuery {
    /// Whether a change of flags or places can change what the query finds.
    var dependsOnChanges: Bool { root.dependsOnChanges }
}

extension QueryNode {
    fileprivate var dependsOnChanges: Bool {
        switch kind {
        case .and(let nodes), .or(let nodes): nodes.contains { $0.dependsOnChanges }
        case .not(let node): node.dependsOnChanges
        case .flag, .account, .mailbox, .tag, .thread: true
        // A message's text stays as it came.
        case .text, .near, .participant, .everything, .hasAttachment, .filename, .mediaType, .list, .date, .size, .id,
            .messageID:
            false
        }
    }
}
