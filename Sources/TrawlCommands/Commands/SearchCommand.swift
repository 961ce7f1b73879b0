import ArgumentParser
import MailIndex
import MailSearch
import TrawlService
import Presentation

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find messages.",
        discussion: """
            Words are all to be found; OR, NOT, -word, "a phrase", prefix* and fields narrow it.

              trawl search invoice acme
              trawl search from:ana after:2024-03 has:attachment
              trawl search '"exact words" OR budget*' --format json
              trawl search in:sent to:luis --format ids | xargs -n1 trawl show
              trawl search --format maildir ~/results from:ana && neomutt -f ~/results
              trawl search invoice --facets

            With --format maildir the first word is the folder that the messages are written to, as a Maildir.

            Exit status: 0 found, 1 nothing found, 2 error, 3 the index isn't complete yet (--require-complete).
            """)

    @OptionGroup var query: QueryArguments

    @Option(help: "How results are written.")
    var format: SearchInvocation.Format = .text

    @Option(help: ArgumentHelp("Results at most (20 on a terminal, else all).", valueName: "n"))
    var limit: Int?

    @Option(help: ArgumentHelp("Results to pass over first.", valueName: "n"))
    var offset: Int = 0

    @Option(help: "The order: newest, oldest or relevance.")
    var sort: SearchInvocation.Order = .newest

    @Flag(help: "One result a thread.")
    var threads = false

    @Flag(help: "Count the results by sender, mailbox, year, list and type of attachment, instead of listing them.")
    var facets = false

    @Flag(name: .customLong("no-snippets"), help: "Without the places where the words stand.")
    var noSnippets = false

    @Flag(help: "End with status 3 while the index isn't complete.")
    var requireComplete = false

    @Option(help: "Colour: auto, always or never.")
    var color: ColorChoice = .auto

    @OptionGroup var places: PlaceOptions

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit must not be negative") }
        if offset < 0 { throw ValidationError("--offset must not be negative") }
        if facets, format != .text, format != .json { throw ValidationError("--facets are written as text or json") }
    }

    func run() async throws {
        try await invocation.run()
    }

    /// What was read, without the parser's wrappings.
    var invocation: SearchInvocation {
        var invocation = SearchInvocation(paths: places.paths)
        invocation.words = query.query
        invocation.format = format
        invocation.limit = limit
        invocation.offset = offset
        invocation.sort = sort
        invocation.threads = threads
        invocation.facets = facets
        invocation.snippets = !noSnippets
        invocation.requireComplete = requireComplete
        invocation.color = color
        return invocation
    }
}

extension ExitStatus {
    /// Ends the command with grep's statuses; returns where that is 0.
    static func end(found: Bool, complete: Bool = true) throws { try end(of(found: found, complete: complete)) }

    static func end(_ status: Int32) throws {
        if status != ExitStatus.found { throw ExitCode(status) }
    }
}
