import ArgumentParser
import MailIndex
import MailSearch
import TrawlService

/// Where Trawl's files stand.
struct PlaceOptions: ParsableArguments {
    @Option(name: .long, help: ArgumentHelp("The configuration file.", valueName: "file"), completion: .file())
    var config: String?

    @Option(name: .long, help: ArgumentHelp("The folder of the index.", valueName: "dir"), completion: .directory)
    var data: String?

    @Option(name: .long, help: ArgumentHelp("The socket of trawl serve.", valueName: "path"), completion: .file())
    var socket: String?

    var paths: Paths { Paths(config: config, data: data, socket: socket) }

    /// The index, for reading.
    func openIndex() throws -> IndexStore { try paths.openIndex() }
}

extension Paths {
    /// The index, for reading.
    func openIndex() throws -> IndexStore {
        try IndexStore.open(data, access: .readOnly, options: IndexStoreOptions(readerCount: 1))
    }
}

/// A query, as words or as one quoted text.
struct QueryArguments: ParsableArguments {
    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("What to search for; \"trawl help query\" tells the language.", valueName: "query"))
    var query: [String] = []

    /// The query's text: the words joined, as the shell parted them.
    private static func text(_ words: [String], options: [String]) throws -> String {
        // Words with one dash exclude; with two they are options that don't exist.
        var words = words
        if let end = words.firstIndex(of: "--") {
            words.remove(at: end)
        } else if let word = words.first(where: { $0.hasPrefix("--") && $0.utf8.count > 2 }) {
            let name = word.dropFirst(2).prefix { $0 != "=" }
            // One that is known lacks what it wants.
            if options.contains(String(name)) { throw ServiceError(.requestInvalid, "--\(name) wants a value") }
            let hint =
                NearestName.find(String(name), among: options).map { "did you mean \"--\($0)\"?" }
                ?? "to search for it, write it after --"
            throw ServiceError(.requestInvalid, "unknown option \"--\(name)\"; \(hint)")
        }
        return words.joined(separator: " ")
    }

    /// Reads the query. Saved queries are loaded where one is named.
    func parse(_ places: PlaceOptions, options: [String]) throws -> SearchQuery {
        try Self.parse(query, places.paths, options: options)
    }

    static func parse(_ words: [String], _ paths: Paths, options: [String]) throws -> SearchQuery {
        let text = try text(words, options: options)
        var saved: [String: String] = [:]
        // The configuration takes longer to read than most searches.
        if text.lowercased().contains("query:") { saved = try Configuration.loadIfPresent(paths).queries }
        do {
            return try QueryParser.parse(text, context: .local(savedQueries: saved))
        } catch {
            throw QueryFailure(error: error, text: text)
        }
    }

    static let commonOptions = ["config", "data", "socket", "color", "help", "quiet", "version"]
}

/// A message named on the command line: Trawl's id, or a Message-ID.
struct MessageReference {
    var text: String

    /// Errors: exit status 1 where there is no such message.
    func find(in store: IndexStore) throws -> Email {
        if let id = EmailID(text), let email = try store.emails([id]).first { return email }
        if text.contains("@") {
            var bare = text[...]
            if bare.hasPrefix("<") { bare.removeFirst() }
            if bare.hasSuffix(">") { bare.removeLast() }
            let query = SearchQuery(
                source: text, root: QueryNode(.messageID(String(bare)), 0..<text.utf8.count))
            let found = try store.search(query, options: SearchOptions(limit: 1, snippets: false, countsTotal: false))
            if let hit = found.hits.first { return hit.email }
        }
        Diagnostics.error("no message \"\(TerminalText.line(text))\"")
        throw ExitCode(ExitStatus.nothingFound)
    }
}
