import ArgumentParser
import TrawlService
import Presentation

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Write completions for a shell.",
        discussion: """
            Commands, options, the query language's fields, and accounts, mailboxes and addresses from the index.

              trawl completions bash > ~/.local/share/bash-completion/completions/trawl
              trawl completions zsh > ~/.zfunc/_trawl
              trawl completions fish > ~/.config/fish/completions/trawl.fish
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    /// Asked for by the scripts themselves.
    @Flag(help: .hidden)
    var candidates = false

    /// The command line up to the cursor, where a shell doesn't part it well.
    @Option(parsing: .unconditional, help: .hidden)
    var line: String?

    @Argument(parsing: .postTerminator, help: .hidden)
    var words: [String] = []

    @OptionGroup var places: PlaceOptions

    func run() throws {
        var output = Output()
        if candidates {
            write(to: &output)
        } else {
            switch shell {
            case .bash: output.line(CompletionScript.bash)
            case .zsh: output.line(CompletionScript.zsh)
            case .fish: output.line(CompletionScript.fish)
            }
        }
        output.flush()
    }

    private func write(to output: inout Output) {
        guard let tree = CommandTree.load() else { return }
        let words = line.map(CommandLineText.words) ?? self.words
        switch WordCompletion(tree: tree, places: places).complete(words) {
        case .files: output.line(":files")
        case .folders: output.line(":folders")
        case .words(let candidates):
            for candidate in candidates {
                // Names come from mail and servers: what a terminal would obey is no completion.
                guard TerminalText.line(candidate.text) == candidate.text else { continue }
                let about = TerminalText.line(candidate.about)
                output.line(about.isEmpty ? candidate.text : "\(candidate.text)\t\(about)")
            }
        }
    }
}
