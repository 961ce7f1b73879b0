import ArgumentParser

struct AccountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "account",
        abstract: "Add an account to the configuration.",
        discussion: """
              trawl account add              asks for all it needs, tries it, writes config.toml
              trawl account add --help       the same by options, for scripts
            """,
        subcommands: [AccountAddCommand.self])
}
