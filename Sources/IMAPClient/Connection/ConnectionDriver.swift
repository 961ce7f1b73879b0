import IMAPCore
import Logging
import NIOCore
import TLS

/// The task that owns a connection: the state machine is its local value, and the channel is its alone.
///
/// Everything reaches it through one sequence, so that it never waits for two things at once: responses, requests,
/// timers and errors, in the order in which they happened.
struct ConnectionDriver {
    /// Different texts of ALERT that one connection hands on.
    static let alertLimit = 20

    typealias Outbound = NIOAsyncChannelOutboundWriter<ChannelOutput>

    let server: IMAPServer
    let configuration: IMAPConfiguration
    let core: ConnectionCore
    let logger: Logger

    var machine: ConnectionStateMachine
    private var requests: [CommandID: Running] = [:]
    private var fetching: [CommandID: Batch] = [:]
    private var output: [ChannelOutput] = []
    private var lastInput: MonotonicTime
    private var sleeps: SleepDetector
    private var scheduled: MonotonicTime?
    private var upgrade: TLSContext?

    // What must be answered soon: the NOOP that asks whether the server lives, and IDLE, which waits for nothing but
    // its `+`. They and LOGOUT are given less patience than other commands.
    private var probe: (id: CommandID, name: String, since: MonotonicTime)?
    private var logoutDeadline: MonotonicTime?

    // IDLE, as the core wants it and as the machine has it.
    private var idling: (id: CommandID, since: MonotonicTime, isActive: Bool, isEnding: Bool)?
    private var lastPoll: MonotonicTime

    var bye: ResponseText?
    var failure: IMAPError?
    private var isOver = false
    /// The start of what came in place of a greeting.
    var excerpt = ""

    private struct Running {
        var request: Request?
        var data: [UntaggedResponse] = []
    }

    private struct Batch {
        var messages: [FetchResponse] = []
        var weight = 0
    }

    init(server: IMAPServer, configuration: IMAPConfiguration, core: ConnectionCore, logger: Logger) {
        self.server = server
        self.configuration = configuration
        self.core = core
        self.logger = logger
        let security: ConnectionConfiguration.Security
        switch server.security {
        case .tls: security = .tls
        case .startTLS: security = .startTLS
        case .none: security = .none
        }
        let now = MonotonicTime(nanoseconds: configuration.clock.awake)
        machine = ConnectionStateMachine(
            configuration: ConnectionConfiguration(
                security: security, allowsPlaintextPasswords: configuration.allowsPlaintextPasswords,
                greetingTimeout: configuration.connectTimeout, responseTimeout: configuration.responseTimeout,
                idleReissue: .seconds(29 * 60)),
            now: now)
        lastInput = now
        lastPoll = now
        sleeps = SleepDetector(clock: configuration.clock, threshold: configuration.sleepThreshold)
    }

    private var now: MonotonicTime { MonotonicTime(nanoseconds: configuration.clock.awake) }

    // MARK: Running

    /// Runs until the connection is over; what waits then fails with the reason.
    mutating func run(_ channel: Connector.Channel) async {
        do {
            try await channel.executeThenClose { inbound, outbound in
                for try await input in inbound {
                    take(input)
                    await settle(outbound)
                    if isOver { break }
                }
                if !isOver {
                    machine.receiveEnd()
                    await settle(outbound)
                }
            }
        } catch {
            if failure == nil, !isOver { failure = Connector.explain(error, server) }
        }
        let error = failure ?? IMAPError(.closed, "the connection to \(server.host) is closed")
        core.fail(error)
        machine.receiveEnd()
        while let action = machine.nextAction() { perform(action) }
        for (_, running) in requests { running.request?.fail(error) }
        requests = [:]
    }

