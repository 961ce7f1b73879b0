import NIOCore

/// One connection's protocol without its I/O: give it frames, commands and the time; take its actions.
///
/// One owner at a time (a task's local value). After each call drain `nextAction()` until nil, and call
/// `handleTimeout(now:)` when `nextDeadline` is past. Commands go out in the order given, pipelined where RFC 9051, 5.5
/// lets them; data go to the command that asked for them, all else becomes a `MailboxEvent`. An IDLE ends by itself when
/// another command is given.
public struct ConnectionStateMachine: Sendable {
    public let configuration: ConnectionConfiguration
    public internal(set) var state = ConnectionState.awaitingGreeting
    /// Nil: not told since the greeting, TLS or login; ask with CAPABILITY.
    public internal(set) var capabilities: CapabilitySet?
    /// What ENABLE has enabled.
    public internal(set) var enabled: Set<Capability> = []
    public internal(set) var isSecure: Bool
    public var parserStatistics: ParserStatistics { parser.statistics }

    var parser: ResponseParser
    /// Sent, whole or in part, in the order of sending.
    var inFlight: [PendingCommand] = []
    /// Not yet sent.
    var queue: [PendingCommand] = []
    var actions: [ConnectionAction] = []
    private var firstAction = 0
    private var lastID: UInt64 = 0
    private var lastTag: UInt64 = 0
    /// After STARTTLS' OK and until the handshake is done.
    var awaitsTLS: CommandID?
    /// When anything last came, or was sent after a silence without commands.
    private var lastActivity: MonotonicTime
    /// With QRESYNC: the old mailbox speaks until `[CLOSED]`.
    var awaitsClosed = false

    /// - Parameter now: When the connection (and with `.tls` its handshake) was made.
    public init(configuration: ConnectionConfiguration, now: MonotonicTime) {
        self.configuration = configuration
        isSecure = configuration.security == .tls
        parser = ResponseParser(limits: configuration.parsing)
        lastActivity = now
    }

    /// The next thing to do; nil when there is nothing until something comes.
    public mutating func nextAction() -> ConnectionAction? {
        guard firstAction < actions.count else {
            if firstAction > 0 {
                actions.removeAll(keepingCapacity: true)
                firstAction = 0
            }
            return nil
        }
        defer { firstAction += 1 }
        return actions[firstAction]
    }

    var isClosed: Bool {
        if case .closed = state { return true }
        return false
    }

    /// Whether nothing waits for an answer: IDLE alone doesn't count.
    public var isQuiet: Bool {
        queue.isEmpty && inFlight.allSatisfy { $0.idle == .idling }
    }

    // MARK: Commands

    /// Takes a command; its outcome comes as `.complete`, always.
    public mutating func submit(_ command: Command, now: MonotonicTime) -> CommandID {
        lastID += 1
        let id = CommandID(rawValue: lastID)
        if let refusal = refusal(of: command) {
            actions.append(.complete(id, .refused(refusal)))
            return id
        }
        if inFlight.isEmpty, queue.isEmpty { lastActivity = now }
        queue.append(PendingCommand(id: id, command: command))
        stopIdle(now: now)
        sendQueued(now: now)
        return id
    }

    /// Ends the IDLE that is running, if there is one; it completes as any command does.
    public mutating func stopIdle(now: MonotonicTime) {
        for index in inFlight.indices where inFlight[index].idle != .none {
            inFlight[index].reissues = false
            endIdle(index, now: now)
        }
    }

    /// Takes back a command that was not sent yet. False: it is on its way, or done.
    public mutating func cancelUnsent(_ id: CommandID) -> Bool {
        guard let index = queue.firstIndex(where: { $0.id == id }) else { return false }
        queue.remove(at: index)
        return true
    }

    mutating func endIdle(_ index: Int, now: MonotonicTime) {
        switch inFlight[index].idle {
        case .idling:
            inFlight[index].idle = .ending
            lastActivity = now
            actions.append(.send(ByteBuffer(string: "DONE\r\n")))
        case .requested:
            // DONE may go only after the server's `+`.
            inFlight[index].endsIdleAtOnce = true
        case .ending, .none:
            break
        }
    }

    private func refusal(of command: Command) -> CommandRefusal? {
        if isClosed { return .closed }
        switch command {
        case .startTLS:
            if isSecure || configuration.security == .tls { return .alreadySecure }
            return state == .notAuthenticated || state == .awaitingGreeting ? nil : .wrongState
        case .capability, .noop, .logout, .id:
            return nil
        case .login:
            if let refusal = passwordRefusal(sendsPassword: true) { return refusal }
            return capabilities?.contains(.loginDisabled) == true ? .loginDisabled : loginState
        case .authenticate(let mechanism):
            return passwordRefusal(sendsPassword: mechanism.sendsSecretInTheClear) ?? loginState
        case .enable, .namespace, .compressDeflate, .select, .examine, .create, .delete, .rename, .subscribe,
            .unsubscribe, .list, .lsub, .status, .append, .notify, .idle, .check, .close, .unselect, .expunge,
            .uidExpunge, .uidFetch, .fetch, .uidSearch, .uidStore, .uidCopy, .uidMove, .raw:
            if configuration.security == .startTLS, !isSecure { return .tlsRequired }
            return nil
        }
    }

    private var loginState: CommandRefusal? {
        state == .notAuthenticated || state == .awaitingGreeting ? nil : .wrongState
    }

