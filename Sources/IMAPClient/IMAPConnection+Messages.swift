import IMAPCore
import NIOCore

extension IMAPConnection {
    /// UIDs of the messages that meet all criteria, by ESEARCH where it is offered.
    public func search(_ criteria: [SearchKey] = [.all]) async throws -> UIDSet {
        let isExtended = capabilities.offers(.eSearch)
        let result = try await perform(.uidSearch(criteria, returning: isExtended ? [.all] : nil))
        var found = UIDSet()
        for response in result.untagged {
            if case .search(let numbers) = response { found.formUnion(numbers.uids) }
            if case .extendedSearch(let numbers) = response, let all = numbers.all { found.formUnion(all) }
        }
        return found
    }

    /// The UIDs of the newest messages, `count` at most, that meet all criteria: those with the highest UIDs. Where the
    /// server has PARTIAL (RFC 9394) it tells no more than these.
    public func search(newest count: Int, _ criteria: [SearchKey] = [.all]) async throws -> UIDSet {
        guard count > 0 else { return UIDSet() }
        if capabilities.contains(.partial), let last = UInt32(exactly: count) {
            let result = try await perform(.uidSearch(criteria, returning: [.partialFromEnd(1...last)]))
            var found = UIDSet()
            for case .extendedSearch(let numbers) in result.untagged {
                if let partial = numbers.partial { found.formUnion(partial) }
            }
            return found
        }
        return try await search(criteria).windows(of: count, newestFirst: true).first ?? UIDSet()
    }

    /// Fetches the messages that meet all criteria. Where the server has SEARCHRES (RFC 5182) the search's result never
    /// travels; else the found are fetched in windows. As with `fetch`, `each` must not use this connection.
    public nonisolated(nonsending) func fetch(
        matching criteria: [SearchKey], _ items: [FetchItem], window: Int = 500,
        _ each: (FetchResponse) async throws -> Void
    ) async throws -> FetchOutcome {
        guard capabilities.offers(.searchRes), capabilities.offers(.eSearch) else {
            return try await fetch(try await search(criteria).windows(of: window), items, each)
        }
        do {
            _ = try await perform(.uidSearch(criteria, returning: [.save]))
        } catch let error as IMAPError where error.responseCode == .notSaved {
            // The server may have no room for it at any time (RFC 5182, 2.1).
            return try await fetch(try await search(criteria).windows(of: window), items, each)
        }
        return try await fetchBatches([UIDSet(UID.min...UID.max)], items, usesSavedResult: true) { batch in
            for message in batch { try await each(message) }
        }
    }

    /// Adds a message. The UIDs are told where the server has UIDPLUS.
    @discardableResult
    public func append(
        _ mailbox: MailboxName, flags: [Flag] = [], internalDate: Int64? = nil, _ message: ByteBuffer
    ) async throws -> CopiedUIDs? {
        let message = AppendMessage(flags: flags, internalDate: internalDate, bytes: message)
        let result = try await perform(.append(mailbox, message))
        guard case .appendUID(let validity, let uids)? = result.text.code else { return nil }
        return CopiedUIDs(uidValidity: validity, destination: uids)
    }

    /// Changes flags; gives what the server told of the messages since. Needs `select`.
    @discardableResult
    public func store(
        _ uids: UIDSet, _ action: StoreAction, _ flags: [Flag], unchangedSince: ModSequence? = nil
    ) async throws -> [FetchResponse] {
        guard !uids.isEmpty else { return [] }
        let result = try await perform(.uidStore(uids, action, flags, unchangedSince: unchangedSince))
        return result.untagged.compactMap { response in
            if case .fetch(let message) = response { message } else { nil }
        }
    }

    /// Removes messages with `\Deleted`: all, or those of `uids` where the server has UIDPLUS.
    public func expunge(_ uids: UIDSet? = nil) async throws {
        if let uids, capabilities.offers(.uidPlus) {
            guard !uids.isEmpty else { return }
            _ = try await perform(.uidExpunge(uids))
        } else {
            _ = try await perform(.expunge)
        }
    }

    @discardableResult
    public func copy(_ uids: UIDSet, to mailbox: MailboxName) async throws -> CopiedUIDs? {
        guard !uids.isEmpty else { return nil }
        return Self.copied(try await perform(.uidCopy(uids, mailbox)))
    }

    /// Moves messages; by COPY, STORE and EXPUNGE where the server has no MOVE.
    @discardableResult
    public func move(_ uids: UIDSet, to mailbox: MailboxName) async throws -> CopiedUIDs? {
        guard !uids.isEmpty else { return nil }
        if capabilities.offers(.move) { return Self.copied(try await perform(.uidMove(uids, mailbox))) }
        let copied = try await copy(uids, to: mailbox)
        try await store(uids, .addSilently, [.deleted])
        try await expunge(uids)
        return copied
    }

    public func create(_ mailbox: MailboxName, use: MailboxAttribute? = nil) async throws {
        _ = try await perform(.create(mailbox, use: use))
    }

    public func delete(_ mailbox: MailboxName) async throws {
        _ = try await perform(.delete(mailbox))
    }

    public func rename(_ mailbox: MailboxName, to name: MailboxName) async throws {
        _ = try await perform(.rename(mailbox, to: name))
    }

    public func subscribe(_ mailbox: MailboxName) async throws {
        _ = try await perform(.subscribe(mailbox))
    }

    public func noop() async throws {
        _ = try await perform(.noop)
    }

    /// COPYUID stands in the tagged OK, or, for MOVE, in an untagged one before it (RFC 6851).
    private static func copied(_ result: CommandResult) -> CopiedUIDs? {
        if case .copyUID(let validity, let source, let destination)? = result.text.code {
            return CopiedUIDs(uidValidity: validity, source: source, destination: destination)
        }
        for case .condition(_, let text) in result.untagged {
            if case .copyUID(let validity, let source, let destination)? = text.code {
                return CopiedUIDs(uidValidity: validity, source: source, destination: destination)
            }
        }
        return nil
    }
}
