import ArgumentParser
import MailIndex
import MailSearch
import TrawlService
import Presentation

struct ImportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "import",
        abstract: "Index mail from files: mbox, Maildir, .eml, and folders of them.",
        discussion: """
            Imported mail stands under the account "local", its mailbox named for the folder or file. Done again it
            takes over what changed since; files that went leave the index.

              trawl import ~/Maildir
              trawl import archive.mbox message.eml
            """)

    @Argument(help: ArgumentHelp("Files and folders.", valueName: "path"), completion: .file())
    var paths: [String]

    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @OptionGroup var places: PlaceOptions

    func run() async throws {
        let place = places.paths
        let configuration = try Configuration.loadIfPresent(place)
        let store = try IndexStore.open(place.data, access: .readWrite)
        try store.takeLanguages(of: configuration, quiet: quiet)
        let line = ProgressLine(quiet: quiet)
        let work = MailImport(
            store: store, data: place.data, extract: configuration.extract, now: DateText.currentTime())
        let summary = try await work.run(paths) { progress in
            let total = progress.totalOctets
            line.show(
                progress.mailbox, count: progress.messages,
                fraction: total > 0 ? Double(progress.octets) / Double(total) : nil)
        }
        line.clear()
        try store.close()
        for problem in summary.problems { Diagnostics.error(TerminalText.line(problem)) }
        if !quiet { Diagnostics.line(Self.text(summary, seconds: line.elapsed)) }
        if !summary.problems.isEmpty { throw ExitCode(ExitStatus.error) }
    }

    static func text(_ summary: MailImport.Summary, seconds: Double) -> String {
        var parts = ["\(summary.added) added"]
        if summary.updated > 0 { parts.append("\(summary.updated) with other flags") }
        if summary.removed > 0 { parts.append("\(summary.removed) removed") }
        parts.append("\(summary.unchanged) unchanged")
        if summary.otherFiles > 0 {
            parts.append(summary.otherFiles == 1 ? "1 file is no mail" : "\(summary.otherFiles) files are no mail")
        }
        let mailboxes = summary.mailboxes == 1 ? "1 mailbox" : "\(summary.mailboxes) mailboxes"
        let tenths = Int((seconds * 10).rounded())
        return "\(mailboxes): \(parts.joined(separator: ", ")) (\(tenths / 10).\(tenths % 10) s)"
    }
}
