import MailIndex
import MailSearch

/// A moment just before or after a transaction of synchronisation, by name.
struct CommitPoint: Hashable, Sendable {
    enum Moment: String, Sendable, CaseIterable {
        case before
        case after
    }

    /// What the transaction is for; of a batch the first that it holds, in the order in which batches are applied.
    enum What: String, Sendable, CaseIterable {
        case reset
        case messages
        case relocations
        case flags
        case removals
        case cursor
        case registration
        case rename
        case mailboxRemoval = "removal of a mailbox"
    }

    var moment: Moment
    var what: What

    init(_ moment: Moment, _ what: What) {
        self.moment = moment
        self.what = what
    }

    var name: String { "\(moment.rawValue) \(what.rawValue)" }
}

extension CommitPoint.What {
    init(_ batch: IndexBatch) {
        if !batch.resets.isEmpty {
            self = .reset
        } else if !batch.additions.isEmpty {
            self = .messages
        } else if !batch.relocations.isEmpty {
            self = .relocations
        } else if !batch.flagChanges.isEmpty {
            self = .flags
        } else if !batch.removals.isEmpty {
            self = .removals
        } else {
            self = .cursor
        }
    }
}
