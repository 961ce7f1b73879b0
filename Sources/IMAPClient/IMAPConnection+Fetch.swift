import IMAPCore

extension IMAPConnection {
    /// Bytes of messages that may wait for `each` before the server is made to wait.
    static let fetchBacklog = 2 << 20

    /// Fetches the messages of several windows by UID, `depth` commands under way at a time, so that the server never
    /// waits for the client. `each` gets the messages one after another as they come, those of different windows in turns
    /// where the server works on several at once (Dovecot does); while it works the next ones arrive, up to a limit in
    /// bytes, and beyond it the server is made to wait.
    ///
    /// Messages that are gone are left out. Other clients' changes may come in between as responses with flags alone.
    /// `each` must not use this connection: its answer would have to wait for `each` itself. Where `each` throws or the
    /// task is cancelled, the connection stays usable.
    public nonisolated(nonsending) func fetch(
        _ windows: [UIDSet], _ items: [FetchItem], changedSince: ModSequence? = nil, vanished: Bool = false,
        depth: Int = 3, _ each: (FetchResponse) async throws -> Void
    ) async throws -> FetchOutcome {
        try await fetchBatches(
            windows, items, changedSince: changedSince, vanished: vanished, depth: depth
        ) { batch in
            for message in batch { try await each(message) }
        }
    }

    /// As `fetch`, with what has come in one go handed out in one go.
    public nonisolated(nonsending) func fetchBatches(
        _ windows: [UIDSet], _ items: [FetchItem], changedSince: ModSequence? = nil, vanished: Bool = false,
        depth: Int = 3, _ each: ([FetchResponse]) async throws -> Void
    ) async throws -> FetchOutcome {
        try await fetchBatches(
            windows, items, changedSince: changedSince, vanished: vanished, depth: depth, usesSavedResult: false, each)
    }

    nonisolated(nonsending) func fetchBatches(
        _ windows: [UIDSet], _ items: [FetchItem], changedSince: ModSequence? = nil, vanished: Bool = false,
        depth: Int = 3, usesSavedResult: Bool, _ each: ([FetchResponse]) async throws -> Void
    ) async throws -> FetchOutcome {
        let isResync = vanished && changedSince != nil && enabled.contains(.qResync)
        let modifiers = FetchModifiers(
            changedSince: capabilities.supportsCondStore ? changedSince : nil, vanished: isResync,
            usesSavedResult: usesSavedResult)
        let items = items.contains(.uid) ? items : [.uid] + items
        let stream = BoundedStream<FetchPiece>(limit: Self.fetchBacklog)
        defer { stream.abandon() }

        var outcome = FetchOutcome()
        var places = windows.indices.filter { !windows[$0].isEmpty }[...]
        var running = 0
        func begin() {
            guard let place = places.popFirst() else { return }
            running += 1
            core.submit(Request(.uidFetch(windows[place], items, modifiers), .fetch(stream, window: place)))
        }
        var measure = FetchMeasure()
        for _ in 0..<max(1, depth) { begin() }
        while running > 0 {
            let pieces = try await measure.waiting { try await stream.next() }
            if pieces.isEmpty { break }
            for piece in pieces {
                switch piece {
                case .messages(let messages):
                    outcome.messages += messages.count
                    for message in messages { outcome.bytes += message.literalBytes }
                    try await each(messages)
                case .vanished(let uids):
                    outcome.vanished.formUnion(uids)
                case .finished(_, .bad, let text):
                    throw IMAPError(.bad, "the server refuses to fetch: \(text.text)", responseCode: text.code)
                case .finished(let window, let status, let text):
                    running -= 1
                    if status == .no { outcome.refused.append((window, text)) }
                    begin()
                }
            }
        }
        measure.bytes = outcome.bytes
        try await considerCompression(measure)
        return outcome
    }
}

/// How fast a fetch went, and whether the server or the reader of its answers set the pace.
struct FetchMeasure {
    var bytes = 0
    private let began = ContinuousClock.now
    private var waited = Duration.zero

    nonisolated(nonsending) mutating func waiting<R>(_ body: () async throws -> R) async rethrows -> R {
        let start = ContinuousClock.now
        defer { waited += ContinuousClock.now - start }
        return try await body()
    }

    var bytesPerSecond: Double { Double(bytes) / max(0.001, Double((ContinuousClock.now - began).nanoseconds) / 1e9) }
    var isServerTheBottleneck: Bool { waited * 10 > (ContinuousClock.now - began) * 6 }
}

extension FetchResponse {
    /// Bytes of its sections, for limits and figures.
    var literalBytes: Int {
        var count = 0
        for section in sections { count += section.content.bytes?.readableBytes ?? 0 }
        for binary in binaries { count += binary.content?.bytes?.readableBytes ?? 0 }
        return count
    }
}
