/// Options that stand before the command, as other programs have them: `trawl --data DIR search budget`.
enum LeadingPlaces {
    private static let options = ["--config", "--data", "--socket"]
    /// The words that name a command: `account add` has two.
    private static let longestCommand = ["account": 2]

    /// The arguments with the places that stand before the command put right behind its name; the same arguments where
    /// none stand there, or no command follows.
    static func behindCommand(_ arguments: [String]) -> [String] {
        var rest = arguments[...]
        var places: [String] = []
        while let word = rest.first, word.hasPrefix("--") {
            let name = word.prefix { $0 != "=" }
            guard options.contains(String(name)) else { return arguments }
            let count = name == word ? 2 : 1
            guard rest.count >= count else { return arguments }
            places += rest.prefix(count)
            rest = rest.dropFirst(count)
        }
        guard !places.isEmpty, let command = rest.first, !command.hasPrefix("-") else { return arguments }
        let words = rest.prefix(longestCommand[command] ?? 1)
        // `help` has no places, and is told the same without them.
        return command == "help" ? Array(rest) : words + places + rest.dropFirst(words.count)
    }
}
