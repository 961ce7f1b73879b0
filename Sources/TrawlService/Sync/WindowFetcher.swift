import IMAPClient
import IMAPCore
import MailIndex
import MailSearch
import NIOCore

/// Fetches one window of an open mailbox and makes its messages ready: what the index knows already is only placed, small
/// messages come whole, large ones by their text parts.
struct WindowFetcher: Sendable {
    /// Octets up to which a message is fetched whole where text alone is wanted: below it, the question for the structure
    /// costs more than it saves. (Of a mailbox of 10,000 messages and 312 MB, 109 MB are fetched with 24 KiB, 107 MB
    /// with 8 KiB, and 124 MB with 64 KiB.)
    static let wholeBelow = 8 << 10
    /// Octets of a message that is fetched whole at all.
    static let largestWhole = 64 << 20
    /// Octets of parts that one command asks for.
    static let octetsPerCommand = 4 << 20
    /// Commands for parts under way at a time.
    static let partCommands = 4
    /// Octets of prepared text of one window that are held; what is beyond is written before the window's turn.
    static let heaviestWindow = 8 << 20

    let connection: IMAPConnection
    let preparer: MessagePreparer
    let index: SyncIndex
    let counters: SyncCounters
    let account: AccountID
    let mailbox: MailboxID
    let uidValidity: UInt32
    /// Large messages come whole too.
    let fetchesWhole: Bool
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    /// Whether it is likely that the index knows these messages from another place.
    let looksForKnown: Bool
    /// Whether what is beyond ``heaviestWindow`` is written; else nothing is, whatever it weighs.
    var writesAhead = true

    /// Asks for facts first, so that each message is fetched the cheapest way.
    func fetch(_ window: UIDSet) async throws -> PreparedWindow {
        var facts: [UID: FetchResponse] = [:]
        let items = factItems(withEnvelope: looksForKnown)
        let outcome = try await connection.fetch([window], items) { response in
            // Servers have been seen to answer with UIDs that nobody asked for.
            guard let uid = response.uid, window.contains(uid) else { return }
            facts[uid] = facts[uid]?.merged(with: response) ?? response
        }
        var prepared = PreparedWindow()
        if !outcome.refused.isEmpty { prepared.refused = window.subtracting(UIDSet(facts.keys)) }
        var wanted = facts
        if looksForKnown { try takeKnown(&wanted, into: &prepared) }
        try await fetchContents(wanted, into: &prepared)
        prepared.answered = UIDSet(facts.keys)
        return prepared
    }

    /// Messages that have just come: one command gets most of them whole.
    func fetchArrivals(_ uids: ClosedRange<UID>) async throws -> PreparedWindow {
        var prepared = PreparedWindow()
        var large: [UID: FetchResponse] = [:]
        let limit = fetchesWhole ? Self.largestWhole : Self.wholeBelow
        let items = factItems(withEnvelope: false) + [.body(.full, range: 0..<limit)]
        _ = try await connection.fetch([UIDSet(uids)], items) { response in
            guard let told = response.uid, uids.contains(told) else { return }
            prepared.answered.insert(told)
            let bytes = response.bytes(of: .full)
            if let bytes, let size = response.size, size <= limit || bytes.readableBytes < limit {
                prepared.octets += bytes.readableBytes
                prepared.add(await prepare(response, .whole(bytes)))
                try await relieve(&prepared)
            } else if response.size != nil || bytes != nil {
                large[told] = response
            }
        }
        if !large.isEmpty { try await fetchContents(large, into: &prepared, isLarge: true) }
        return prepared
    }

    // MARK: Contents

    private func factItems(withEnvelope: Bool) -> [FetchItem] {
        var items: [FetchItem] = [.uid, .flags, .internalDate, .size]
        let capabilities = connection.capabilities
        if capabilities.supportsCondStore { items.append(.modSeq) }
        if capabilities.contains(.gmailExtensions) {
            items += [.gmailMessageID, .gmailLabels]
        } else if capabilities.contains(.objectID) {
            items.append(.emailID)
        } else if withEnvelope {
            items.append(.envelope)
        }
        return items
    }

