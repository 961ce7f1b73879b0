import ArgumentParser
import MIME
import MailIndex
import MailSearch
import TrawlService
import Presentation

struct ShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show a message.",
        discussion: """
            The message is named by Trawl's id or by its Message-ID.

              trawl show ID
              trawl show ID --format raw > message.eml
              trawl show ID --part 2 > invoice.pdf
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, raw, headers }

    @Argument(help: "A message's id, or its Message-ID.")
    var id: String

    @Option(help: "How it is written: text, json, raw or headers.")
    var format: Format?

    @Option(help: ArgumentHelp("One part's content alone, decoded (\"2\", \"2.1\").", valueName: "n"))
    var part: String?

    @Option(help: "Colour: auto, always or never.")
    var color: ColorChoice = .auto

    @OptionGroup var places: PlaceOptions

    func validate() throws {
        if part != nil, format != nil { throw ValidationError("--part and --format exclude each other") }
    }

    func run() async throws {
        let store = try places.openIndex()
        let email = try MessageReference(text: id).find(in: store)
        var output = Output(paged: Terminal(descriptor: 1))
        if let part {
            let bytes = try await raw(email, store)
            guard let body = MessageParser().decodedBody(of: part, in: bytes) else {
                let parts = email.attachments.map(\.partID).joined(separator: ", ")
                let hint = parts.isEmpty ? "it has no attachments" : "its attachments are \(parts)"
                Diagnostics.error("message \(email.id) has no part \"\(TerminalText.line(part))\"; \(hint)")
                throw ExitCode(ExitStatus.nothingFound)
            }
            try write(body, to: &output)
            return
        }
        switch format ?? .text {
        case .text:
            let style = Style(isOn: Terminal(descriptor: 1, color: color).usesColor)
            writeText(email, text: try store.text(of: email.id) ?? "", style, to: &output)
        case .json:
            var json = JSONWriter(reserving: 4096)
            EmailJSON.write(email, text: try store.text(of: email.id) ?? "", to: &json)
            json.newline()
            output.write(json.bytes)
        case .raw:
            try write(try await raw(email, store), to: &output)
        case .headers:
            let bytes = try await raw(email, store)
            let header = Self.header(of: bytes)
            if Terminal(descriptor: 1).isTerminal {
                output.write(TerminalText.block(String(decoding: header, as: UTF8.self)))
            } else {
                output.write(header)
            }
        }
        output.flush()
    }

    /// Octets as they are into files and pipes; what a terminal would obey is shown there instead.
    private func write(_ bytes: [UInt8], to output: inout Output) throws {
        if Terminal(descriptor: 1).isTerminal {
            output.write(TerminalText.block(String(decoding: bytes, as: UTF8.self)))
        } else {
            output.write(bytes)
        }
        output.flush()
    }

    private func raw(_ email: Email, _ store: IndexStore) async throws -> [UInt8] {
        try await RawMessage.fetch(email, in: store, paths: places.paths)
    }

    /// Up to and without the blank line.
    private static func header(of bytes: [UInt8]) -> [UInt8] {
        var lineStart = 0
        while lineStart < bytes.count {
            let end = bytes[lineStart...].firstIndex(of: 10) ?? bytes.count - 1
            let line = bytes[lineStart...end]
            if line.elementsEqual([10]) || line.elementsEqual([13, 10]) { return Array(bytes[..<lineStart]) }
            lineStart = end + 1
        }
        return bytes
    }

    private func writeText(_ email: Email, text: String, _ style: Style, to output: inout Output) {
        func field(_ name: String, _ value: String) {
            guard !value.isEmpty else { return }
            output.line(
                "\(style.faint("\(name):"))\(String(repeating: " ", count: max(1, 8 - name.utf8.count)))\(value)")
        }
        field("From", style.sender(Self.people(email.from.isEmpty ? email.sender : email.from)))
        field("To", Self.people(email.to))
        field("Cc", Self.people(email.cc))
        field("Bcc", Self.people(email.bcc))
        field("Date", style.date(DateText.full(email.sentAt ?? email.date)))
        let subject = TerminalText.line(email.subject)
        field("Subject", style.heading(subject.isEmpty ? "(no subject)" : subject))
        field("In", email.places.map { TerminalText.line("\($0.account)/\($0.mailbox)") }.joined(separator: ", "))
        for attachment in email.attachments where !attachment.isInline {
            let name = TerminalText.line(attachment.name ?? "(unnamed)")
            let type = TerminalText.line(attachment.mediaType)
            field(
                "Part \(TerminalText.line(attachment.partID))",
                "\(name)  \(style.faint("\(type), \(StatusText.size(Int64(attachment.size)))"))")
        }
        output.line("")
        let body = TerminalText.block(text)
        output.write(body)
        if !body.isEmpty, !body.hasSuffix("\n") { output.write("\n") }
    }

    private static func people(_ addresses: [EmailAddress]) -> String {
        addresses.map { address in
            let email = TerminalText.line(address.email)
            guard let name = address.name, !name.isEmpty else { return email }
            return email.isEmpty ? TerminalText.line(name) : "\(TerminalText.line(name)) <\(email)>"
        }.joined(separator: ", ")
    }
}