    private mutating func take(_ input: ChannelInput) {
        let now = now
        switch input {
        case .responses(let outcomes):
            lastInput = now
            for outcome in outcomes {
                if machine.state == .awaitingGreeting { keepExcerpt(outcome) }
                machine.receive(outcome, now: now)
                // Actions are taken as they come: a thousand responses need no thousand places to wait in.
                while let action = machine.nextAction() { perform(action) }
            }
        case .secured(let peer):
            lastInput = now
            core.update { $0.peer = peer }
            core.mark(.secured)
            machine.tlsEstablished(now: now)
        case .wake:
            for request in core.takeRequests() where !request.isAbandoned { submit(request, now) }
        case .timer:
            scheduled = nil
            machine.handleTimeout(now: now)
        case .failed(let error):
            if failure == nil { failure = explain(error) }
            machine.receiveEnd()
        }
    }

    /// Does what follows from an input: sends, hands on, waits for slow readers, sets the next timer.
    private mutating func settle(_ outbound: Outbound) async {
        watch()
        while let action = machine.nextAction() { perform(action) }
        let readers = deliverMessages()
        publishState()
        while !output.isEmpty {
            let sending = output
            output = []
            await write(sending, outbound)
        }
        guard !isOver else { return }
        var waited = false
        for stream in readers where stream.isFull {
            waited = true
            await stream.room()
        }
        if let stream = core.idle?.stream, stream.isFull {
            waited = true
            await stream.room()
        }
        // The server was not silent: it was made to wait.
        if waited {
            lastInput = now
            machine.noteActivity(now: lastInput)
        }
        if let deadline = nextDeadline, scheduled.map({ deadline < $0 }) ?? true {
            scheduled = deadline
            let delay = max(0, deadline.nanoseconds - now.nanoseconds)
            await write([.timer(.now() + .nanoseconds(delay))], outbound)
        }
    }

    /// A channel that is closed takes nothing any more. That is no reason to stop reading: what the server said before it
    /// closed is still to come, and tells why.
    private func write(_ sending: [ChannelOutput], _ outbound: Outbound) async {
        do {
            try await outbound.write(contentsOf: sending)
        } catch {
            logger.debug("the connection takes no more data", metadata: ["host": "\(server.host)"])
        }
    }

    private mutating func keepExcerpt(_ outcome: FramingOutcome) {
        switch outcome {
        case .incomplete: break
        case .frame(let frame), .invalid(_, let frame), .tooLarge(_, let frame):
            let start = frame.bytes.readableBytesView.prefix(80)
            excerpt = AuthenticationAdvice.printable(String(decoding: start, as: UTF8.self))
        }
    }

    private mutating func submit(_ request: Request, _ now: MonotonicTime) {
        switch request.command {
        case .startTLS:
            do throws(IMAPError) {
                upgrade = try TLSContextCache.context(server.tls)
            } catch {
                return request.fail(error)
            }
        case .logout:
            logoutDeadline = now.advanced(by: configuration.logoutTimeout)
        default: break
        }
        let id = machine.submit(request.command, now: now)
        requests[id] = Running(request: request)
        if case .fetch = request.destination { fetching[id] = Batch() }
        while let action = machine.nextAction() { perform(action) }
    }

    // MARK: Actions

    private mutating func perform(_ action: ConnectionAction) {
        switch action {
        case .greeted(let condition, let text):
            core.update { $0.greeting = AuthenticationAdvice.printable(text.text) }
            // Whoever waits for the greeting looks at its capabilities at once.
            publishState()
            core.greeted.resolve(.success(condition))
            core.mark(.greeted)
        case .send(let bytes): send(bytes)
        // `ResponseHandler` has changed the layers already.
        case .startTLS: break
        case .startCompression: core.update { $0.isCompressed = true }
        case .data(let id, let response): take(response, for: id)
        case .event(let event): publish(event)
        case .idling(let id):
            if probe?.id == id { probe = nil }
            if idling?.id == id {
                idling?.isActive = true
                let now = now
                idling?.since = now
            }
        case .complete(let id, let outcome): complete(id, outcome)
        case .close(let reason):
            isOver = true
            if failure == nil { failure = explain(reason) }
        }
    }

    private mutating func send(_ bytes: ByteBuffer) {
        // The two commands after whose OK the layers below change.
        if let tls = upgrade, let tag = Self.tag(of: bytes, "STARTTLS") {
            upgrade = nil
            output.append(.startTLS(bytes, tag: tag, tls, host: server.host, port: server.port))
        } else if let tag = Self.tag(of: bytes, "COMPRESS DEFLATE") {
            output.append(.compress(bytes, tag: tag))
        } else {
            output.append(.bytes(bytes))
        }
    }

