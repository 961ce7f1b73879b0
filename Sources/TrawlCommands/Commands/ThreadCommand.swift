import ArgumentParser
import MailIndex
import MailSearch
import TrawlService
import Presentation

struct ThreadCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thread",
        abstract: "List the messages of a thread.",
        discussion: """
              trawl thread ID
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, jsonl, ids }

    @Argument(help: "A message's id, or its Message-ID.")
    var id: String

    @Option(help: "How they are written: text, json, jsonl or ids.")
    var format: Format = .text

    @Option(help: "Colour: auto, always or never.")
    var color: ColorChoice = .auto

    @OptionGroup var places: PlaceOptions

    func run() throws {
        let store = try places.openIndex()
        let emails = try store.thread(of: try MessageReference(text: id).find(in: store).id)
        var output = Output()
        var json = JSONWriter()
        switch format {
        case .text:
            MessageList(Terminal(descriptor: 1, color: color), now: DateText.currentTime()).write(emails, to: &output)
        case .ids:
            for email in emails { output.line(email.id.description) }
        case .json:
            json.beginObject()
            json.key("list")
            json.beginArray()
            for email in emails { EmailJSON.write(email, to: &json) }
            json.endArray()
            json.endObject()
            json.newline()
        case .jsonl:
            for email in emails {
                EmailJSON.write(email, to: &json)
                json.newline()
            }
        }
        output.write(json.bytes)
        output.flush()
        try ExitStatus.end(found: !emails.isEmpty)
    }
}
