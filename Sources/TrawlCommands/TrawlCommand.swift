import ArgumentParser
import MailIndex
import MailSearch
import TrawlService
import Presentation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

struct TrawlCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "trawl",
        abstract: "Search all your mail, as fast as you type.",
        discussion: """
            Trawl keeps an index of mail on IMAP servers and in files, and answers from it.

              trawl account add                  write down where your mail is
              trawl import ~/Maildir             index mail from files
              trawl sync                         index mail from the servers in config.toml
              trawl serve                        stay, and index mail as it arrives
              trawl search from:ana budget       find it
              trawl show ID                      read it
              trawl help query                   how to search
            """,
        version: Version.text,
        subcommands: [
            SearchCommand.self, CountCommand.self, ShowCommand.self, ThreadCommand.self, AddressesCommand.self,
            MailboxesCommand.self, WatchCommand.self, SyncCommand.self, ServeCommand.self, ImportCommand.self,
            AccountCommand.self, StatusCommand.self, CheckCommand.self, VerifyCommand.self, DoctorCommand.self,
            ExplainCommand.self,
            MCPCommand.self, CompletionsCommand.self,
        ])
}

/// Runs the command, and turns whatever goes wrong into one clear line and an exit status.
@main
enum Main {
    static func main() async {
        let arguments = LeadingPlaces.behindCommand(Array(CommandLine.arguments.dropFirst()))
        do {
            if arguments == ["help", "query"] {
                var output = Output(paged: Terminal(descriptor: 1))
                output.line(QueryHelp.text)
                output.flush()
                return
            }
            if let message = suggestion(for: arguments) {
                Diagnostics.error(message)
                exit(ExitStatus.error)
            }
            if try InteractiveSearch.openedAlone(with: arguments) { return }
            var command = try command(of: arguments)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(Failure.report(error, arguments))
        }
    }

    private static func command(of arguments: [String]) throws -> any ParsableCommand {
        if let command = named(by: arguments) { return command }
        return try TrawlCommand.parseAsRoot(arguments)
    }

    /// The command that the first word names, read by itself: to set up all commands takes longer than most searches.
    ///
    /// Nil where something is wrong or help is asked for: the whole tree of commands knows better what to say then.
    private static func named(by arguments: [String]) -> (any ParsableCommand)? {
        guard let name = arguments.first, !arguments.contains(where: { tellsOfItself.contains($0) }),
            let type = TrawlCommand.configuration.subcommands.first(where: { $0.configuration.commandName == name }),
            type.configuration.subcommands.isEmpty
        else { return nil }
        return try? type.parseAsRoot(Array(arguments.dropFirst()))
    }

    private static let tellsOfItself = ["-h", "--help", "-help", "--version", "--experimental-dump-help"]

    /// For a first word that is no command: which was meant.
    private static func suggestion(for arguments: [String]) -> String? {
        var words = arguments[...]
        if words.first == "help" { words.removeFirst() }
        guard let word = words.first, !word.hasPrefix("-"), word != "help" else { return nil }
        let names = TrawlCommand.configuration.subcommands.compactMap { $0._commandName }
        guard !names.contains(word) else { return nil }
        let shown = TerminalText.line(word)
        if let name = NearestName.find(word, among: names) {
            return "no command \"\(shown)\"; did you mean \"trawl \(name)\"?"
        }
        return
            "no command \"\(shown)\"; to search, write \"trawl search \(shown)\"; \"trawl --help\" lists the commands"
    }
}

/// What is said, and with which status the process ends, when something goes wrong.
enum Failure {
    /// - Parameter arguments: those of the command line.
    static func report(_ error: any Error, _ arguments: [String]) -> Int32 {
        switch error {
        case let code as ExitCode:
            return code.rawValue
        case let error as QueryFailure:
            Diagnostics.error("can't read the query")
            for line in error.error.marked(in: error.text).split(separator: "\n", omittingEmptySubsequences: false) {
                Diagnostics.line("  \(line)")
            }
            return ExitStatus.error
        case let error as IndexError:
            Diagnostics.error(TerminalText.line(error.message))
            return ExitStatus.error
        case let error as ServiceError:
            Diagnostics.error(TerminalText.line(error.message))
            return ExitStatus.error
        case is CancellationError:
            return ExitStatus.interrupted
        default:
            return reportParsing(error, arguments)
        }
    }

    private static func reportParsing(_ error: any Error, _ arguments: [String]) -> Int32 {
        if TrawlCommand.exitCode(for: error) == .success {
            var output = Output()
            output.line(TrawlCommand.fullMessage(for: error))
            output.flush()
            return 0
        }
        let fault = UsageFault(TrawlCommand.message(for: error), arguments: arguments)
        Diagnostics.error(fault.message)
        Diagnostics.line(fault.hint)
        return ExitStatus.error
    }
}

/// A query that can't be read, with the text it was read from.
struct QueryFailure: Error {
    var error: QueryError
    var text: String
}
