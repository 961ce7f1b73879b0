import IMAPClient
import IMAPCore
import MailIndex
import MailSearch

/// What differs between the index and a server, in one mailbox.
public struct VerifyDifference: Hashable, Sendable, CustomStringConvertible {
    public enum Kind: String, Hashable, Sendable, CaseIterable {
        /// The server has it, the index not.
        case missing
        /// The index has it, the server not.
        case surplus
        /// Both have it, with other flags.
        case flags
        /// Under one UID stand two different messages.
        case identity
        /// The same message with another text.
        case content
        /// The mailbox itself: not known to the index, or not on the server.
        case mailbox
    }

    public var account: String
    public var mailbox: String
    public var kind: Kind
    /// Nil for the mailbox itself.
    public var uid: UInt32?

    public var description: String {
        let what =
            switch kind {
            case .missing: "is not in the index"
            case .surplus: "is in the index alone"
            case .flags: "has other flags on the server"
            case .identity: "is another message on the server"
            case .content: "has another content on the server"
            case .mailbox: "is on one side alone"
            }
        return "\(account)/\(mailbox)" + (uid.map { " UID \($0)" } ?? "") + " " + what
    }
}

/// Compares the index with a server: UIDs and flags of all messages, identity and content of a sample.
public struct Verifier: Sendable {
    /// Messages of each mailbox that are fetched anew and compared.
    public static let defaultSample = 50
    /// Messages in one question for flags, and in one for contents.
    static let window = 2_000
    static let contentWindow = 10

    let synchronizer: AccountSynchronizer
    /// Messages of each mailbox that are fetched anew and compared, chosen by chance.
    public var sample: Int

    public init(_ synchronizer: AccountSynchronizer, sample: Int = defaultSample) {
        self.synchronizer = synchronizer
        self.sample = sample
    }

    /// The differences. Reads alone; what comes while it runs may show as a difference that the next synchronisation mends.
    public func differences(onMailbox: (String) -> Void = { _ in }) async throws -> [VerifyDifference] {
        let account = synchronizer.configuration.name
        let indexed = try indexedMailboxes()
        return try await synchronizer.connect(try await synchronizer.freshCredentials(), for: .asking) { connection in
            let patterns = synchronizer.configuration.mailboxes
            let filter = MailboxFilter(patterns: patterns, exclude: synchronizer.configuration.exclude)
            let listed = try await connection.list(patterns, returning: []).filter(filter.includes)
            var differences: [VerifyDifference] = []
            var left = Set(indexed.map(\.name))
            for info in listed {
                let name = info.name.name
                onMailbox(name)
                guard let mailbox = indexed.first(where: { $0.name == name }) else {
                    differences.append(VerifyDifference(account: account, mailbox: name, kind: .mailbox))
                    continue
                }
                left.remove(name)
                differences += try await compare(mailbox, info.name, on: connection)
            }
            for name in left.sorted() {
                differences.append(VerifyDifference(account: account, mailbox: name, kind: .mailbox))
            }
            return differences
        }
    }

    /// Makes the index agree: messages that are others are fetched anew, all else that differs is forgotten, and the
    /// synchronisation that follows at once finds it. No other process may synchronise into the index meanwhile
    /// (``SyncLock``).
    public func repair(_ differences: [VerifyDifference]) async throws {
        let store = synchronizer.environment.store
        for mailbox in try indexedMailboxes() {
            let mine = differences.filter { $0.mailbox == mailbox.name }
            guard !mine.isEmpty, var cursor = mailbox.cursor else { continue }
            let wrong = mine.filter { $0.kind == .identity || $0.kind == .content }.compactMap(\.uid)
            try await fetchAnew(UIDSet(wrong.compactMap(UID.init(rawValue:))), of: mailbox)
            let surplus = mine.filter { $0.kind == .surplus }.compactMap(\.uid)
            // A cursor that claims nothing makes the next look compare UIDs and flags of all.
            cursor.highestModSeq = nil
            cursor.backfilledDownTo = cursor.uidNext
            let uids = UIDSet(surplus.compactMap(UID.init(rawValue:)))
            var batch = IndexBatch(now: synchronizer.environment.now())
            if !uids.isEmpty { batch.removals = [Removal(mailbox: mailbox.id, uids: uids.rawRanges)] }
            batch.cursors = [cursor]
            try await store.apply(batch)
        }
        try await synchronizer.syncOnce()
    }