    /// The tag of a line that is this command.
    private static func tag(of bytes: ByteBuffer, _ command: StaticString) -> String? {
        guard bytes.readableBytes < 64 else { return nil }
        let line = String(buffer: bytes)
        guard line.hasSuffix(" \(command)\r\n") else { return nil }
        return line.split(separator: " ").first.map(String.init)
    }

    private mutating func take(_ response: UntaggedResponse, for id: CommandID) {
        guard fetching[id] != nil else {
            requests[id]?.data.append(response)
            return
        }
        switch response {
        case .fetch(let message):
            fetching[id]?.messages.append(message)
            fetching[id]?.weight += 512 + message.literalBytes
        case .vanished(let uids, _):
            if case .fetch(let stream, _)? = requests[id]?.request?.destination { stream.push(.vanished(uids)) }
        default: break
        }
    }

    private mutating func publish(_ event: MailboxEvent) {
        switch event {
        case .bye(let text): bye = text
        case .alert(let words): alert(AuthenticationAdvice.printable(words))
        case .skipped(let skipped):
            logger.debug(
                "skipped a part of a response",
                metadata: ["reason": "\(skipped.reason.rawValue)", "length": "\(skipped.length)"])
        default: break
        }
        core.publish(event)
    }

    private func alert(_ words: String) {
        let known = core.snapshot.alerts
        guard !known.contains(words), known.count < Self.alertLimit else { return }
        core.update { $0.alerts.append(words) }
        configuration.onAlert?(words)
    }

    private mutating func complete(_ id: CommandID, _ outcome: CommandOutcome) {
        // First: who waits for the answer goes on at once, and looks at what it has changed.
        publishState()
        if probe?.id == id { probe = nil }
        if idling?.id == id {
            idling = nil
            lastPoll = now
            if let error = refusal(outcome, "IDLE") { core.failIdle(error) }
        }
        guard let running = requests.removeValue(forKey: id), let request = running.request else { return }
        let status: CommandStatus
        let text: ResponseText
        switch outcome {
        case .ok(let words): (status, text) = (.ok, words)
        case .no(let words): (status, text) = (.no, words)
        case .bad(let words): (status, text) = (.bad, words)
        case .refused, .failed, .connectionClosed:
            if case .fetch(let stream, _) = request.destination { deliverMessages(id, stream) }
            fetching[id] = nil
            request.fail(refusal(outcome, request.command.name) ?? IMAPError(.closed, "the connection is closed"))
            return
        }
        switch request.destination {
        case .whole(let answer):
            answer.resolve(.success(CommandResult(status: status, text: text, untagged: running.data)))
        case .fetch(let stream, let window):
            deliverMessages(id, stream)
            fetching[id] = nil
            stream.push(.finished(window: window, status, text), weight: 0)
        }
    }

    // MARK: Delivering

    /// Hands on the messages that were gathered; gives the streams of all fetches under way.
    private mutating func deliverMessages() -> [BoundedStream<FetchPiece>] {
        var streams: [BoundedStream<FetchPiece>] = []
        // In the order of sending, which is the server's order of answering.
        for id in fetching.keys.sorted(by: { $0.rawValue < $1.rawValue }) {
            guard case .fetch(let stream, _)? = requests[id]?.request?.destination else { continue }
            deliverMessages(id, stream)
            if !streams.contains(where: { $0 === stream }) { streams.append(stream) }
        }
        return streams
    }

    private mutating func deliverMessages(_ id: CommandID, _ stream: BoundedStream<FetchPiece>) {
        guard let batch = fetching[id], !batch.messages.isEmpty else { return }
        fetching[id] = Batch()
        stream.push(.messages(batch.messages), weight: batch.weight)
    }

