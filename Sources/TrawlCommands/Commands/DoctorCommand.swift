import ArgumentParser
import Logging
import TrawlService
import Presentation

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find out why a server can't be reached or read.",
        discussion: """
            Goes the way to the mail step by step, and says what to do where it ends.

              trawl doctor work

            Exit status: 0 all is well, 1 something isn't, 2 there is nothing to look at.
            """)

    @Argument(help: ArgumentHelp("An account of the configuration; all where none is named.", valueName: "account"))
    var accounts: [String] = []

    @Option(help: "Colour: auto, always or never.")
    var color: ColorChoice = .auto

    @OptionGroup var places: PlaceOptions

    func run() async throws {
        let place = places.paths
        let style = Style(isOn: Terminal(descriptor: 1, color: color).usesColor)
        let chosen = try Configuration.load(place).accounts(named: accounts)
        guard !chosen.isEmpty else {
            throw ServiceError(.configurationMissing, "\(place.config): no accounts; add an [accounts.NAME] table")
        }
        let logger = Logger(label: "trawl") { _ in LineLogHandler(level: .critical) }
        var isWell = true
        for account in chosen {
            Self.line(style.heading(TerminalText.line(account.name)))
            let isReadable = try await AccountDoctor(account, logger: logger).examine(now: DateText.currentTime()) {
                for line in Self.lines(of: $0, style) { Self.line(line) }
            }
            if !isReadable { isWell = false }
        }
        if !isWell { throw ExitCode(ExitStatus.nothingFound) }
    }

    /// What is told of a step.
    static func lines(of finding: AccountDoctor.Finding, _ style: Style) -> [String] {
        let mark =
            switch finding.outcome {
            case .passed: style.good("ok  ")
            case .warned: style.warning("warn")
            case .failed: style.bad("FAIL")
            }
        let name = DisplayWidth.fit(finding.name, to: 14)
        let text = TerminalText.line(finding.text)
        return ["  \(mark)  \(name)  \(text)  \(style.faint("\(finding.milliseconds) ms"))"]
            + finding.facts.map { "                        \(style.faint(TerminalText.line($0)))" }
    }

    /// Each step as it ends: the next may take long.
    private static func line(_ text: String) {
        var output = Output()
        output.line(text)
        output.flush()
    }
}
