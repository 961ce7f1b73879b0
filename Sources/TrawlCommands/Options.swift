import ArgumentParser
import MailIndex
import MailSearch
import TrawlService
import Presentation

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
    /// Who `me` is in a query.
    @Sendable func ownAddresses() throws -> [String] {
        let users = try Configuration.loadIfPresent(self).accounts.map(\.user)
        return users.isEmpty ? [] : try openIndex().ownAddresses(users: users)
    }

    /// The index, for reading.
    func openIndex() throws -> IndexStore {
        try IndexStore.open(data, access: .readOnly, options: IndexStoreOptions(readerCount: 1))
    }
}

extension ColorChoice: ExpressibleByArgument {}

extension IndexStore {
    /// Sees that the index holds the stems that the configuration asks for, and says so where that takes work.
    func takeLanguages(of configuration: Configuration, quiet: Bool) throws {
        try setLanguages(configuration.languages) { languages in
            guard !quiet else { return }
            let stems = languages.isEmpty ? "without stems" : "with the stems of \(languages.joined(separator: ", "))"
            Diagnostics.line("[index] languages changed: all text is indexed anew, \(stems)")
        }
    }
}

/// A query, as words or as one quoted text.
struct QueryArguments: ParsableArguments {
    @Argument(
        parsing: .allUnrecognized,
        help: ArgumentHelp("What to search for; \"trawl help query\" tells the language.", valueName: "query"))
    var query: [String] = []

    /// Reads the query. Saved queries are loaded where one is named.
    func parse(_ places: PlaceOptions, options: [String]) throws -> SearchQuery {
        try Self.parse(query, places.paths, options: options)
    }

    static func parse(_ words: [String], _ paths: Paths, options: [String]) throws -> SearchQuery {
        let text: String
        do {
            text = try QueryWords.text(words, options: options)
        } catch {
            throw ServiceError(.requestInvalid, error.message)
        }
        var saved: [String: String] = [:]
        if QueryWords.mayNeedConfiguration(text) { saved = try Configuration.loadIfPresent(paths).queries }
        do {
            return try QueryParser.parse(text, context: .local(savedQueries: saved, ownAddresses: paths.ownAddresses))
        } catch {
            throw QueryFailure(error: error, text: text)
        }
    }
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