    private func passwordRefusal(sendsPassword: Bool) -> CommandRefusal? {
        if isSecure { return nil }
        if configuration.security == .startTLS { return .tlsRequired }
        return sendsPassword && !configuration.allowsPlaintextPasswords ? .passwordInTheClear : nil
    }

    mutating func makeTag() -> String {
        lastTag += 1
        return "T\(lastTag)"
    }

    // MARK: Events of the connection

    /// Takes what the framer has cut. `.incomplete` says nothing.
    public mutating func receive(_ outcome: FramingOutcome, now: MonotonicTime) {
        guard !isClosed else { return }
        let frame: ResponseFrame
        switch outcome {
        case .incomplete: return
        case .frame(let whole):
            frame = whole
        case .invalid(_, let rest):
            frame = rest
            actions.append(.event(.skipped(SkippedText(.malformedLine, item: "", length: rest.bytes.readableBytes))))
        case .tooLarge(let limit, let rest):
            frame = rest
            actions.append(
                .event(.skipped(SkippedText(.tooLarge, item: limit.rawValue, length: rest.bytes.readableBytes))))
        }
        lastActivity = now
        if awaitsTLS != nil { return close(.injectionBeforeTLS) }
        let parsed = parser.parse(frame)
        for skipped in parsed.skipped { actions.append(.event(.skipped(skipped))) }
        if state == .awaitingGreeting { return receiveGreeting(parsed.response, now: now) }
        switch parsed.response {
        case nil: break
        case .untagged(let response): receive(response, isDamaged: !parsed.skipped.isEmpty)
        case .tagged(let tag, let status, let text): receiveTagged(tag, status, text, now: now)
        case .continuation(_, let raw): receiveContinuation(raw, now: now)
        }
        if !isClosed { sendQueued(now: now) }
    }

    /// Says that bytes came which made no whole frame yet: the server lives.
    public mutating func noteActivity(now: MonotonicTime) {
        lastActivity = max(lastActivity, now)
    }

    /// The handshake that `.startTLS` asked for is done, with nothing left of the plaintext.
    public mutating func tlsEstablished(now: MonotonicTime) {
        guard let id = awaitsTLS else { return }
        awaitsTLS = nil
        isSecure = true
        // RFC 9051, 6.2.1: what was said in the clear may have been anybody's.
        capabilities = nil
        lastActivity = now
        actions.append(.complete(id, .ok(ResponseText())))
        sendQueued(now: now)
    }

    /// Bytes were left in the framer when TLS had to begin.
    public mutating func plaintextAfterStartTLS() {
        close(.injectionBeforeTLS)
    }

    /// The peer has closed.
    public mutating func receiveEnd() {
        close(.peerClosed)
    }

    /// Ends the connection from this side, without LOGOUT.
    public mutating func close(_ reason: CloseReason) {
        guard !isClosed else { return }
        state = .closed(reason)
        if let id = awaitsTLS { actions.append(.complete(id, .connectionClosed(reason))) }
        awaitsTLS = nil
        for command in inFlight + queue {
            // The server closes after LOGOUT, with or without its OK.
            if case .logout = command.command, case .peerClosed = reason {
                actions.append(.complete(command.id, .ok(ResponseText())))
            } else {
                actions.append(.complete(command.id, .connectionClosed(reason)))
            }
        }
        inFlight = []
        queue = []
        actions.append(.close(reason))
    }

    private mutating func receiveGreeting(_ response: Response?, now: MonotonicTime) {
        guard case .untagged(.condition(let condition, let text)) = response else { return close(.notIMAP) }
        switch condition {
        case .ok:
            state = .notAuthenticated
        case .preauth:
            if configuration.security == .startTLS { return close(.preauthenticatedWithoutTLS) }
            state = .authenticated
        case .bye, .no, .bad:
            alert(text)
            return close(.bye(text))
        }
        if case .capability(let set) = text.code { capabilities = set }
        alert(text)
        actions.append(.greeted(condition, text))
        sendQueued(now: now)
    }

    func alertText(_ text: ResponseText) -> String? {
        text.code == .alert ? text.text : nil
    }

    mutating func alert(_ text: ResponseText) {
        if let words = alertText(text) { actions.append(.event(.alert(words))) }
    }

    // MARK: Time

    /// When `handleTimeout(now:)` is to be called; nil: not without something else happening first.
    public var nextDeadline: MonotonicTime? {
        if isClosed { return nil }
        if state == .awaitingGreeting { return lastActivity.advanced(by: configuration.greetingTimeout) }
        var deadline: MonotonicTime?
        if awaitsTLS != nil || inFlight.contains(where: { $0.idle != .idling }) {
            deadline = lastActivity.advanced(by: configuration.responseTimeout)
        }
        for command in inFlight where command.idle == .idling && command.reissues {
            let reissue = command.idlingSince.advanced(by: configuration.idleReissue)
            deadline = deadline.map { min($0, reissue) } ?? reissue
        }
        return deadline
    }

    public mutating func handleTimeout(now: MonotonicTime) {
        guard let deadline = nextDeadline, now >= deadline else { return }
        if state == .awaitingGreeting { return close(.greetingTimeout) }
        for index in inFlight.indices where inFlight[index].idle == .idling && inFlight[index].reissues {
            if now >= inFlight[index].idlingSince.advanced(by: configuration.idleReissue) {
                endIdle(index, now: now)
            }
        }
        let waiting = inFlight.first { $0.idle != .idling }?.command.name ?? (awaitsTLS == nil ? nil : "STARTTLS")
        if let waiting, now >= lastActivity.advanced(by: configuration.responseTimeout) {
            close(.responseTimeout(command: waiting))
        }
    }
}
