import IMAPClient
import IMAPCore
import Logging
import MailIndex
import MailSearch
import Synchronization
import TLS

/// One account: keeps the index in step with its server, once or for as long as it runs.
///
/// All that it writes is true of the server at some moment, and can be done again; so it may be cancelled or killed at
/// any point. Connections are made anew after every error, with growing delays.
public final class AccountSynchronizer: Sendable {
    /// Work that may wait; more of it collapses into a look at all mailboxes.
    static let mostWork = 10_000
    /// Texts of ALERT that are remembered, so that each is told once.
    static let mostAlerts = 100

    enum Work: Sendable {
        /// A mailbox that the server said has changed.
        case mailbox(MailboxName)
        /// The list of mailboxes, or all of them, may have changed.
        case everything
        /// Somebody waits for a look at everything.
        case refresh(Completion)
        /// Of the mailbox that is open on the working connection.
        case event(MailboxEvent)
    }

    /// In a structure for the reason that ``ChangeRelay`` tells.
    private struct ProgressHandler {
        let call: @Sendable (SyncProgress) -> Void
    }

    public let configuration: AccountConfiguration
    let environment: SyncEnvironment
    let work = Inbox<Work>(limit: mostWork)
    let counters = SyncCounters()
    let allowance = ConnectionAllowance()
    private let alerts = Mutex<Set<String>>([])
    private let progressHandler = Mutex<ProgressHandler?>(nil)
    private let progressState: Mutex<SyncProgress>

    public init(configuration: AccountConfiguration, environment: SyncEnvironment) {
        self.configuration = configuration
        self.environment = environment
        progressState = Mutex(
            SyncProgress(account: configuration.name, totals: SyncTotals(), expected: 0, mailboxesDone: 0, mailboxes: 0)
        )
    }

    /// What was done since this value was made.
    public var totals: SyncTotals { counters.value }

    /// Brings all mailboxes up to date, then logs out. Throws what stopped it; what was written stays.
    @discardableResult
    public func syncOnce(progress: (@Sendable (SyncProgress) -> Void)? = nil) async throws -> SyncTotals {
        let handler = progress.map { ProgressHandler(call: $0) }
        progressHandler.withLock { $0 = handler }
        defer { progressHandler.withLock { $0 = nil } }
        do {
            let credentials = try await freshCredentials()
            try await connect(credentials, for: .working) { connection in
                let session = try await self.beginSession()
                let entries = try await session.listMailboxes(connection)
                try await session.synchronise(entries, on: connection)
            }
            try note(SyncNote(state: "", syncedAt: environment.now(), error: ""))
        } catch {
            if !(error is CancellationError) { try? noteFailure(error, state: "") }
            throw error
        }
        return counters.value
    }

    /// Stays until cancelled: pulls what is new, watches, and comes back after every failure.
    public func run() async {
        var delay = RetryDelay()
        while !Task.isCancelled {
            let hasWorked = Mutex(false)
            do {
                try await runSession { hasWorked.withLock { $0 = true } }
                // Its turn is over: others wait for the connection.
                delay.succeeded()
                await pause(Double(max(1, configuration.pollInterval)))
            } catch {
                if Task.isCancelled || error is CancellationError { break }
                if hasWorked.withLock({ $0 }) { delay.succeeded() }
                let seconds = delay.failed(error, chance: environment.chance())
                environment.logger.warning(
                    "account interrupted",
                    metadata: [
                        "account": .string(configuration.name), "error": .string(Self.describe(error)),
                        "retry-in": .stringConvertible(Int(seconds.rounded(.up))),
                    ])
                try? noteFailure(error, state: "waiting")
                refuseWaiting(error)
                await pause(seconds)
            }
        }
        refuseWaiting(CancellationError())
    }

    /// Asks a running account to look at all its mailboxes now, and waits until it has.
    public func refresh() async throws {
        let completion = Completion()
        work.push(.refresh(completion), always: true)
        try await completion.wait()
    }

