import ArgumentParser
import MailIndex
import MailSearch
import TrawlService
import Presentation

struct ExplainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "explain",
        abstract: "Show how a query is understood.",
        discussion: """
            Where there is an index, also what in it will be looked at, and what will find nothing.

              trawl explain 'ana OR luis budget -draft'
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json }

    @OptionGroup var query: QueryArguments

    @Option(help: "How it is written: text or json.")
    var format: Format = .text

    @OptionGroup var places: PlaceOptions

    func run() throws {
        let query = try query.parse(places, options: QueryWords.commonOptions + ["format"])
        var output = Output()
        // A query can be understood before there is an index.
        let explanation = try? places.openIndex().explain(query)
        switch format {
        case .text: output.line(TerminalText.block(explanation?.text ?? query.root.tree))
        case .json:
            var json = JSONWriter()
            ExplainJSON.write(query, explanation, to: &json)
            json.newline()
            output.write(json.bytes)
        }
        output.flush()
    }
}
