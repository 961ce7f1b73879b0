import IMAPClient
import IMAPCore
import MailIndex

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
            case .mailbox: "is on one side alone"
            }
        return "\(account)/\(mailbox)" + (uid.map { " UID \($0)" } ?? "") + " " + what
    }
}

/// Compares the index with a server: UIDs and flags of all messages, identity of a sample.
public struct Verifier: Sendable {
    /// Messages of each mailbox whose Message-ID and size are compared.
    public static let defaultSample = 50
    /// Messages in one question.
    static let window = 2_000

    let synchronizer: AccountSynchronizer
    /// Messages of each mailbox that are compared by identity.
    public var sample: Int

    public init(_ synchronizer: AccountSynchronizer, sample: Int = defaultSample) {
        self.synchronizer = synchronizer
        self.sample = sample
    }

    /// The differences. Reads alone; what comes while it runs may show as a difference that the next synchronisation mends.
    public func differences(onMailbox: (String) -> Void = { _ in }) async throws -> [VerifyDifference] {
        let account = synchronizer.configuration.name
        let store = synchronizer.environment.store
        let indexed = try store.mailboxes().filter { [id = try store.registerAccount(account)] in $0.account == id }
        return try await synchronizer.connect(try await synchronizer.freshCredentials()) { connection in
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

    /// Makes the index agree: what differs is forgotten, and the next synchronisation, which follows at once, fetches it.
    public func repair(_ differences: [VerifyDifference]) async throws {
        let store = synchronizer.environment.store
        let account = try store.registerAccount(synchronizer.configuration.name)
        let mailboxes = try store.mailboxes().filter { $0.account == account }
        for mailbox in mailboxes {
            let mine = differences.filter { $0.mailbox == mailbox.name }
            guard !mine.isEmpty, var cursor = mailbox.cursor else { continue }
            let wrong = mine.filter { $0.kind == .surplus || $0.kind == .identity }.compactMap(\.uid)
            // A cursor that claims nothing makes the next look compare UIDs and flags of all.
            cursor.highestModSeq = nil
            cursor.backfilledDownTo = cursor.uidNext
            let uids = UIDSet(wrong.compactMap(UID.init(rawValue:)))
            var batch = IndexBatch(now: synchronizer.environment.now())
            if !uids.isEmpty { batch.removals = [Removal(mailbox: mailbox.id, uids: uids.rawRanges)] }
            batch.cursors = [cursor]
            try await store.apply(batch)
        }
        try await synchronizer.syncOnce()
    }

    // MARK: One mailbox

    private func compare(
        _ mailbox: MailIndex.MailboxStatus, _ name: MailboxName, on connection: IMAPConnection
    ) async throws -> [VerifyDifference] {
        let store = synchronizer.environment.store
        let selected = try await connection.examine(name)
        let difference = { (kind: VerifyDifference.Kind, uid: UInt32?) in
            VerifyDifference(account: synchronizer.configuration.name, mailbox: mailbox.name, kind: kind, uid: uid)
        }
        guard let cursor = mailbox.cursor else { return selected.exists > 0 ? [difference(.mailbox, nil)] : [] }
        guard selected.uidValidity?.rawValue == cursor.uidValidity else { return [difference(.mailbox, nil)] }
        var places: [UInt32: PlaceState] = [:]
        for place in try store.places(in: mailbox.id) { places[place.uid] = place }
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
        differences += try await compareSample(mailbox, uids, on: connection).map { difference(.identity, $0) }
        return differences
    }

    private func compareSample(
        _ mailbox: MailIndex.MailboxStatus, _ uids: UIDSet, on connection: IMAPConnection
    ) async throws -> [UInt32] {
        guard sample > 0 else { return [] }
        let store = synchronizer.environment.store
        let places = try store.places(in: mailbox.id).filter { UID(rawValue: $0.uid).map(uids.contains) ?? false }
        let chosen = places.shuffled().prefix(sample)
        var messages: [UInt32: Email] = [:]
        for place in chosen { messages[place.uid] = try store.email(place.message) }
        var wrong: [UInt32] = []
        let wanted = UIDSet(chosen.compactMap { UID(rawValue: $0.uid) })
        guard !wanted.isEmpty else { return [] }
        _ = try await connection.fetch([wanted], [.uid, .envelope]) { response in
            guard let uid = response.uid?.rawValue, let message = messages[uid], let envelope = response.envelope else {
                return
            }
            let told = envelope.messageID?.bareMessageID
            if let told, !message.messageIDs.isEmpty, !message.messageIDs.contains(told) { wrong.append(uid) }
        }
        return wrong
    }
}
