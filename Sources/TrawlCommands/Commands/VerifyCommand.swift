import ArgumentParser
import Logging
import MailIndex
import MailSearch
import TrawlService
import Presentation

struct VerifyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Compare the index with the servers.",
        discussion: """
            UIDs and flags of all messages are compared, and the contents of some.

              trawl verify
              trawl verify --repair work

            Exit status: 0 nothing differs, 1 something differs, 2 it couldn't be compared.
            """)

    @Argument(help: ArgumentHelp("Accounts of the configuration; all where none is named.", valueName: "account"))
    var accounts: [String] = []

    @Flag(help: "Mend what differs. Not while trawl serve runs on the same data.")
    var repair = false

    @Option(help: ArgumentHelp("Messages of each mailbox whose contents are compared.", valueName: "n"))
    var sample = Verifier.defaultSample

    @Flag(help: "Say nothing but errors and differences.")
    var quiet = false

    @OptionGroup var places: PlaceOptions

    func run() async throws {
        let place = places.paths
        let configuration = try Configuration.load(place)
        let names = try configuration.accounts(named: accounts).map(\.name)
        let lock = repair ? try SyncLock(dataFolder: place.data) : nil
        defer { withExtendedLifetime(lock) {} }
        let store = try IndexStore.open(place.data, access: repair ? .readWrite : .readOnly)
        let logger = Logger(label: "trawl") { _ in LineLogHandler(level: .error) }
        let engine = SyncEngine(
            configuration: configuration, environment: SyncEnvironment(store: store, logger: logger))
        var output = Output()
        var count = 0
        var hasFailed = false
        for synchronizer in engine.synchronizers where names.contains(synchronizer.configuration.name) {
            let line = ProgressLine(quiet: quiet)
            do {
                let verifier = Verifier(synchronizer, sample: sample)
                let look = { (mailbox: String) in
                    line.show("\(synchronizer.configuration.name)/\(mailbox)", count: 0, fraction: nil)
                }
                var differences = try await verifier.differences(onMailbox: look)
                line.clear()
                for difference in differences { output.line(TerminalText.line(difference.description)) }
                if repair, !differences.isEmpty {
                    output.flush()
                    try await verifier.repair(differences)
                    let found = differences.count
                    differences = try await verifier.differences(onMailbox: look)
                    line.clear()
                    if !quiet {
                        Diagnostics.line(
                            "\(synchronizer.configuration.name): \(found) differences, \(differences.count) left")
                    }
                }
                count += differences.count
            } catch {
                line.clear()
                hasFailed = true
                let message = AccountSynchronizer.describe(error)
                Diagnostics.error("account \(synchronizer.configuration.name): \(TerminalText.line(message))")
            }
        }
        output.flush()
        if hasFailed { throw ExitCode(ExitStatus.error) }
        if count > 0 { throw ExitCode(ExitStatus.nothingFound) }
        if !quiet { Diagnostics.line("nothing differs") }
    }
}
