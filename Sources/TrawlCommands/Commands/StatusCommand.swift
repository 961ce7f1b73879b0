import ArgumentParser
import MailIndex
import MailSearch
import TrawlService
import Presentation

struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what is indexed, and how far.",
        discussion: """
              trawl status
              trawl status --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, prometheus }

    @Option(help: "How it is written: text, json or prometheus.")
    var format: Format = .text

    @Option(help: "Colour: auto, always or never.")
    var color: ColorChoice = .auto

    @OptionGroup var places: PlaceOptions

    func run() throws {
        let status = try places.openIndex().status()
        let now = DateText.currentTime()
        var output = Output()
        switch format {
        case .text:
            let style = Style(isOn: Terminal(descriptor: 1, color: color).usesColor)
            StatusText.write(status, data: places.paths.data, now: now, style: style, to: &output)
        case .json:
            var json = JSONWriter()
            StatusJSON.write(status, now: now, to: &json)
            json.newline()
            output.write(json.bytes)
        case .prometheus:
            StatusText.writePrometheus(status, now: now, to: &output)
        }
        output.flush()
    }
}
