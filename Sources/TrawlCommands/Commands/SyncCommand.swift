import ArgumentParser
import Logging
import MailIndex
import MailSearch
import TrawlService
import Presentation

struct SyncCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sync",
        abstract: "Bring the index up to date with the servers, once.",
        discussion: """
            Where trawl serve runs on the same data, it does the work.

              trawl sync
              trawl sync work
            """)

    @Argument(help: ArgumentHelp("Accounts of the configuration; all where none is named.", valueName: "account"))
    var accounts: [String] = []

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @Flag(help: "Tell what is done.")
    var verbose = false

    @OptionGroup var places: PlaceOptions

    func run() async throws {
        let place = places.paths
        let configuration = try Configuration.load(place)
        // Before anything is opened: a name that isn't there.
        guard !(try configuration.accounts(named: accounts)).isEmpty else {
            throw ServiceError(.configurationMissing, "\(place.config): no accounts; add an [accounts.NAME] table")
        }
        let lock: SyncLock
        do {
            lock = try SyncLock(dataFolder: place.data)
        } catch {
            guard error.code == .alreadyRunning, let client = RPCClient(socket: place.socket) else { throw error }
            do {
                _ = try client.call("sync", ["accounts": .array(accounts.map { .string($0) })])
            } catch let error as RPCError {
                throw ServiceError(.operationFailed, error.message)
            }
            if !quiet { Diagnostics.line("synchronised by trawl serve") }
            return
        }
        try await sync(configuration, place)
        withExtendedLifetime(lock) {}
    }

    private func sync(_ configuration: Configuration, _ place: Paths) async throws {
        let store = try IndexStore.open(place.data, access: .readWrite)
        try store.takeLanguages(of: configuration, quiet: quiet)
        let level: Logger.Level = verbose ? .debug : .error
        let logger = Logger(label: "trawl") { _ in LineLogHandler(level: level) }
        let engine = SyncEngine(
            configuration: configuration, environment: SyncEnvironment(store: store, logger: logger))
        if accounts.isEmpty {
            let forgotten = try engine.forgottenAccounts()
            if !quiet {
                for name in forgotten {
                    Diagnostics.line("\(TerminalText.line(name)): no longer configured; its mail leaves the index")
                }
            }
            if !forgotten.isEmpty { try await engine.removeAccounts(forgotten) }
        }
        let line = ProgressGate(ProgressLine(quiet: quiet))
        let results = try await engine.syncOnce(accounts: accounts) { progress in
            let done = progress.totals.fetched + progress.totals.relocated
            line.show(
                progress.account, count: done,
                fraction: progress.expected > 0 ? Double(done) / Double(progress.expected) : nil)
        }
        line.clear()
        var hasFailed = false
        for result in results {
            if let message = result.message {
                hasFailed = true
                Diagnostics.error("account \(result.account): \(TerminalText.line(message))")
            } else if !quiet {
                Diagnostics.line(Self.text(result))
            }
        }
        try store.close()
        if hasFailed { throw ExitCode(ExitStatus.error) }
    }

    private static func text(_ result: SyncEngine.AccountResult) -> String {
        let totals = result.totals
        var parts = ["\(totals.fetched) fetched"]
        if totals.relocated > 0 { parts.append("\(totals.relocated) moved or copied") }
        if totals.flagChanges > 0 { parts.append("\(totals.flagChanges) with other flags") }
        if totals.removed > 0 { parts.append("\(totals.removed) removed") }
        if totals.incomplete > 0 { parts.append("\(totals.incomplete) that could not be read whole") }
        return "\(result.account): \(parts.joined(separator: ", "))"
    }
}
