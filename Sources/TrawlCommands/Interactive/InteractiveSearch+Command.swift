import TrawlService
import Presentation

extension InteractiveSearch {
    /// Opens the screen where `trawl` was written alone, or with nothing but its places, on a terminal.
    ///
    /// - Returns: false where something else was asked for.
    static func openedAlone(with arguments: [String]) throws -> Bool {
        // A command comes first where there is one, and is none of this.
        guard arguments.first?.hasPrefix("-") ?? true, isPossible,
            arguments.allSatisfy({ $0 != "-h" && $0 != "--help" && $0 != "--version" }),
            let places = try? PlaceOptions.parse(arguments)
        else { return false }
        let paths = places.paths
        var options = InteractiveOptions(dataFolder: paths.data) { email, store in
            try await RawMessage.fetch(email, in: store, paths: paths)
        }
        options.usesColor = Terminal(descriptor: 1).usesColor
        // A configuration that can't be read does not stop anyone from searching.
        if let configuration = try? Configuration.loadIfPresent(paths) {
            options.savedQueries = configuration.queries
            options.users = configuration.accounts.map(\.user)
        }
        try run(options)
        return true
    }
}