    /// Moves those that the index knows out of `wanted`.
    private func takeKnown(_ wanted: inout [UID: FetchResponse], into prepared: inout PreparedWindow) throws {
        var identities: [UID: MessageIdentity] = [:]
        for (uid, fact) in wanted {
            if let identity = fact.identities(account: account).first {
                identities[uid] = identity
            } else if let messageID = fact.envelope?.messageID?.bareMessageID, let size = fact.size,
                let date = fact.internalDate
            {
                identities[uid] = .envelope(messageID: messageID, size: size, receivedAt: date)
            }
        }
        for (uid, message) in try index.find(identities) {
            guard let fact = wanted.removeValue(forKey: uid) else { continue }
            let place = Place(
                mailbox: mailbox, uid: uid.rawValue, uidValidity: uidValidity, flags: fact.flagSet,
                modSeq: fact.modSeq?.rawValue)
            prepared.relocations.append(Relocation(message: message, place: place))
        }
    }

    private func fetchContents(
        _ facts: [UID: FetchResponse], into prepared: inout PreparedWindow, isLarge: Bool = false
    ) async throws {
        var small = UIDSet()
        var large = UIDSet()
        for (uid, fact) in facts {
            let size = fact.size ?? 0
            if isLarge || size > (fetchesWhole ? Self.largestWhole : Self.wholeBelow) {
                large.insert(uid)
            } else {
                small.insert(uid)
            }
        }
        // Sizes are mere estimates on some servers (Exchange), so that a message may be too large all the same.
        if !small.isEmpty { large.formUnion(try await fetchWhole(small, facts, into: &prepared)) }
        let failed = large.isEmpty ? UIDSet() : try await fetchParts(large, facts, into: &prepared)
        if !failed.isEmpty { try await fetchHeaders(failed, facts, into: &prepared) }
    }

    /// Returns those whose content did not come though the server answered for them or refused.
    private func fetchWhole(
        _ uids: UIDSet, _ facts: [UID: FetchResponse], into prepared: inout PreparedWindow
    ) async throws -> UIDSet {
        var failed = UIDSet()
        var done = UIDSet()
        let outcome = try await connection.fetch([uids], [.uid, .body(.full)]) { response in
            guard let uid = response.uid, let fact = facts[uid], !done.contains(uid) else { return }
            guard let bytes = response.bytes(of: .full) else {
                // A change of flags alone comes between without any section.
                if !response.sections.isEmpty { failed.insert(uid) }
                return
            }
            done.insert(uid)
            prepared.octets += bytes.readableBytes
            prepared.add(await prepare(fact, .whole(bytes)))
            try await relieve(&prepared)
        }
        if !outcome.refused.isEmpty { failed.formUnion(uids.subtracting(done)) }
        return failed.subtracting(done)
    }

    private func fetchParts(
        _ uids: UIDSet, _ facts: [UID: FetchResponse], into prepared: inout PreparedWindow
    ) async throws -> UIDSet {
        var structures: [UID: BodyStructure] = [:]
        let outcome = try await connection.fetch([uids], [.uid, .bodyStructure]) { response in
            if let uid = response.uid, let structure = response.bodyStructure { structures[uid] = structure }
        }
        var failed = outcome.refused.isEmpty ? UIDSet() : uids.subtracting(UIDSet(structures.keys))
        let commands = partCommands(structures, facts)
        try await withThrowingTaskGroup(of: PreparedWindow.self) { group in
            var left = commands[...]
            func begin() {
                guard let command = left.popFirst() else { return }
                group.addTask { try await fetchParts(command, facts) }
            }
            for _ in 0..<Self.partCommands { begin() }
            while let part = try await group.next() {
                failed.formUnion(part.refused)
                prepared.merge(part)
                try await relieve(&prepared)
                begin()
            }
        }
        return failed
    }

    private struct PartCommand: Sendable {
        var items: [FetchItem]
        var messages: [UID: TextParts] = [:]
        var octets = 0

        var hasWholeHeader: Bool { items.contains(.body(.header)) }
    }

