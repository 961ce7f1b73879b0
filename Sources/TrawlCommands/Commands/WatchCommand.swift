import ArgumentParser
import MailIndex
import MailSearch
import TrawlService
import Presentation

struct WatchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "watch",
        abstract: "Tell of messages as they come to match, or cease to.",
        discussion: """
            Needs a running trawl serve. Each message is one line; --exec runs a command for each that comes to match,
            with the message's JSON on its stdin.

              trawl watch is:unread in:inbox
              trawl watch from:alerts --format jsonl
              trawl watch is:unread --exec notify-send "new mail"
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case text, jsonl }

    @OptionGroup var query: QueryArguments

    @Option(help: "How they are written: text or jsonl.")
    var format: Format = .text

    @Option(help: ArgumentHelp("Go on from this state, as a jsonl line told it.", valueName: "state"))
    var since: String?

    @Option(
        name: .customLong("exec"), parsing: .remaining,
        help: ArgumentHelp("A command and its arguments, to run for each match. Must come last.", valueName: "command"))
    var command: [String] = []

    @OptionGroup var places: PlaceOptions

    private static let execTimeout = 300

    func run() async throws {
        let query = try query.parse(places, options: QueryWords.commonOptions + ["format", "since", "exec"])
        let socket = places.paths.socket
        guard let client = RPCClient(socket: socket) else {
            throw ServiceError(.socketUnusable, "nobody answers on \(socket); start trawl serve first")
        }
        var params: [String: JSONValue] = ["query": .string(query.source)]
        if let since { params["since"] = .string(since) }
        do {
            _ = try client.call("watch", params)
        } catch let error as RPCError {
            throw ServiceError(.requestInvalid, error.message)
        }
        while let notification = try client.nextNotification() {
            try await show(notification)
        }
        throw ServiceError(.socketUnusable, "trawl serve ended")
    }

    private func show(_ notification: RPCClient.Notification) async throws {
        guard let email = notification.params["email"]?.objectValue else {
            if notification.method == "reset" {
                Diagnostics.error("what changed since that state is no longer known; changes from now on are told")
            }
            return
        }
        var json = JSONWriter()
        var output = Output()
        if !command.isEmpty {
            guard notification.method == "match" else { return }
            JSONValue.object(email).write(to: &json)
            json.newline()
            do {
                let runner = CommandRunner(timeout: Self.execTimeout, outputLimit: 1 << 20)
                output.write(try await runner.run(command, input: json.bytes))
            } catch let error as ServiceError {
                Diagnostics.error(error.message)
            }
        } else if format == .jsonl {
            var line = notification.params
            line["event"] = .string(notification.method)
            line["watch"] = nil
            JSONValue.object(line).write(to: &json)
            json.newline()
            output.write(json.bytes)
        } else {
            let id = email["id"]?.stringValue ?? ""
            let from = email["from"]?.arrayValue?.first?.objectValue
            let name = from?["name"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } ?? from?["email"]?.stringValue ?? ""
            let subject = email["subject"]?.stringValue ?? ""
            let mark = notification.method == "match" ? "+" : "-"
            let text = [mark, id, name, subject].map(TerminalText.line).filter { !$0.isEmpty }.joined(separator: "  ")
            output.line(text)
        }
        output.flush()
    }
}
