import IMAPCore
import MailIndex
import MailSearch

/// What to ask of a server, and in which order, so that the index comes to hold what a mailbox holds.
///
/// Pure: takes what is known on both sides and returns steps. Each step may be done twice, and after a kill between any
/// two of them the plan made anew leads to the same end.
public struct SyncPlanner: Hashable, Sendable {
    public init() {}

    /// Whether STATUS shows that nothing at all has happened since the cursor was written, so that the mailbox need not
    /// be opened. Without mod-sequences flags may have changed unseen, so it is never certain.
    public func isUnchanged(_ cursor: MailboxCursor?, _ status: IMAPCore.MailboxStatus) -> Bool {
        guard let cursor, cursor.isComplete, let modSeq = cursor.highestModSeq, modSeq > 0 else { return false }
        return status.uidValidity?.rawValue == cursor.uidValidity && status.uidNext?.rawValue == cursor.uidNext
            && status.messages == cursor.serverCount && status.highestModSeq?.rawValue == modSeq
    }

    /// Whether STATUS shows that a mailbox is empty and known as that, so that no message has to be asked for.
    ///
    /// The cursor that says so; nil where the mailbox must be opened.
    public func emptyCursor(_ mailbox: MailboxID, _ status: IMAPCore.MailboxStatus) -> MailboxCursor? {
        guard status.messages == 0, let validity = status.uidValidity, let next = status.uidNext else { return nil }
        return MailboxCursor(
            mailbox: mailbox, uidValidity: validity.rawValue, uidNext: next.rawValue,
            highestModSeq: status.highestModSeq.flatMap { $0.rawValue == 0 ? nil : $0.rawValue }, backfilledDownTo: 1,
            serverCount: 0)
    }

    /// The steps for one mailbox.
    public func plan(_ mailbox: MailboxID, known: KnownMailbox, server: ServerMailbox) -> [SyncStep] {
        let final = finalCursor(mailbox, known: known, server: server)
        guard let cursor = known.cursor, cursor.uidValidity == server.uidValidity else {
            return firstTime(known: known, server: server, final: final)
        }
        // A server whose numbers went back with the same UIDVALIDITY broke its word. UIDs that are given once more mean
        // other messages: another mailbox has come to bear the name (Cyrus gives two that are made in one second the same
        // UIDVALIDITY), or one was restored from a copy.
        if let uidNext = server.uidNext, uidNext < cursor.uidNext, !known.uids.isEmpty || server.exists > 0 {
            return firstTime(known: known, server: server, final: final)
        }
        // With another past of its flags alone, as when its indexes were made anew, it has the same messages.
        if hasModSeqGoneBack(cursor, server), !known.uids.isEmpty || server.exists > 0 {
            return [.compareUIDs] + flagSteps(cursor, known: known, server: server, force: true)
                + [.backfill(below: server.uidNext ?? .max), .finish(final)]
        }
        var steps: [SyncStep] = []
        if needsUIDs(cursor, known: known, server: server) { steps.append(.compareUIDs) }
        steps += flagSteps(cursor, known: known, server: server, force: false)
        if let range = newRange(cursor, server: server) { steps.append(.fetchNew(range)) }
        if !cursor.isComplete { steps.append(.backfill(below: cursor.backfilledDownTo ?? cursor.uidNext)) }
        steps.append(.finish(final))
        return steps
    }

    // MARK: Parts of a plan

    private func hasModSeqGoneBack(_ cursor: MailboxCursor, _ server: ServerMailbox) -> Bool {
        guard let told = server.highestModSeq, let modSeq = cursor.highestModSeq else { return false }
        return told < modSeq
    }

    private func firstTime(known: KnownMailbox, server: ServerMailbox, final: MailboxCursor) -> [SyncStep] {
        var steps: [SyncStep] = []
        // Places without a cursor cannot be; they are of no use under another UIDVALIDITY either.
        if known.cursor != nil || !known.uids.isEmpty { steps.append(.reset(uidValidity: server.uidValidity)) }
        if server.exists > 0 { steps.append(.backfill(below: server.uidNext ?? .max)) }
        steps.append(.finish(final))
        return steps
    }

    /// Removals show by the counts: what the index has, plus what may have come.
    private func needsUIDs(_ cursor: MailboxCursor, known: KnownMailbox, server: ServerMailbox) -> Bool {
        // The backfill asks for the UIDs anyway, and compares them.
        if !cursor.isComplete { return false }
        // Comparing all flags finds what is gone.
        if server.telling == .nothing { return false }
        // QRESYNC tells them; should the counts differ all the same, the end of the plan looks at the UIDs.
        if server.telling == .qResync, server.highestModSeq != cursor.highestModSeq { return false }
        let left = known.uids.count
        let come = server.uidNext.map { Int($0) - Int(cursor.uidNext) } ?? Int.max
        if come == 0 { return left != server.exists }
        // So many UIDs were given since that removals may hide behind arrivals.
        return left + come != server.exists
    }

    private func flagSteps(
        _ cursor: MailboxCursor, known: KnownMailbox, server: ServerMailbox, force: Bool
    ) -> [SyncStep] {
        guard !known.uids.isEmpty else { return [] }
        switch server.telling {
        case .qResync, .condStore:
            guard let since = cursor.highestModSeq, since > 0, !force else { return [.compareFlags(known.uids)] }
            if server.highestModSeq == since { return [] }
            return [.fetchChanges(known.uids, since: since)]
        case .nothing:
            return [.compareFlags(known.uids)]
        }
    }

    private func newRange(_ cursor: MailboxCursor, server: ServerMailbox) -> ClosedRange<UInt32>? {
        guard let uidNext = server.uidNext else { return cursor.uidNext...UInt32.max }
        return uidNext > cursor.uidNext ? cursor.uidNext...(uidNext - 1) : nil
    }

    private func finalCursor(_ mailbox: MailboxID, known: KnownMailbox, server: ServerMailbox) -> MailboxCursor {
        MailboxCursor(
            mailbox: mailbox, uidValidity: server.uidValidity,
            uidNext: server.uidNext ?? known.cursor?.uidNext ?? 1, highestModSeq: server.highestModSeq,
            backfilledDownTo: 1, serverCount: server.exists)
    }
}
