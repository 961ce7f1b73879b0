import IMAPClient
import IMAPCore
import MailIndex
import MailSearch

extension AccountSynchronizer {
    /// How long a watched mailbox may go without being opened anew, so that its cursor keeps up with what came.
    static let watchRefresh = Duration.seconds(1_800)
    /// Events of one connection that may wait; beyond it the mailbox is compared as a whole.
    static let mostEvents = 4_096

    /// Logs in, synchronises and watches, until something fails, or till its turn is over where accounts take turns.
    /// `onSteady`: everything is in step for the first time.
    func runSession(onSteady: @escaping @Sendable () -> Void) async throws {
        try note(SyncNote(state: "connecting"))
        let credentials = try await freshCredentials()
        try await connect(credentials, for: .working) { connection in
            let session = try await self.beginSession()
            try self.note(SyncNote(state: "syncing"))
            while true {
                let entries = try await session.listMailboxes(connection)
                let wanted = self.watched(entries)
                let watches = wanted.prefix(self.environment.connections.beginWatching(wanted.count)).map(Watch.init)
                defer { self.environment.connections.endWatching(watches.count) }
                do {
                    return try await self.serve(session, entries, watches, credentials, connection, onSteady)
                } catch let refusal as WatchRefused {
                    let used = watches.count + 1
                    self.allowance.refused(of: used, now: self.environment.now())
                    self.environment.logger.notice(
                        "the server allows fewer connections; going on with what it allows",
                        metadata: [
                            "account": .string(self.configuration.name), "refused": .stringConvertible(used),
                            "error": .string(Self.describe(refusal.error)),
                        ])
                }
            }
        }
    }

    /// The server allows no further connection; those that stand are left as they are.
    private struct WatchRefused: Error {
        let error: IMAPError
    }

    /// Synchronises and watches, until something fails or the turn is over.
    private func serve(
        _ session: AccountSession, _ entries: [AccountSession.Entry], _ watches: [Watch],
        _ credentials: IMAPCredentials, _ connection: IMAPConnection, _ onSteady: @escaping @Sendable () -> Void
    ) async throws {
        let home = watches.isEmpty ? home(entries) : nil
        try await withThrowingTaskGroup(of: Void.self) { group in
            for (number, watch) in watches.enumerated() {
                group.addTask {
                    do {
                        try await self.keep(watch, session, credentials, notifies: number == 0)
                    } catch let error as IMAPError where error.code == .limit {
                        throw WatchRefused(error: error)
                    }
                }
            }
            group.addTask {
                try await self.work(session, entries, watches, home, connection, onSteady)
            }
            // While it waits for the poll interval, no command of the working connection tells that it has died.
            group.addTask { throw try await connection.closed() }
            // None of them ends but by failing, and then all begin anew.
            defer { group.cancelAll() }
            try await group.next()
        }
    }

    /// A mailbox with a connection of its own.
    private struct Watch: Sendable {
        let entry: AccountSession.Entry
        let inbox = Inbox<Work>(limit: AccountSynchronizer.mostEvents)
        /// Ends when the mailbox is in step for the first time.
        let isReady = Completion()

        init(_ entry: AccountSession.Entry) { self.entry = entry }

        /// Asks for a look at the mailbox, and waits for it.
        func refresh() async throws {
            let completion = Completion()
            inbox.push(.refresh(completion), always: true)
            try await completion.wait()
        }
    }

    /// Mailboxes that get a connection of their own.
    private func watched(_ entries: [AccountSession.Entry]) -> [AccountSession.Entry] {
        let wanted = configuration.watch.compactMap { name in
            entries.first { $0.info.name == MailboxName(name) }
        }
        let connections = allowance.connections(wanted: configuration.connections, now: environment.now())
        return Array(wanted.prefix(max(0, connections - 1)))
    }

    /// The mailbox that the only connection rests in.
    private func home(_ entries: [AccountSession.Entry]) -> AccountSession.Entry? {
        guard let name = configuration.watch.first else { return nil }
        return entries.first { $0.info.name == MailboxName(name) }
    }

    // MARK: The working connection

    /// Passes over all mailboxes that have no connection of their own: at once, then as the poll interval and what is
    /// told elsewhere ask for.
    private func work(
        _ session: AccountSession, _ listed: [AccountSession.Entry], _ watches: [Watch],
        _ home: AccountSession.Entry?, _ connection: IMAPConnection, _ onSteady: @Sendable () -> Void
    ) async throws {
        let watched = Set(watches.map(\.entry.id))
        var entries = listed
        var everything = true
        var named: Set<MailboxName> = []
        var waiting: [Completion] = []
        // Those who still wait when this fails are told so.
        defer {
            let error = ServiceError(.operationFailed, "the connection was lost; it is tried again")
            for completion in waiting { completion.finish(.failure(error)) }
        }
        var isListed = true
        while true {
            if everything {
                if !isListed { entries = try await session.listMailboxes(connection) }
                // Should a watched mailbox have gone, its connection must be given to another.
                guard watched.isSubset(of: entries.map(\.id)) else {
                    throw ServiceError(.operationFailed, "a watched mailbox was removed or renamed; beginning anew")
                }
                try await session.synchronise(entries.filter { !watched.contains($0.id) }, on: connection)
                for watch in watches { try await watch.isReady.wait() }
                // What was delivered to a watched mailbox a moment ago may not have been told yet.
                if !waiting.isEmpty { for watch in watches { try await watch.refresh() } }
                onSteady()
                let state = environment.connections.isCrowded ? "" : "watching"
                try note(SyncNote(state: state, syncedAt: environment.now(), error: ""))
            } else {
                for entry in entries where named.contains(entry.info.name) && !watched.contains(entry.id) {
                    _ = try await session.synchronise(entry, .all, on: connection)
                }
            }
            for completion in waiting { completion.finish(.success(())) }
            (everything, named, waiting, isListed) = (false, [], [], false)
            let work: Inbox<Work>.Delivery
            if environment.connections.isCrowded {
                work = self.work.take()
                if work.isEmpty { return }
            } else {
                work = try await nextWork(session, home, connection)
            }
            everything = work.isEmpty
            for item in work.elements {
                switch item {
                case .everything: everything = true
                case .refresh(let completion):
                    everything = true
                    waiting.append(completion)
                case .mailbox(let name):
                    named.insert(name)
                    // A mailbox that nobody has listed yet.
                    if !entries.contains(where: { $0.info.name == name }) { everything = true }
                case .event: break
                }
            }
            if work.hasOverflowed { everything = true }
        }
    }

