import ArgumentParser
import TrawlService

struct CompletionsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "completions",
        abstract: "Write completions for a shell.",
        discussion: """
              trawl completions bash > ~/.local/share/bash-completion/completions/trawl
              trawl completions zsh > ~/.zfunc/_trawl
              trawl completions fish > ~/.config/fish/completions/trawl.fish
            """)

    enum Shell: String, ExpressibleByArgument, CaseIterable { case bash, zsh, fish }

    @Argument(help: "bash, zsh or fish.")
    var shell: Shell

    func run() throws {
        let target: CompletionShell =
            switch shell {
            case .bash: .bash
            case .zsh: .zsh
            case .fish: .fish
            }
        var output = Output()
        output.line(TrawlCommand.completionScript(for: target))
        output.flush()
    }
}