    /// Waits before the next try; work that comes cuts it short.
    private func pause(_ seconds: Double) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [environment] in try? await environment.sleep(seconds) }
            group.addTask { [work] in
                guard let delivery = try? await work.next() else { return }
                // Taken to see that somebody waits; the session to come finds it again.
                for element in delivery.elements { work.push(element) }
            }
            await group.next()
            group.cancelAll()
        }
    }

    private func refuseWaiting(_ error: any Error) {
        for case .refresh(let completion) in work.take().elements { completion.finish(.failure(error)) }
    }

    // MARK: Connecting

    func freshCredentials() async throws -> IMAPCredentials {
        IMAPCredentials(try await Credentials.fetch(for: configuration), mechanism: configuration.mechanism)
    }

    /// `purpose`: whose share of the connections it counts to; nil where a place was taken before.
    func connect<R: Sendable>(
        _ credentials: IMAPCredentials, for purpose: ConnectionBudget.Purpose?,
        _ body: (IMAPConnection) async throws -> R
    ) async throws -> R {
        var settings = environment.connection
        if configuration.allowPlaintext { settings.allowsPlaintextPasswords = true }
        settings.onAlert = { [weak self] words in self?.tell(words) }
        let (server, logger) = (IMAPServer(configuration), environment.logger)
        guard let purpose else {
            return try await IMAPConnection.withConnection(
                to: server, credentials: credentials, configuration: settings, logger: logger, body)
        }
        return try await environment.connections.withPlace(for: purpose) {
            try await IMAPConnection.withConnection(
                to: server, credentials: credentials, configuration: settings, logger: logger, body)
        }
    }

    func beginSession() async throws -> AccountSession {
        let store = environment.store
        let account = try store.registerAccount(configuration.name)
        let environment = environment
        let index = SyncIndex(
            store: store,
            atCommit: { [weak self] point in
                environment.atCommit(point.name)
                guard point.moment == .after else { return }
                environment.indexChanged()
                self?.report()
            })
        var logger = environment.logger
        logger[metadataKey: "account"] = .string(configuration.name)
        let context = SyncContext(
            index: index, account: account,
            preparer: MessagePreparer(
                commands: AttachmentCommands(environment.extract), now: environment.now,
                compression: { [store = environment.store] in store.compression }),
            planner: SyncPlanner(), counters: counters, fetchesWhole: configuration.fetch == .full,
            flagWindow: environment.flagWindow, changeWindow: environment.changeWindow, now: environment.now,
            hasHistory: try index.hasMessages(account), logger: logger)
        return AccountSession(synchronizer: self, context: context)
    }

    // MARK: Telling

    /// What the server wants the user to know (ALERT), once and not at every login.
    private func tell(_ alert: String) {
        let isNew = alerts.withLock { alerts in
            if alerts.count >= Self.mostAlerts { alerts.removeAll() }
            return alerts.insert(alert).inserted
        }
        guard isNew else { return }
        environment.logger.warning(
            "the server asks to tell you",
            metadata: ["account": .string(configuration.name), "alert": .string(alert)])
    }

    func updateProgress(_ change: (inout SyncProgress) -> Void) {
        progressState.withLock { change(&$0) }
        report()
    }

    private func report() {
        guard let handler = progressHandler.withLock({ $0 }) else { return }
        let totals = counters.value
        let progress = progressState.withLock { state in
            state.totals = totals
            return state
        }
        handler.call(progress)
    }

    func note(_ note: SyncNote) throws {
        let account = try environment.store.registerAccount(configuration.name)
        try environment.store.note(note, of: account)
    }

    func noteFailure(_ error: any Error, state: String) throws {
        try note(SyncNote(state: state, error: Self.describe(error), errorAt: environment.now()))
    }

    /// One line for the user.
    public static func describe(_ error: any Error) -> String {
        switch error {
        case let error as IMAPError: error.message
        case let error as ServiceError: error.message
        case let error as IndexError: error.message
        case is CancellationError: "was cancelled"
        default: String(describing: error)
        }
    }
}

extension IMAPCredentials {
    init(_ credentials: Credentials, mechanism: AccountConfiguration.Mechanism) {
        let mechanism = Mechanism(rawValue: mechanism.rawValue) ?? .auto
        switch credentials {
        case .password(let user, let secret): self = .password(user: user, secret, mechanism: mechanism)
        case .token(let user, let secret): self = .token(user: user, secret, mechanism: mechanism)
        case .external(let user): self = .external(user: user)
        }
    }
}

extension IMAPServer {
    init(_ configuration: AccountConfiguration) {
        let security: Security =
            switch configuration.security {
            case .tls: .tls
            case .startTLS: .startTLS
            case .none: .none
            }
        var tls = TLSConfiguration()
        if let file = configuration.caFile { tls.trust = .file(file) }
        tls.pinnedSHA256 = configuration.certificateSHA256
        if let certificate = configuration.clientCertificate {
            tls.identity = TLSConfiguration.Identity(
                certificateFile: certificate, keyFile: configuration.clientKey ?? certificate)
        }
        self.init(host: configuration.host, port: configuration.port, security: security, tls: tls)
    }
}
