import ArgumentParser
import MailIndex
import MailSearch
import TrawlService

/// `trawl search` as it was asked for: query, options, places.
struct SearchInvocation: Hashable {
    enum Format: String, CaseIterable, Sendable {
        case text, json, jsonl, ids, messageIDs = "message-ids", null, maildir, notmuchJSON = "notmuch-json"
    }

    enum Order: String, CaseIterable, Sendable {
        case newest, oldest, relevance

        var value: SearchOptions.Sort {
            switch self {
            case .newest: .newest
            case .oldest: .oldest
            case .relevance: .relevance
            }
        }
    }

    var words: [String] = []
    var format: Format = .text
    var limit: Int?
    var offset = 0
    var sort: Order = .newest
    var threads = false
    var facets = false
    var snippets = true
    var requireComplete = false
    var color: ColorChoice = .auto
    var paths: Paths

    init(paths: Paths) { self.paths = paths }

    private static let options =
        QueryArguments.commonOptions + [
            "format", "limit", "offset", "sort", "threads", "facets", "no-snippets", "require-complete",
        ]

    private func parse(_ words: [String]) throws -> SearchQuery {
        try QueryArguments.parse(words, paths, options: Self.options)
    }

    /// Searches, writes what is found, and ends by the exit statuses.
    func run() async throws {
        if facets { return try writeFacets() }
        if format == .maildir { return try await writeMaildir() }
        let query = try parse(words)
        let terminal = Terminal(descriptor: 1, color: color)
        let store = try paths.openIndex()
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
            options.snippets = snippets
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
            options.snippets = snippets
            // The total is told only where not all is shown.
            options.countsTotal = options.limit != nil && terminal.isTerminal
            results = try store.search(query, options: options)
            MessageList(terminal, now: DateText.currentTime()).write(results.hits, to: &output)
        }
        output.flush()
        if format == .text, terminal.isTerminal { tellRest(results, terminal) }
        try ExitStatus.end(found: !results.hits.isEmpty, complete: results.isComplete || !requireComplete)
    }

    /// How many results there are by what they have in common; `--limit` values of each kind.
    private func writeFacets() throws {
        let query = try parse(words)
        let store = try paths.openIndex()
        let found = try store.count(query)
        let facets = try store.facets(query, context: .local(), mostValues: limit ?? Facets.mostValues)
        var output = Output()
        if format == .json {
            var json = JSONWriter(reserving: 4_096)
            FacetsJSON.write(facets, total: found.total, isComplete: found.isComplete, to: &json)
            json.newline()
            output.write(json.bytes)
        } else {
            FacetsText.write(facets, Style(isOn: Terminal(descriptor: 1, color: color).usesColor), to: &output)
        }
        output.flush()
        try ExitStatus.end(found: found.total > 0, complete: found.isComplete || !requireComplete)
    }

    /// The results' messages, whole, into the folder that the first word names.
    private func writeMaildir() async throws {
        guard words.count > 1, let folder = words.first, !folder.isEmpty, !folder.hasPrefix("-") else {
            throw ServiceError(
                .requestInvalid, "--format maildir wants a folder and a query: trawl search --format maildir DIR QUERY")
        }
        let query = try parse(Array(words.dropFirst()))
        let store = try paths.openIndex()
        var options = SearchOptions()
        options.limit = limit
        options.offset = offset
        options.threads = threads
        options.sort = sort.value
        options.snippets = false
        options.countsTotal = false
        let results = try store.search(query, options: options)
        let maildir = try MaildirExport(folder)
        let missing = try await RawMessage.fetchAll(results.hits.map(\.email), in: store, paths: paths) {
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