    /// Fetches messages and puts them where others stand. One that stands nowhere else is given the right content; else
    /// its place here goes to the message that was fetched.
    private func fetchAnew(_ uids: UIDSet, of mailbox: MailSearch.MailboxStatus) async throws {
        guard !uids.isEmpty else { return }
        let environment = synchronizer.environment
        let store = environment.store
        let credentials = try await synchronizer.freshCredentials()
        try await synchronizer.connect(credentials, for: .asking) { connection in
            let selected = try await connection.examine(MailboxName(mailbox.name))
            guard let validity = selected.uidValidity?.rawValue, validity == mailbox.cursor?.uidValidity else { return }
            let fetcher = try fetcher(of: mailbox, uidValidity: validity, on: connection)
            for window in uids.windows(of: Self.contentWindow) {
                let fetched = try await fetcher.fetch(window).additions
                var alone = IndexBatch(now: environment.now())
                var moved: [PlacedDocument] = []
                for addition in fetched {
                    let uid = addition.place.uid
                    guard let held = try store.places(in: mailbox.id, uid...uid).first,
                        let email = try store.email(held.message)
                    else { continue }
                    let known = try store.findMessage(.content(addition.document.digest))
                    if email.places.count == 1, known == nil || known == held.message {
                        alone.replacements.append(Replacement(message: held.message, document: addition.document))
                    } else {
                        alone.removals.append(Removal(mailbox: mailbox.id, uids: [uid...uid]))
                        moved.append(addition)
                    }
                }
                try await store.apply(alone)
                try await store.apply(IndexBatch(now: environment.now(), additions: moved))
            }
        }
    }

    private func indexedMailboxes() throws -> [MailSearch.MailboxStatus] {
        let name = synchronizer.configuration.name
        return try synchronizer.environment.store.status().accounts.first { $0.name == name }?.mailboxes ?? []
    }

    /// Fetches as synchronisation does, so that the same content gives the same digest.
    private func fetcher(
        of mailbox: MailSearch.MailboxStatus, uidValidity: UInt32, on connection: IMAPConnection
    ) throws -> WindowFetcher {
        let environment = synchronizer.environment
        return WindowFetcher(
            connection: connection,
            preparer: MessagePreparer(commands: AttachmentCommands(environment.extract), now: environment.now),
            index: SyncIndex(store: environment.store), counters: SyncCounters(), account: mailbox.account,
            mailbox: mailbox.id, uidValidity: uidValidity, fetchesWhole: synchronizer.configuration.fetch == .full,
            now: environment.now, looksForKnown: false, writesAhead: false)
    }

    // MARK: One mailbox

    private func compare(
        _ mailbox: MailSearch.MailboxStatus, _ name: MailboxName, on connection: IMAPConnection
    ) async throws -> [VerifyDifference] {
        let store = synchronizer.environment.store
        let selected = try await connection.examine(name)
        let difference = { (kind: VerifyDifference.Kind, uid: UInt32?) in
            VerifyDifference(account: synchronizer.configuration.name, mailbox: mailbox.name, kind: kind, uid: uid)
        }
        guard let cursor = mailbox.cursor else { return selected.exists > 0 ? [difference(.mailbox, nil)] : [] }
        guard selected.uidValidity?.rawValue == cursor.uidValidity else { return [difference(.mailbox, nil)] }
        var places: [UInt32: PlaceState] = [:]
        var held: [UID: EmailID] = [:]
        for place in try store.places(in: mailbox.id) {
            places[place.uid] = place
            if let uid = UID(rawValue: place.uid) { held[uid] = place.message }
        }
        let uids = try await connection.search([.all])
        var differences: [VerifyDifference] = []
        let hasGmailLabels = connection.capabilities.contains(.gmailExtensions)
        let items: [FetchItem] = hasGmailLabels ? [.uid, .flags, .gmailLabels] : [.uid, .flags]
        for window in uids.windows(of: Self.window) {
            _ = try await connection.fetch([window], items) { response in
                guard let uid = response.uid?.rawValue, response.flags != nil else { return }
                guard let place = places.removeValue(forKey: uid) else {
                    if window.contains(UID(rawValue: uid) ?? .max) { differences.append(difference(.missing, uid)) }
                    return
                }
                if place.flags != response.flagSet { differences.append(difference(.flags, uid)) }
            }
        }
        differences += places.keys.sorted().map { difference(.surplus, $0) }
        let chosen = held.filter { uids.contains($0.key) }.shuffled().prefix(max(0, sample))
        let fetcher = try fetcher(of: mailbox, uidValidity: cursor.uidValidity, on: connection)
        let windows = UIDSet(chosen.map(\.key)).windows(of: Self.contentWindow)
        for window in windows {
            for addition in try await fetcher.fetch(window).additions {
                guard let message = UID(rawValue: addition.place.uid).flatMap({ held[$0] }) else { continue }
                if let kind = try compare(addition.document, with: message) {
                    differences.append(difference(kind, addition.place.uid))
                }
            }
        }
        return differences
    }

    /// Nil where the index has this content for the message.
    private func compare(_ document: MessageDocument, with message: EmailID) throws -> VerifyDifference.Kind? {
        let store = synchronizer.environment.store
        guard try store.digest(of: message) != document.digest else { return nil }
        guard let email = try store.email(message) else { return .identity }
        return email.messageIDs == document.messageIDs ? .content : .identity
    }
}