    /// Lets the handle's snapshot say what the machine knows.
    private func publishState() {
        let capabilities = machine.capabilities
        let enabled = machine.enabled
        core.update { snapshot in
            snapshot.hasCapabilities = capabilities != nil
            if let capabilities { snapshot.capabilities = capabilities }
            snapshot.enabled = enabled
        }
    }
}

// MARK: Liveness

extension ConnectionDriver {
    /// Begins and ends IDLE as it is wanted, asks silent servers whether they live, and gives up those that don't.
    private mutating func watch() {
        guard !isOver else { return }
        let now = now
        let hasSlept = sleeps.hasSlept(configuration.clock)
        if let probe, let deadline = probeDeadline, now >= deadline { return giveUp(probe.name) }
        if let deadline = logoutDeadline, now >= deadline {
            machine.close(.loggedOut)
            return
        }
        let wanted = core.idle
        if let end = wanted?.end, ContinuousClock.now >= end { wanted?.stream.finish() }
        if hasSlept {
            logger.debug("the machine slept; asking whether the server still answers")
            return ask(now)
        }
        guard machine.isQuiet, probe == nil else { return }
        guard machine.capabilities?.offers(.idle) == true, let wanted, machine.state.isAuthenticated else {
            watchWithoutIdle(wanted, now)
            return
        }
        guard let current = idling else {
            let id = machine.submit(.idle, now: now)
            idling = (id, now, false, false)
            probe = (id, Command.idle.name, now)
            return
        }
        guard current.isActive, !current.isEnding else { return }
        if isSilent(now) {
            // A server that is well has nothing to say for hours, and so has one that is gone: TCP finds those whose
            // machine is gone, NOOP those that are stuck or that something between has forgotten.
            idling?.isEnding = true
            ask(now)
        } else if now >= current.since.advanced(by: wanted.interval) {
            endIdle(now)
        }
    }

    private mutating func watchWithoutIdle(_ wanted: ConnectionCore.Idle?, _ now: MonotonicTime) {
        if idling != nil { return endIdle(now) }
        guard machine.state.isAuthenticated else { return }
        let isPollDue = wanted.map { now >= lastPoll.advanced(by: $0.interval) } ?? false
        if isPollDue || isSilent(now) { ask(now) }
    }

    private func isSilent(_ now: MonotonicTime) -> Bool {
        now >= lastInput.advanced(by: configuration.keepAliveInterval)
    }

    private mutating func endIdle(_ now: MonotonicTime) {
        guard let current = idling, !current.isEnding else { return }
        idling?.isEnding = true
        machine.stopIdle(now: now)
    }

    /// A NOOP with little patience. It ends an IDLE, whose DONE must be answered too.
    private mutating func ask(_ now: MonotonicTime) {
        lastPoll = now
        guard probe == nil, machine.state.isAuthenticated else { return }
        probe = (machine.submit(.noop, now: now), Command.noop.name, now)
    }

    /// A server that sends other things first is alive.
    private var probeDeadline: MonotonicTime? {
        probe.map { max($0.since, lastInput).advanced(by: configuration.keepAliveTimeout) }
    }

    private mutating func giveUp(_ command: String) {
        failure = IMAPError(.responseTimeout, "\(server.host) no longer answers: the connection is dead")
        machine.close(.responseTimeout(command: command))
    }

    private var nextDeadline: MonotonicTime? {
        var deadlines: [MonotonicTime] = []
        if let deadline = machine.nextDeadline { deadlines.append(deadline) }
        if let deadline = probeDeadline { deadlines.append(deadline) }
        if let deadline = logoutDeadline { deadlines.append(deadline) }
        if machine.state.isAuthenticated, machine.isQuiet || probe != nil {
            deadlines.append(now.advanced(by: configuration.sleepCheckInterval))
        }
        if machine.state.isAuthenticated, machine.isQuiet {
            deadlines.append(lastInput.advanced(by: configuration.keepAliveInterval))
            if let wanted = core.idle {
                deadlines.append((idling?.since ?? lastPoll).advanced(by: wanted.interval))
                if let end = wanted.end { deadlines.append(now.advanced(by: max(.zero, end - ContinuousClock.now))) }
            }
        }
        return deadlines.min()
    }
}
