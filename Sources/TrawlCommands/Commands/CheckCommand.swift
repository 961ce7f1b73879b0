import ArgumentParser
import MailIndex
import MailSearch
import Presentation

struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check that the index is sound.",
        discussion: """
              trawl check
              trawl check --rebuild
              trawl check --pack

            Exit status: 0 all is well, 1 something is wrong, 2 it couldn't be checked.
            """)

    @Flag(help: "Say nothing; the exit status tells.")
    var quiet = false

    @Flag(help: "Make a sound index as small as it can be: all of it is written anew.")
    var pack = false

    @Flag(help: "First make the text index anew from the stored texts.")
    var rebuild = false

    @OptionGroup var places: PlaceOptions

    func run() throws {
        if rebuild { try rebuildText() }
        let check = try places.openIndex().check()
        var output = Output()
        defer { output.flush() }
        if !quiet {
            for problem in check.problems { output.line(TerminalText.line(problem)) }
            if check.isSound, check.unchecked == nil { output.line("the index is sound") }
        }
        guard check.isSound else {
            output.flush()
            if !quiet { Diagnostics.error("the index is damaged; \(advice(check))") }
            throw ExitCode(ExitStatus.nothingFound)
        }
        if let why = check.unchecked {
            output.flush()
            Diagnostics.error(
                "nothing is wrong so far, but the text index could not be checked: \(TerminalText.line(why))")
            throw ExitCode(ExitStatus.error)
        }
        if pack { try packIndex(&output) }
    }

    private func advice(_ check: IndexCheck) -> String {
        check.textDiffers && check.problems.count == 1 && !rebuild
            ? "\"trawl check --rebuild\" makes the text index anew from the stored texts"
            : "remove \(places.paths.data) and sync or import again to make it anew"
    }

    private func rebuildText() throws {
        let store = try IndexStore.open(places.paths.data, access: .readWrite)
        try store.rebuildText()
        try store.close()
    }

    private func packIndex(_ output: inout Output) throws {
        let store = try IndexStore.open(places.paths.data, access: .readWrite)
        let before = try store.status().bytes
        guard try store.pack() else {
            let limit = StatusText.size(Int64(IndexStore.largestPacked))
            Diagnostics.error("the index is larger than the \(limit) that are packed at once; nothing was changed")
            throw ExitCode(ExitStatus.error)
        }
        let after = try store.status().bytes
        try store.close()
        if !quiet { output.line("packed: \(StatusText.size(before)), now \(StatusText.size(after))") }
    }
}
