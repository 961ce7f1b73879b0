import ArgumentParser
import MailIndex
import MailSearch
import TrawlService
import Presentation

struct AddressesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "addresses",
        abstract: "Complete a name or address from those you write with.",
        discussion: """
              trawl addresses ana
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, jsonl }

    @Argument(help: "The beginning of a name or address.")
    var prefix: String = ""

    @Option(help: "How they are written: text, json or jsonl.")
    var format: Format = .text

    @Option(help: ArgumentHelp("Addresses at most.", valueName: "n"))
    var limit: Int = 20

    @OptionGroup var places: PlaceOptions

    func validate() throws {
        if limit < 0 { throw ValidationError("--limit must not be negative") }
    }

    func run() throws {
        let entries = try places.openIndex().addresses(prefix: prefix, limit: limit)
        var output = Output()
        var json = JSONWriter()
        switch format {
        case .text:
            // Aligned on a terminal, parted by tabs elsewhere.
            let isTerminal = Terminal(descriptor: 1).isTerminal
            let shown = entries.map { TerminalText.line(Self.text($0)) }
            let width = shown.reduce(0) { max($0, DisplayWidth.of($1)) }
            for (entry, text) in zip(entries, shown) {
                output.line(
                    isTerminal ? "\(DisplayWidth.fit(text, to: width))  \(entry.count)" : "\(text)\t\(entry.count)")
            }
        case .json:
            json.beginObject()
            json.key("list")
            json.beginArray()
            for entry in entries { AddressJSON.write(entry, to: &json) }
            json.endArray()
            json.endObject()
            json.newline()
        case .jsonl:
            for entry in entries {
                AddressJSON.write(entry, to: &json)
                json.newline()
            }
        }
        output.write(json.bytes)
        output.flush()
        try ExitStatus.end(found: !entries.isEmpty)
    }

    /// `Name <address>`, with the name quoted where a mail program would need that.
    static func text(_ entry: AddressEntry) -> String {
        guard let name = entry.name, !name.isEmpty else { return entry.email }
        let special = Set("()<>[]:;@\\,.\"")
        guard name.contains(where: { special.contains($0) }) else { return "\(name) <\(entry.email)>" }
        let escaped = name.reduce(into: "") { text, character in
            if character == "\"" || character == "\\" { text.append("\\") }
            text.append(character)
        }
        return "\"\(escaped)\" <\(entry.email)>"
    }
}
