import ArgumentParser
import MailIndex
import MailSearch
import TrawlService
import Presentation

struct MailboxesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "mailboxes",
        abstract: "List the mailboxes of the index.",
        discussion: """
              trawl mailboxes
              trawl mailboxes --format jsonl
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, json, jsonl }

    @Option(help: "How they are written: text, json or jsonl.")
    var format: Format = .text

    @Option(help: "Colour: auto, always or never.")
    var color: ColorChoice = .auto

    @OptionGroup var places: PlaceOptions

    func run() throws {
        let status = try places.openIndex().status()
        var output = Output()
        var json = JSONWriter()
        let now = DateText.currentTime()
        switch format {
        case .text:
            var table = TextTable([.left, .left, .right, .right, .left])
            table.add(["account", "mailbox", "messages", "unread", ""])
            for account in status.accounts {
                for mailbox in account.mailboxes {
                    table.add([
                        account.name, mailbox.name, "\(mailbox.messageCount)", "\(mailbox.unseenCount)",
                        StatusText.coverage(mailbox),
                    ])
                }
            }
            let style = Style(isOn: Terminal(descriptor: 1, color: color).usesColor)
            for line in table.lines(heading: style.heading) { output.line(line) }
        case .json:
            StatusJSON.writeMailboxes(status, now: now, to: &json)
            json.newline()
        case .jsonl:
            for account in status.accounts {
                for mailbox in account.mailboxes {
                    StatusJSON.write(mailbox, account: account.name, now: now, to: &json)
                    json.newline()
                }
            }
        }
        output.write(json.bytes)
        output.flush()
        try ExitStatus.end(found: status.accounts.contains { !$0.mailboxes.isEmpty })
    }
}