    /// Messages built alike go into one command, as far as the octets allow.
    private func partCommands(
        _ structures: [UID: BodyStructure], _ facts: [UID: FetchResponse], wantsTrace: Bool = false
    ) -> [PartCommand] {
        var open: [[FetchItem]: PartCommand] = [:]
        var commands: [PartCommand] = []
        for (uid, structure) in structures.sorted(by: { $0.key < $1.key }) where facts[uid] != nil {
            let parts = TextParts(
                structure, wantsTrace: wantsTrace || facts[uid]?.internalDate == nil, wantsAttachment: preparer.reads)
            var command = open[parts.items] ?? PartCommand(items: parts.items)
            command.messages[uid] = parts
            command.octets += parts.octets
            if command.octets >= Self.octetsPerCommand {
                commands.append(command)
                command = PartCommand(items: parts.items)
            }
            open[parts.items] = command
        }
        return commands + open.values.filter { !$0.messages.isEmpty }
    }

    /// Servers that can't leave fields out of a header are asked for all of it.
    private func fetchParts(_ command: PartCommand, _ facts: [UID: FetchResponse]) async throws -> PreparedWindow {
        guard !command.hasWholeHeader else { return try await fetchOnce(command, facts) }
        var prepared: PreparedWindow
        do {
            prepared = try await fetchOnce(command, facts)
        } catch let error as IMAPError where error.code == .bad {
            prepared = PreparedWindow()
            prepared.refused = UIDSet(command.messages.keys)
        }
        let structures = command.messages.filter { prepared.refused.contains($0.key) }.mapValues(\.structure)
        prepared.refused = UIDSet()
        for whole in partCommands(structures, facts, wantsTrace: true) {
            let part = try await fetchOnce(whole, facts)
            prepared.merge(part)
            prepared.refused.formUnion(part.refused)
        }
        return prepared
    }

    /// Its `refused` are those that came without a header too.
    private func fetchOnce(_ command: PartCommand, _ facts: [UID: FetchResponse]) async throws -> PreparedWindow {
        var prepared = PreparedWindow()
        var done = UIDSet()
        // Messages whose plain text says so little that the HTML is wanted too, by the parts of theirs that hold it.
        var lacking: [[FetchItem]: [UID: FetchResponse]] = [:]
        let uids = UIDSet(command.messages.keys)
        let outcome = try await connection.fetch([uids], [.uid] + command.items) { response in
            guard let uid = response.uid, let parts = command.messages[uid], let fact = facts[uid],
                !response.sections.isEmpty, !done.contains(uid)
            else { return }
            prepared.octets += response.literalOctets
            guard command.hasWholeHeader || TextParts.header(in: response) != nil else {
                prepared.refused.insert(uid)
                return
            }
            done.insert(uid)
            prepared.attachmentOctets += parts.attachmentOctets
            if parts.alternatives.isEmpty {
                prepared.add(await prepare(fact, .parts(parts, response)))
            } else if let document = await prepareIfEnough(fact, .parts(parts, response)) {
                prepared.add(document)
            } else {
                lacking[parts.alternatives, default: [:]][uid] = response
            }
            try await relieve(&prepared)
        }
        if !outcome.refused.isEmpty { prepared.refused = uids }
        prepared.refused.subtract(done)
        for (alternatives, responses) in lacking {
            try await fetchAlternatives(alternatives, of: responses, command, facts, into: &prepared)
        }
        return prepared
    }

    /// What does not come is left out: the plain text then is all there is.
    private func fetchAlternatives(
        _ items: [FetchItem], of responses: [UID: FetchResponse], _ command: PartCommand,
        _ facts: [UID: FetchResponse], into prepared: inout PreparedWindow
    ) async throws {
        var responses = responses
        _ = try await connection.fetch([UIDSet(responses.keys)], [.uid] + items) { response in
            guard let uid = response.uid, !response.sections.isEmpty else { return }
            responses[uid]?.sections += response.sections
            prepared.octets += response.literalOctets
        }
        for (uid, response) in responses.sorted(by: { $0.key < $1.key }) {
            guard let parts = command.messages[uid], let fact = facts[uid] else { continue }
            prepared.add(await prepare(fact, .parts(parts, response)))
            try await relieve(&prepared)
        }
    }

