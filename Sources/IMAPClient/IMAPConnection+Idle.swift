import IMAPCore

extension IMAPConnection {
    /// Events that may wait for `onEvent` before the server is made to wait.
    static let idleBacklog = 4096

    /// Hands out what the server tells, as it comes, until `onEvent` says stop, `maximum` has passed or the task is
    /// cancelled; the connection stays usable in each case.
    ///
    /// IDLE (RFC 2177) where the server has it, issued anew after `reissueAfter` at the latest (RFC 2177
    /// asks for 29 minutes, and there are servers that hang up after 10); else a NOOP each
    /// `pollInterval`. A server that says nothing for the configuration's `keepAliveInterval` is asked in either case, and
    /// the silence of one that does not answer is thrown. What came before and nobody saw is handed out first. Requests
    /// of other tasks interrupt it for as long as they take; `onEvent` itself must make none.
    public nonisolated(nonsending) func idle(
        reissueAfter: Duration = .seconds(9 * 60), pollInterval: Duration = .seconds(60), maximum: Duration? = nil,
        _ onEvent: (MailboxEvent) async throws -> IdleDecision
    ) async throws {
        let stream = BoundedStream<MailboxEvent>(limit: Self.idleBacklog)
        let interval = capabilities.offers(.idle) ? reissueAfter : pollInterval
        core.beginIdle(stream, interval: interval, maximum: maximum)
        defer { core.endIdle(stream) }
        while true {
            let events: [MailboxEvent]
            do {
                events = try await stream.next()
            } catch is CancellationError {
                throw CancellationError()
            }
            if events.isEmpty { return }
            for event in events where try await onEvent(event) == .stop { return }
        }
    }

    /// Asks to be told of events in several mailboxes at once (NOTIFY, RFC 5465); they come as `idle` hands them out.
    /// No groups: ends that.
    public func notify(_ request: NotifyRequest) async throws {
        guard capabilities.contains(.notify) else {
            throw IMAPError(.unsupported, "the server has no NOTIFY")
        }
        _ = try await perform(.notify(request))
    }
}
