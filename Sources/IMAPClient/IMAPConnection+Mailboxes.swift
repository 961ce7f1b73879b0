import IMAPCore

extension IMAPConnection {
    /// Lists mailboxes by LIST patterns (`*` and `%`), with their special uses, and their STATUS where `returning` asks
    /// for any.
    ///
    /// One command where the server has LIST-EXTENDED and LIST-STATUS, several else. A mailbox that cannot tell its
    /// status has none in the result.
    public func list(_ patterns: [String] = ["*"], returning items: [StatusItem] = []) async throws -> [MailboxInfo] {
        let capabilities = capabilities
        let items = items.filter { $0.isSupported(by: capabilities) }
        let isExtended = capabilities.offers(.listExtended)
        let hasListStatus = isExtended && capabilities.offers(.listStatus)
        var found: [MailboxInfo]
        if isExtended {
            var returning = ["CHILDREN", "SUBSCRIBED"]
            if capabilities.offers(.specialUse) { returning.append("SPECIAL-USE") }
            let request = ListRequest(
                patterns: patterns, returning: returning, status: hasListStatus ? items : [])
            do {
                found = Self.mailboxes(in: [try await perform(.list(request))])
            } catch let error as IMAPError where error.code == .bad || error.code == .no {
                return try await listPlainly(patterns, items)
            }
        } else {
            return try await listPlainly(patterns, items)
        }
        if !hasListStatus, !items.isEmpty { try await addStatus(to: &found, items) }
        return found
    }

    /// STATUS of one mailbox. Items that the server doesn't know are left out of the question.
    public func status(_ mailbox: MailboxName, _ items: [StatusItem]) async throws -> MailboxStatus {
        let capabilities = capabilities
        let result = try await perform(.status(mailbox, items.filter { $0.isSupported(by: capabilities) }))
        return Self.status(of: mailbox, in: result)
    }

    /// NAMESPACE (RFC 2342); nil where the server has none.
    public func namespaces() async throws -> Namespaces? {
        guard capabilities.offers(.namespace) else { return nil }
        for case .namespace(let namespaces) in try await perform(.namespace).untagged { return namespaces }
        return nil
    }

    /// Opens a mailbox to read it. With `resync`, and where QRESYNC is on, the answer tells all that changed since: see
    /// `SelectedMailbox.isResynchronised`.
    public func examine(
        _ mailbox: MailboxName, resync: SelectParameters.Resync? = nil
    ) async throws -> SelectedMailbox {
        try await open(mailbox, resync) { .examine(mailbox, $0) }
    }

    /// Opens a mailbox to change it.
    public func select(
        _ mailbox: MailboxName, resync: SelectParameters.Resync? = nil
    ) async throws -> SelectedMailbox {
        try await open(mailbox, resync) { .select(mailbox, $0) }
    }

    /// Leaves the selected mailbox and expunges nothing.
    public func unselect() async throws {
        if capabilities.offers(.unselect) {
            _ = try await perform(.unselect)
            return
        }
        // RFC 3501 knows only one way out that expunges nothing: to fail to open another mailbox.
        do {
            _ = try await perform(.examine(MailboxName("trawl-no-such-mailbox-\(UInt32.random(in: 0...UInt32.max))")))
        } catch let error as IMAPError where error.code == .no || error.code == .nonExistent {}
    }

    // MARK: Steps

    private func open(
        _ mailbox: MailboxName, _ resync: SelectParameters.Resync?, _ command: (SelectParameters) -> Command
    ) async throws -> SelectedMailbox {
        let asked = enabled.contains(.qResync) ? resync : nil
        let parameters = SelectParameters(
            condStore: capabilities.supportsCondStore && asked == nil, resync: asked)
        let result = try await perform(command(parameters))
        var selected = SelectedMailbox(name: mailbox)
        for response in result.untagged { selected.apply(response) }
        selected.apply(result.text.code)
        return selected
    }

    private func listPlainly(_ patterns: [String], _ items: [StatusItem]) async throws -> [MailboxInfo] {
        var results: [CommandResult] = []
        for pattern in patterns {
            results.append(try await perform(.list(ListRequest(patterns: [pattern]))))
        }
        var found = Self.mailboxes(in: results)
        if !items.isEmpty { try await addStatus(to: &found, items) }
        return found
    }

    private func addStatus(to mailboxes: inout [MailboxInfo], _ items: [StatusItem]) async throws {
        for index in mailboxes.indices where mailboxes[index].isSelectable && mailboxes[index].status == nil {
            do {
                mailboxes[index].status = try await status(mailboxes[index].name, items)
            } catch let error as IMAPError where Self.concernsOneMailbox(error) {
                continue
            }
        }
    }

    /// A refusal that says nothing about the connection or the other mailboxes.
    static func concernsOneMailbox(_ error: IMAPError) -> Bool {
        error.code == .no || error.code == .nonExistent || error.code == .noPermission || error.code == .bad
    }

    private static func status(of mailbox: MailboxName, in result: CommandResult) -> MailboxStatus {
        var status = MailboxStatus()
        for case .status(let name, let told) in result.untagged where name == mailbox { status.merge(told) }
        return status
    }

    private static func mailboxes(in results: [CommandResult]) -> [MailboxInfo] {
        var found: [MailboxInfo] = []
        var places: [MailboxName: Int] = [:]
        for result in results {
            for case .list(_, let info) in result.untagged {
                if let place = places[info.name] {
                    found[place].attributes.formUnion(info.attributes)
                } else {
                    places[info.name] = found.count
                    found.append(info)
                }
            }
            for case .status(let name, let status) in result.untagged {
                guard let place = places[name] else { continue }
                var merged = found[place].status ?? MailboxStatus()
                merged.merge(status)
                found[place].status = merged
            }
        }
        return found
    }
}

extension SelectedMailbox {
    /// Whether `vanished` and `changed` are all that happened since. The mailbox must have been opened with `resync` on a
    /// connection that has QRESYNC in `enabled`.
    public func isResynchronised(since resync: SelectParameters.Resync) -> Bool {
        uidValidity == resync.uidValidity && highestModSeq != nil
    }
}
