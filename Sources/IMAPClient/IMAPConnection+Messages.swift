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
