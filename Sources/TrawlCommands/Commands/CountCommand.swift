import ArgumentParser
import MailIndex
import MailSearch
import Presentation

struct CountCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "count",
        abstract: "Count messages.",
        discussion: """
              trawl count is:unread in:inbox
              trawl count '*'
            """)

    @OptionGroup var query: QueryArguments

    @Flag(help: "End with status 3 while the index isn't complete.")
    var requireComplete = false

    @OptionGroup var places: PlaceOptions

    func run() throws {
        var invocation = CountInvocation(paths: places.paths)
        invocation.requireComplete = requireComplete
        let query = try query.parse(places, options: CountInvocation.options)
        try ExitStatus.end(invocation.answer(query, from: places.openIndex()))
    }
}
