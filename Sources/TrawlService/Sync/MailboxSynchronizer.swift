import IMAPClient
import IMAPCore
import Logging
import MailIndex
import MailSearch

/// Brings one mailbox of the index in step with the server, over a connection that it may use while it does.
struct MailboxSynchronizer: Sendable {
    /// How much of a mailbox is wanted in one go.
    enum Extent: Sendable {
        /// The messages of the newest month, so that all mailboxes can be searched soon.
        case newest
        case all
    }

    /// Days that count as the newest month.
    static let newestDays = 31
    /// Messages of one mailbox that are fetched before other mailboxes have their turn.
    static let newestMessages = 5_000
    /// A mailbox with no more missing messages than this has no phases.
    static let smallBacklog = 500
    /// UIDs in one question for flags.
    static let flagWindow = 2_000
    /// UIDs in one question for what changed: mostly little, at worst the flags of all of them.
    static let changeWindow = 20_000
    /// So many new UIDs are asked for without asking first which of them there are.
    static let directWindow: UInt32 = 200

    let context: SyncContext
    let connection: IMAPConnection
    let mailbox: MailboxID
    let name: MailboxName

    /// Opens the mailbox and does all that it needs; of a first synchronisation only as much as `extent` says.
    func synchronise(_ extent: Extent = .all) async throws -> OpenMailbox {
        // Whatever was told of another mailbox before is of no use here.
        _ = connection.takeEvents()
        let known = try context.index.known(mailbox)
        let selected = try await connection.examine(name)
        context.counters.add { $0.opened += 1 }
        guard let validity = selected.uidValidity else {
            throw ServiceError(
                .operationFailed, "the server tells no UIDVALIDITY for a mailbox, so it cannot be indexed")
        }
        let server = ServerMailbox(
            uidValidity: validity.rawValue, uidNext: selected.uidNext?.rawValue, exists: selected.exists,
            highestModSeq: selected.highestModSeq?.rawValue, telling: telling(selected))
        let plan = context.planner.plan(mailbox, known: known, server: server)
        var run = PlanRun(synchronizer: self, known: known, server: server, extent: extent)
        try await run.perform(plan)
        return OpenMailbox(
            synchronizer: self, cursor: run.cursor, exists: selected.exists, isComplete: run.isComplete)
    }

    private func telling(_ selected: SelectedMailbox) -> ChangeTelling {
        guard selected.highestModSeq != nil else { return .nothing }
        if connection.enabled.contains(.qResync) { return .qResync }
        return connection.capabilities.supportsCondStore ? .condStore : .nothing
    }

    func fetcher(uidValidity: UInt32, looksForKnown: Bool) -> WindowFetcher {
        WindowFetcher(
            connection: connection, preparer: context.preparer, index: context.index, counters: context.counters,
            account: context.account, mailbox: mailbox, uidValidity: uidValidity, fetchesWhole: context.fetchesWhole,
            now: context.now, looksForKnown: looksForKnown)
    }

    func pipeline(uidValidity: UInt32, looksForKnown: Bool) -> WindowPipeline {
        WindowPipeline(
            fetcher: fetcher(uidValidity: uidValidity, looksForKnown: looksForKnown), index: context.index,
            counters: context.counters, now: context.now)
    }

    /// What to ask for when flags are wanted.
    var flagItems: [FetchItem] {
        var items: [FetchItem] = [.uid, .flags]
        if connection.capabilities.supportsCondStore { items.append(.modSeq) }
        if connection.capabilities.contains(.gmailExtensions) { items.append(.gmailLabels) }
        return items
    }

    func flagChange(_ response: FetchResponse) -> FlagChange? {
        guard let uid = response.uid, response.flags != nil else { return nil }
        return FlagChange(
            mailbox: mailbox, uid: uid.rawValue, flags: response.flagSet, hasLabels: response.gmailLabels != nil,
            modSeq: response.modSeq?.rawValue)
    }
}

/// What all of an account's synchronisation shares.
struct SyncContext: Sendable {
    let index: SyncIndex
    let account: AccountID
    let preparer: MessagePreparer
    let planner: SyncPlanner
    let counters: SyncCounters
    let fetchesWhole: Bool
    /// UIDs in one question for flags, and in one for what changed.
    let flagWindow: Int
    let changeWindow: Int
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    /// Whether the account had messages when this began: then new ones may be old acquaintances.
    let hasHistory: Bool
    let logger: Logger
}