    /// The last resort for messages whose content the server won't give: their header, or the mere fact that they are there.
    private func fetchHeaders(
        _ uids: UIDSet, _ facts: [UID: FetchResponse], into prepared: inout PreparedWindow
    ) async throws {
        for uid in uids {
            var header: ByteBuffer?
            var isThere = false
            let outcome = try await connection.fetch([UIDSet(uid)], [.uid, .body(.header)]) { response in
                guard response.uid == uid else { return }
                isThere = true
                header = response.bytes(of: .header) ?? header
            }
            guard let fact = facts[uid], isThere || !outcome.refused.isEmpty else { continue }
            prepared.incomplete += 1
            prepared.add(await prepare(fact, header.map { .header($0) } ?? .none))
        }
    }

    /// Writes what a heavy window has made ready. No cursor covers it yet, which does no harm: what has a place is not
    /// fetched again.
    private func relieve(_ prepared: inout PreparedWindow) async throws {
        guard writesAhead, prepared.weight >= Self.heaviestWindow else { return }
        let additions = prepared.takeAdditions()
        try await index.apply(IndexBatch(now: now(), additions: additions))
        counters.add { $0.fetched += additions.count }
    }

    private func prepare(_ fact: FetchResponse, _ content: FetchedMessage.Content) async -> PlacedDocument {
        await preparer.prepare(fetched(fact, content), mailbox: mailbox, uidValidity: uidValidity)
    }

    /// Nil where an alternative that was not fetched may say more.
    private func prepareIfEnough(_ fact: FetchResponse, _ content: FetchedMessage.Content) async -> PlacedDocument? {
        await preparer.prepareIfEnough(fetched(fact, content), mailbox: mailbox, uidValidity: uidValidity)
    }

    private func fetched(_ fact: FetchResponse, _ content: FetchedMessage.Content) -> FetchedMessage {
        FetchedMessage(
            uid: fact.uid?.rawValue ?? 0, flags: fact.flagSet, modSeq: fact.modSeq?.rawValue,
            internalDate: fact.internalDate, size: fact.size ?? content.octets,
            identities: fact.identities(account: account), content: content)
    }
}

/// Messages of one window, ready for the index.
struct PreparedWindow: Sendable {
    private(set) var additions: [PlacedDocument] = []
    /// Octets of their text.
    private(set) var weight = 0
    var relocations: [Relocation] = []
    /// UIDs that the server told of.
    var answered = UIDSet()
    /// UIDs that the server would say nothing about.
    var refused = UIDSet()
    var octets = 0
    var attachmentOctets = 0
    var incomplete = 0

    mutating func add(_ addition: PlacedDocument) {
        additions.append(addition)
        weight += addition.document.byteCount
    }

    /// Empties `additions`; all else stays.
    mutating func takeAdditions() -> [PlacedDocument] {
        defer { (additions, weight) = ([], 0) }
        return additions
    }

    mutating func merge(_ other: PreparedWindow) {
        additions += other.additions
        weight += other.weight
        relocations += other.relocations
        answered.formUnion(other.answered)
        octets += other.octets
        attachmentOctets += other.attachmentOctets
        incomplete += other.incomplete
    }
}

extension FetchedMessage.Content {
    var octets: Int {
        switch self {
        case .whole(let buffer), .header(let buffer): buffer.readableBytes
        case .parts(_, let response): response.literalOctets
        case .none: 0
        }
    }
}

extension FetchResponse {
    var literalOctets: Int {
        var count = 0
        for section in sections { count += section.content.bytes?.readableBytes ?? 0 }
        return count
    }

    /// Both answers' facts; the later one's where both tell.
    func merged(with later: FetchResponse) -> FetchResponse {
        var merged = self
        merged.flags = later.flags ?? flags
        merged.modSeq = later.modSeq ?? modSeq
        merged.internalDate = later.internalDate ?? internalDate
        merged.size = later.size ?? size
        merged.envelope = later.envelope ?? envelope
        merged.gmailMessageID = later.gmailMessageID ?? gmailMessageID
        merged.gmailLabels = later.gmailLabels ?? gmailLabels
        merged.emailID = later.emailID ?? emailID
        return merged
    }
}

extension String {
    /// A Message-ID as the index keeps it: without its angle brackets and what stands around them.
    var bareMessageID: String? {
        guard let open = firstIndex(of: "<"), let close = lastIndex(of: ">"), open < close else { return nil }
        let bare = self[index(after: open)..<close]
        return bare.isEmpty ? nil : String(bare)
    }
}