    /// What there is to do next; empty when the poll interval has passed. Meanwhile the connection rests in its home.
    private func nextWork(
        _ session: AccountSession, _ home: AccountSession.Entry?, _ connection: IMAPConnection
    ) async throws -> Inbox<Work>.Delivery {
        let pause = Duration.seconds(max(1, configuration.pollInterval))
        guard let home else { return try await work.next(within: pause) }
        var open = try await session.mailbox(home, on: connection).synchronise(.all)
        let deadline = ContinuousClock.now + pause
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { [work] in
                try await connection.idle { event in
                    work.push(.event(event))
                    return .goOn
                }
            }
            defer { group.cancelAll() }
            while true {
                let left = ContinuousClock.now.duration(to: deadline)
                let delivery = try await work.next(within: max(left, .milliseconds(1)))
                var events: [MailboxEvent] = []
                var others: [Work] = []
                for item in delivery.elements {
                    if case .event(let event) = item { events.append(event) } else { others.append(item) }
                }
                if !events.isEmpty { try await open.take(events, hasOverflowed: delivery.hasOverflowed) }
                if events.isEmpty || !others.isEmpty {
                    return Inbox<Work>.Delivery(elements: others, hasOverflowed: delivery.hasOverflowed)
                }
            }
        }
    }

    // MARK: A watching connection

    /// Keeps one mailbox open on a connection of its own; the first of them asks for news of all others too (NOTIFY).
    private func keep(
        _ watch: Watch, _ session: AccountSession, _ credentials: IMAPCredentials, notifies: Bool
    ) async throws {
        let entry = watch.entry
        try await connect(credentials, for: nil) { connection in
            let mailbox = session.mailbox(entry, on: connection)
            var open = try await mailbox.synchronise(.all)
            try session.context.index.note(
                entry.id, SyncNote(state: "watching", syncedAt: self.environment.now(), error: ""))
            if notifies, connection.capabilities.contains(.notify) {
                try await self.askForNews(on: connection)
            }
            watch.isReady.finish(.success(()))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [inbox = watch.inbox] in
                    do {
                        try await connection.idle { event in
                            inbox.push(.event(event))
                            return .goOn
                        }
                        inbox.fail(IMAPError(.closed, "the server ended the connection"))
                    } catch {
                        inbox.fail(error)
                    }
                }
                defer { group.cancelAll() }
                while true {
                    let delivery = try await watch.inbox.next(within: Self.watchRefresh)
                    let events = delivery.elements.compactMap { item in
                        if case .event(let event) = item { event } else { nil }
                    }
                    self.forward(events, of: entry)
                    var isAsked = delivery.isEmpty && open.hasMoved
                    for case .refresh(_) in delivery.elements { isAsked = true }
                    if isAsked {
                        open = try await mailbox.synchronise(.all)
                    } else if !delivery.isEmpty {
                        try await open.take(events, hasOverflowed: delivery.hasOverflowed)
                    }
                    for case .refresh(let completion) in delivery.elements { completion.finish(.success(())) }
                    if delivery.hasOverflowed { self.work.push(.everything) }
                }
            }
        }
    }

    /// NOTIFY for all of the user's mailboxes. What changed before it was on is looked for once more.
    private func askForNews(on connection: IMAPConnection) async throws {
        let events: [NotifyRequest.Event] = [.messageNew(), .messageExpunge, .flagChange]
        let request = NotifyRequest(groups: [
            NotifyRequest.Group(.selected, events), NotifyRequest.Group(.personal, events + [.mailboxName]),
        ])
        do {
            try await connection.notify(request)
            work.push(.everything)
        } catch let error as IMAPError where error.concernsOneMailbox {
            // It stays with IDLE and the poll interval.
            environment.logger.info(
                "server refuses notify", metadata: ["account": .string(configuration.name)])
        }
    }

    /// News of other mailboxes goes to the working connection.
    private func forward(_ events: [MailboxEvent], of entry: AccountSession.Entry) {
        for event in events {
            switch event {
            case .status(let name, _) where name != entry.info.name: work.push(.mailbox(name))
            case .mailbox: work.push(.everything)
            case .notice(_, let text):
                if case .notificationOverflow = text.code { work.push(.everything) }
            case .status, .exists, .recent, .expunged, .vanished, .fetch, .flags, .capabilities, .alert, .bye,
                .skipped, .other:
                break
            }
        }
    }
}
