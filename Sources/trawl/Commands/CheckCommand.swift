import ArgumentParser
import MailIndex

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check that the index is sound.",
        discussion: "Exit status: 0 all is well, 1 something is wrong, 2 it couldn't be checked.")

    @Flag(help: "Say nothing; the exit status tells.")
    var quiet = false

    @OptionGroup var places: PlaceOptions

    func run() throws {
        let check = try places.openIndex().check()
        var output = Output()
        if !quiet {
            for problem in check.problems { output.line(TerminalText.line(problem)) }
            if check.isSound { output.line("the index is sound") }
        }
        output.flush()
        guard check.isSound else {
            if !quiet {
                Diagnostics.error(
                    "the index is damaged; remove \(places.paths.data) and sync or import again to make it anew")
            }
            throw ExitCode(ExitStatus.nothingFound)
        }
    }
}
