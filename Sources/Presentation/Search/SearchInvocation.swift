import MailSearch

/// `trawl search` as it was asked for: query, options, places.
package struct SearchInvocation: Hashable {
    package enum Format: String, CaseIterable, Sendable {
        case text, json, jsonl, ids, messageIDs = "message-ids", null, maildir, notmuchJSON = "notmuch-json"
    }

    package enum Order: String, CaseIterable, Sendable {
        case newest, oldest, relevance

        var value: SearchOptions.Sort {
            switch self {
            case .newest: .newest
            case .oldest: .oldest
            case .relevance: .relevance
            }
        }
    }

    package var words: [String] = []
    package var format: Format = .text
    package var limit: Int?
    package var offset = 0
    package var sort: Order = .newest
    package var threads = false
    package var facets = false
    package var snippets = true
    package var requireComplete = false
    package var color: ColorChoice = .auto
    package var paths: Paths

    package init(paths: Paths) { self.paths = paths }

    /// Names of the options, for hints.
    package static let options =
        QueryWords.commonOptions + [
            "format", "limit", "offset", "sort", "threads", "facets", "no-snippets", "require-complete",
        ]

    /// How the index is asked, with what was said of limit, offset, order and threads.
    package var searchOptions: SearchOptions {
        var options = SearchOptions()
        options.limit = limit
        options.offset = offset
        options.threads = threads
        options.sort = sort.value
        return options
    }

    /// The same with what the format needs.
    private func options(_ terminal: Terminal) -> SearchOptions {
        var options = searchOptions
        options.limit = limit ?? (terminal.isTerminal ? 20 : nil)
        options.tellsCompleteness = requireComplete
        switch format {
        case .ids, .null, .messageIDs:
            options.snippets = false
            options.countsTotal = false
            options.isBrief = format != .messageIDs
        case .json, .jsonl:
            options.snippets = snippets
            options.countsTotal = format == .json
            options.tellsCompleteness = true
        case .maildir, .notmuchJSON:
            options.snippets = false
            options.countsTotal = false
            options.threads = true
        case .text:
            options.snippets = snippets
            options.isBrief = true
            options.snippetForm = .fragments(ofSubjects: terminal.usesColor)
            options.tellsCompleteness = requireComplete || terminal.isTerminal
            // The total is told only where not all is shown.
            options.countsTotal = options.limit != nil && terminal.isTerminal
        }
        return options
    }

    private var terminal: Terminal { Terminal(descriptor: 1, color: color) }

    /// Whether, for a query of words, nothing is asked of the index but texts and dates.
    package var takesWordsAlone: Bool {
        let terminal = terminal
        // There it is told what else to try.
        return !facets && !terminal.isTerminal && options(terminal).takesWordsAlone
    }

    /// Searches and writes what is found. Not for the format `maildir`, which needs the messages themselves.
    ///
    /// - Parameter end: called with the exit status before what was found is taken apart, which takes a process that only
    ///   exits a hundredth of its time.
    /// - Returns: the exit status.
    /// - Throws: `IndexError`, before anything was written.
    package func answer(
        _ query: SearchQuery, from store: some IndexReading, end: (Int32) -> Void = { _ in }
    ) throws -> Int32 {
        if facets { return try writeFacets(query, from: store) }
        let terminal = terminal
        let results = try store.search(query, options: options(terminal))
        var output = Output()
        switch format {
        case .ids, .null, .messageIDs:
            for hit in results.hits {
                switch format {
                case .messageIDs: for id in hit.email.messageIDs { output.line(TerminalText.line(id)) }
                case .null: output.write("\(hit.email.id)\0")
                case .ids, .text, .json, .jsonl, .maildir, .notmuchJSON: output.line(hit.email.id.description)
                }
            }
        case .json, .jsonl:
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
            try NotmuchJSON(store, query, now: DateText.currentTime()).write(results, to: &output)
        case .text:
            MessageList(terminal, now: DateText.currentTime()).write(results.hits, to: &output)
        }
        output.flush()
        if format == .text, terminal.isTerminal {
            tellRest(results, terminal)
            if results.hits.isEmpty, offset == 0 { tellNearest(query, store, terminal) }
        }
        let status = ExitStatus.of(found: !results.hits.isEmpty, complete: results.isComplete || !requireComplete)
        withExtendedLifetime(results) { end(status) }
        return status
    }

    /// How many results there are by what they have in common; `--limit` values of each kind.
    private func writeFacets(_ query: SearchQuery, from store: some IndexReading) throws -> Int32 {
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
        return ExitStatus.of(found: found.total > 0, complete: found.isComplete || !requireComplete)
    }

    /// Why nothing may have been found: what the query names and the index lacks, and the nearest that it has.
    private func tellNearest(_ query: SearchQuery, _ store: some IndexReading, _ terminal: Terminal) {
        let style = Style(isOn: terminal.usesColor)
        for hint in (try? NothingFound.hints(for: query, in: store)) ?? [] {
            Diagnostics.line(style.faint(TerminalText.line(hint)))
        }
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
