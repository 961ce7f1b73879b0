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
        let terminal = Terminal(descriptor: 1, color: color)
        let style = Style(isOn: terminal.usesColor)
        let chosen = try Configuration.load(place).accounts(named: accounts)
        guard !chosen.isEmpty else {
            throw ServiceError(.configurationMissing, "\(place.config): no accounts; add an [accounts.NAME] table")
        }
        let logger = Logger(label: "trawl") { _ in LineLogHandler(level: .critical) }
        var isWell = true
        for account in chosen {
            Self.line(style.heading(TerminalText.line(account.name)))
            let isReadable = try await AccountDoctor(account, logger: logger).examine(now: DateText.currentTime()) {
                for line in Self.lines(of: $0, style, terminal) { Self.line(line) }
            }
            if !isReadable { isWell = false }
        }
        if !isWell { throw ExitCode(ExitStatus.nothingFound) }
    }

    /// Columns before what is told of a step, and after it for how long it took.
    private static let indent = 24
    private static let timeWidth = 10
    /// On a narrower terminal lines are left to it.
    private static let leastWidth = 60

    /// What is told of a step; on a terminal in lines that fit it.
    static func lines(of finding: AccountDoctor.Finding, _ style: Style, _ terminal: Terminal) -> [String] {
        let mark =
            switch finding.outcome {
            case .passed: style.good("ok  ")
            case .warned: style.warning("warn")
            case .failed: style.bad("FAIL")
            }
        let name = DisplayWidth.fit(finding.name, to: 14)
        func parted(_ text: String, _ margin: Int) -> [String] {
            let text = TerminalText.line(text)
            guard terminal.isTerminal, terminal.width >= leastWidth else { return [text] }
            return StyledLine(text).wrapped(terminal.width - indent - margin).map(\.text)
        }
        let blanks = String(repeating: " ", count: indent)
        var lines = parted(finding.text, timeWidth).map { blanks + $0 }
        lines[0] = "  \(mark)  \(name)  \(lines[0].dropFirst(indent))"
        lines[lines.count - 1] += "  \(style.faint("\(finding.milliseconds) ms"))"
        return lines + finding.facts.flatMap { parted($0, 0) }.map { blanks + style.faint($0) }
    }

    /// Each step as it ends: the next may take long.
    private static func line(_ text: String) {
        var output = Output()
        output.line(text)
        output.flush()
    }
}
