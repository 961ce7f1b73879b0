extension ConnectionStateMachine {
    /// Gives an untagged response to the command that asked for it, or makes an event of it.
    ///
    /// - Parameter isDamaged: Whether parts of it could not be read, so that what a FETCH asked for may be missing.
    mutating func receive(_ response: UntaggedResponse, isDamaged: Bool) {
        switch response {
        case .condition(let condition, let text):
            receive(condition, text, response)
        case .capability(let set):
            tell(set)
            for index in inFlight.indices { inFlight[index].toldCapabilities = true }
            if let id = asker({ if case .capability = $0 { true } else { false } }) {
                actions.append(.data(id, response))
            } else {
                actions.append(.event(.capabilities(set)))
            }
        case .enabled(let capabilities):
            for capability in capabilities { enabled.insert(capability) }
            if enabled.contains(.utf8Accept) || enabled.contains(.utf8Only) || enabled.contains(.imap4rev2) {
                parser.mailboxEncoding = .utf8
            }
            deliver(response, to: asker { if case .enable = $0 { true } else { false } })
        case .fetch(let message):
            receive(message, isDamaged: isDamaged, response)
        case .vanished(let uids, let earlier):
            if earlier, let id = earlierAsker() {
                actions.append(.data(id, response))
            } else {
                actions.append(.event(.vanished(uids)))
            }
        case .exists(let count):
            deliverToSelect(response, or: .exists(count))
        case .recent(let count):
            deliverToSelect(response, or: .recent(count))
        case .flags(let flags):
            deliverToSelect(response, or: .flags(flags))
        case .expunge(let number):
            actions.append(.event(.expunged(number)))
        case .list(let kind, let info):
            let id = asker { $0.asksForList(kind) }
            if let id {
                actions.append(.data(id, response))
            } else if let id = selectAsker() {
                // IMAP4rev2 tells a SELECT what the mailbox is really called.
                actions.append(.data(id, response))
            } else {
                actions.append(.event(.mailbox(info)))
            }
        case .status(let name, let status):
            let id = asker { $0.asksForStatus(of: name) }
            if let id { actions.append(.data(id, response)) } else { actions.append(.event(.status(name, status))) }
        case .search:
            deliver(response, to: asker { if case .uidSearch = $0 { true } else { false } })
        case .extendedSearch(let result):
            let byTag = inFlight.first { result.tag == $0.tag }?.id
            deliver(response, to: byTag ?? asker { if case .uidSearch = $0 { true } else { false } })
        case .namespace:
            deliver(response, to: asker { if case .namespace = $0 { true } else { false } })
        case .id:
            deliver(response, to: asker { if case .id = $0 { true } else { false } })
        case .sort, .thread, .quota, .quotaRoot, .known, .unknown:
            deliver(response, to: asker { if case .raw = $0 { true } else { false } })
        }
    }

    mutating func tell(_ set: CapabilitySet) {
        capabilities = set
    }

    private mutating func deliver(_ response: UntaggedResponse, to id: CommandID?) {
        if let id { actions.append(.data(id, response)) } else { actions.append(.event(.other(response))) }
    }

    /// The command sent first of those that ask for such data.
    private func asker(_ asks: (Command) -> Bool) -> CommandID? {
        inFlight.first { asks($0.command) }?.id
    }

    private func selectAsker() -> CommandID? {
        guard !awaitsClosed else { return nil }
        return asker(\.selectsMailbox)
    }

    private func earlierAsker() -> CommandID? {
        asker(\.asksForVanished)
    }

    private mutating func deliverToSelect(_ response: UntaggedResponse, or event: MailboxEvent) {
        if let id = selectAsker() { actions.append(.data(id, response)) } else { actions.append(.event(event)) }
    }

    // MARK: Conditions

    private mutating func receive(
        _ condition: StatusCondition, _ text: ResponseText, _ response: UntaggedResponse
    ) {
        alert(text)
        switch condition {
        case .bye:
            if let id = asker({ if case .logout = $0 { true } else { false } }) {
                actions.append(.data(id, response))
            } else {
                actions.append(.event(.bye(text)))
                close(.bye(text))
            }
            return
        case .ok, .no, .bad, .preauth:
            break
        }
        switch text.code {
        case .capability(let set):
            tell(set)
            for index in inFlight.indices { inFlight[index].toldCapabilities = true }
            actions.append(.event(.capabilities(set)))
        case .closed:
            awaitsClosed = false
        case .alert:
            break
        case .copyUID:
            let id = asker(\.copiesOrMoves)
            if let id {
                actions.append(.data(id, response))
            } else {
                actions.append(.event(.notice(condition, text)))
            }
        case .some, .none:
            if text.code != nil, let id = selectAsker() {
                actions.append(.data(id, response))
            } else {
                actions.append(.event(.notice(condition, text)))
            }
        }
    }

    // MARK: FETCH

    private mutating func receive(_ message: FetchResponse, isDamaged: Bool, _ response: UntaggedResponse) {
        if let id = fetchAsker(message, isDamaged: isDamaged) {
            actions.append(.data(id, response))
        } else {
            actions.append(.event(.fetch(message)))
        }
    }

    /// The command whose UIDs hold this one and that asked for what is in it; an answer without a UID is taken for the
    /// one FETCH there is, if it holds what comes only when asked for.
    private func fetchAsker(_ message: FetchResponse, isDamaged: Bool) -> CommandID? {
        guard !inFlight.isEmpty else { return nil }
        let contents = FetchContents(in: message)
        var fetches = 0
        var last: CommandID?
        for command in inFlight {
            if let isAsked = Self.asks(command.command, for: message) {
                fetches += 1
                last = command.id
                let fits = command.wanted.isEmpty || !command.wanted.isDisjoint(with: contents) || isDamaged
                if isAsked, fits { return command.id }
            } else if case .uidStore(let uids, _, _, _) = command.command {
                if let uid = message.uid, uids.contains(uid), contents.isEmpty { return command.id }
            } else if let parameters = command.command.selectParameters, parameters.resync != nil, !awaitsClosed {
                return command.id
            }
        }
        return message.uid == nil && fetches == 1 && !contents.isEmpty ? last : nil
    }

    /// Whether a FETCH asks for this message; nil for other commands.
    private static func asks(_ command: Command, for message: FetchResponse) -> Bool? {
        if case .uidFetch(let uids, _, _) = command { return message.uid.map(uids.contains) ?? false }
        if case .fetch(let numbers, _, _) = command { return message.sequenceNumber.map(numbers.contains) ?? false }
        return nil
    }
}
