import ArgumentParser
import MailIndex
import TrawlService

struct SearchCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "search",
        abstract: "Find messages.",
        discussion: """
            Words are all to be found; OR, NOT, -word, "a phrase", prefix* and fields narrow it.

              trawl search invoice acme
              trawl search from:ana after:2024-03 has:attachment
              trawl search '"exact words" OR budget*' --format json
              trawl search in:sent to:luis --format ids | xargs -n1 trawl show
              trawl search --format maildir ~/results from:ana && neomutt -f ~/results

            With --format maildir the first word is the folder that the messages are written to, as a Maildir.

            Exit status: 0 found, 1 nothing found, 2 error, 3 the index isn't complete yet (--require-complete).
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json, jsonl, ids, messageIDs = "message-ids", null, maildir, notmuchJSON = "notmuch-json"
    }

    @OptionGroup var query: QueryArguments

    @Option(help: "How results are written.")
    var format: Format = .text

    @Option(help: ArgumentHelp("Results at most (20 on a terminal, else all).", valueName: "n"))
    var limit: Int?

    @Option(help: ArgumentHelp("Results to pass over first.", valueName: "n"))
    var offset: Int = 0

    @Option(help: "The order: newest, oldest or relevance.")
    var sort: SortChoice = .newest

    @Flag(help: "One result a thread.")
    var threads = false

    @Flag(name: .customLong("no-snippets"), help: "Without the places where the words stand.")
    var noSnippets = false

    @Flag(help: "End with status 3 while the index isn't complete.")
    var requireComplete = false

    @Option(help: "Colour: auto, always or never.")
    var color: ColorChoice = .auto

    @OptionGroup var places: PlaceOptions

    enum SortChoice: String, ExpressibleByArgument, CaseIterable {
        case newest, oldest, relevance

        var value: SearchOptions.Sort {
            switch self {
            case .newest: .newest
            case .oldest: .oldest
            case .relevance: .relevance
            }
        }
    }

    private static let options =
        QueryArguments.commonOptions + [
            "format", "limit", "offset", "sort", "threads", "no-snippets", "require-complete",
        ]

    func validate() throws {
        if let limit, limit < 0 { throw ValidationError("--limit must not be negative") }
        if offset < 0 { throw ValidationError("--offset must not be negative") }
    }

    func run() async throws {
        if format == .maildir { return try await writeMaildir() }
        let query = try query.parse(places, options: Self.options)
        let terminal = Terminal(descriptor: 1, color: color)
        let store = try places.openIndex()
        var options = SearchOptions()
        options.limit = limit ?? (terminal.isTerminal ? 20 : nil)
        options.offset = offset
        options.threads = threads
        options.sort = sort.value
        var output = Output()
        let results: SearchResults
        switch format {
        case .ids, .null, .messageIDs:
            options.snippets = false
            options.countsTotal = false
            results = try store.search(query, options: options)
            for hit in results.hits {
                switch format {
                case .messageIDs: for id in hit.email.messageIDs { output.line(TerminalText.line(id)) }
                case .null: output.write("\(hit.email.id)\0")
                case .ids, .text, .json, .jsonl, .maildir, .notmuchJSON: output.line(hit.email.id.description)
                }
            }
        case .json, .jsonl:
            options.snippets = !noSnippets
            options.countsTotal = format == .json
            results = try store.search(query, options: options)
            var json = JSONWriter(reserving: 65_536)
            if format == .json {
                EmailJSON.write(results, to: &json)
                json.newline()
                output.write(json.bytes)
            } else {
                for hit in results.hits {
                    json.removeAll()
                    EmailJSON.write(hit, to: &json)
                    json.newline()
                    output.write(json.bytes)
                }
            }
        case .maildir, .notmuchJSON:
            options.snippets = false
            options.countsTotal = false
            options.threads = true
            results = try store.search(query, options: options)
            try NotmuchJSON(store, query, now: DateText.currentTime()).write(results, to: &output)
        case .text:
            options.snippets = !noSnippets
            // The total is told only where not all is shown.
            options.countsTotal = options.limit != nil && terminal.isTerminal
            results = try store.search(query, options: options)
            MessageList(terminal, now: DateText.currentTime()).write(results.hits, to: &output)
        }
        output.flush()
        if format == .text, terminal.isTerminal { tellRest(results, terminal) }
        try ExitStatus.end(found: !results.hits.isEmpty, complete: results.isComplete || !requireComplete)
    }

    /// The results' messages, whole, into the folder that the first word names.
    private func writeMaildir() async throws {
        var words = query
        guard words.query.count > 1, let folder = words.query.first, !folder.isEmpty, !folder.hasPrefix("-") else {
            throw ServiceError(
                .requestInvalid, "--format maildir wants a folder and a query: trawl search --format maildir DIR QUERY")
        }
        words.query.removeFirst()
        let query = try words.parse(places, options: Self.options)
        let store = try places.openIndex()
        var options = SearchOptions()
        options.limit = limit
        options.offset = offset
        options.threads = threads
        options.sort = sort.value
        options.snippets = false
        options.countsTotal = false
        let results = try store.search(query, options: options)
        let maildir = try MaildirExport(folder)
        let missing = try await RawMessage.fetchAll(results.hits.map(\.email), in: store, paths: places.paths) {
            try maildir.add($0, $1)
        }
        if missing > 0 {
            Diagnostics.error("\(missing) of \(results.hits.count) messages could not be had and are not in \(folder)")
            throw ExitCode(ExitStatus.error)
        }
        try ExitStatus.end(found: !results.hits.isEmpty, complete: results.isComplete || !requireComplete)
    }

    private func tellRest(_ results: SearchResults, _ terminal: Terminal) {
        let style = Style(isOn: terminal.usesColor)
        let shown = offset + results.hits.count
        if let total = results.total, total > shown, !results.hits.isEmpty {
            Diagnostics.line(style.faint("\(shown) of \(total); --limit and --offset show more"))
        }
        if !results.isComplete {
            Diagnostics.line(style.faint("the index isn't complete yet: more may be found later"))
        }
    }
}

extension ExitStatus {
    /// Ends the command with grep's statuses; returns where that is 0.
    static func end(found: Bool, complete: Bool = true) throws {
        if !complete { throw ExitCode(incomplete) }
        if !found { throw ExitCode(nothingFound) }
    }
}
