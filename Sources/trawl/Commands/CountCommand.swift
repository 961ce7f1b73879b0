import ArgumentParser
import MailIndex
import MailSearch

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
        let query = try query.parse(places, options: QueryArguments.commonOptions + ["require-complete"])
        let count = try places.openIndex().count(query)
        var output = Output()
        output.line("\(count.total)")
        output.flush()
        try ExitStatus.end(found: count.total > 0, complete: count.isComplete || !requireComplete)
    }
}
