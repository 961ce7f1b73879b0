/// Arguments that are plain: words, and options written as help shows them, each with its value after a blank.
///
/// The argument parser takes longer to set itself up than most searches take. Whatever is not plain is its to read, and
/// its to find fault with; what is read here means the same there.
///
/// Lists in place of sets and dictionaries: so few are looked through sooner than Swift's runtime makes a type of those.
package struct PlainArguments {
    package var words: [String] = []
    /// Options without a value, with their dashes.
    package var flags: [String] = []
    /// Options with one, each followed by it; the last of each counts.
    package var values: [String] = []

    private static let places = ["--config", "--data", "--socket"]

    /// Nil for what is not plain.
    package init?(_ arguments: some Sequence<String>, flags known: [String], values wanting: [String]) {
        var rest = Array(arguments)[...]
        while let argument = rest.popFirst() {
            if !argument.hasPrefix("-") {
                words.append(argument)
            } else if known.contains(argument) {
                flags.append(argument)
            } else if wanting.contains(argument) || Self.places.contains(argument) {
                guard let value = rest.popFirst(), !value.hasPrefix("-") else { return nil }
                values.append(argument)
                values.append(value)
            } else {
                return nil
            }
        }
    }

    package var paths: Paths {
        Paths(config: value(of: "--config"), data: value(of: "--data"), socket: value(of: "--socket"))
    }

    private func value(of option: String) -> String? {
        stride(from: values.count - 2, through: 0, by: -2).first { values[$0] == option }.map { values[$0 + 1] }
    }
}

extension SearchInvocation {
    /// Nil for arguments that are not plain.
    package init?(plain arguments: some Sequence<String>) {
        guard
            let plain = PlainArguments(
                arguments, flags: ["--threads", "--facets", "--no-snippets", "--require-complete"],
                values: ["--format", "--limit", "--offset", "--sort", "--color"])
        else { return nil }
        self.init(paths: plain.paths)
        words = plain.words
        threads = plain.flags.contains("--threads")
        facets = plain.flags.contains("--facets")
        snippets = !plain.flags.contains("--no-snippets")
        requireComplete = plain.flags.contains("--require-complete")
        for index in stride(from: 0, to: plain.values.count, by: 2) {
            let value = plain.values[index + 1]
            switch plain.values[index] {
            case "--format":
                guard let known = Format(rawValue: value) else { return nil }
                format = known
            case "--sort":
                guard let known = Order(rawValue: value) else { return nil }
                sort = known
            case "--color":
                guard let known = ColorChoice(rawValue: value) else { return nil }
                color = known
            case "--limit":
                guard let number = Int(value) else { return nil }
                limit = number
            case "--offset":
                guard let number = Int(value) else { return nil }
                offset = number
            default: break
            }
        }
        guard offset >= 0, limit ?? 0 >= 0, !facets || format == .text || format == .json else { return nil }
    }
}

extension CountInvocation {
    /// Nil for arguments that are not plain.
    package init?(plain arguments: some Sequence<String>) {
        guard let plain = PlainArguments(arguments, flags: ["--require-complete"], values: []) else { return nil }
        self.init(paths: plain.paths)
        words = plain.words
        requireComplete = plain.flags.contains("--require-complete")
    }
}
