import MailIndex
import MailSearch
import TrawlService
import Presentation

/// What the word under the cursor may become.
struct WordCompletion {
    /// A word, and what it stands for.
    struct Candidate {
        var text: String
        var about = ""
    }

    enum Result {
        case words([Candidate])
        /// The shell completes these better.
        case files
        case folders
    }

    private let tree: CommandTree
    private let places: PlaceOptions

    init(tree: CommandTree, places: PlaceOptions) {
        self.tree = tree
        self.places = places
    }

    /// - Parameter words: the program's name first, the word under the cursor, perhaps empty, last.
    func complete(_ words: [String]) -> Result {
        guard words.count > 1, let current = words.last else { return .words([]) }
        let before = words.dropFirst().dropLast()
        var command = tree
        var arguments = Array(before)
        // `account add`: a command of a command.
        while !command.commands.isEmpty {
            guard let place = arguments.firstIndex(where: { !$0.hasPrefix("-") }) else {
                let commands = command.commands.filter(\.isShown).map { Candidate(text: $0.name, about: $0.about) }
                return .words(matching(commands + options(of: command, current), current))
            }
            guard let next = command.commands.first(where: { $0.name == arguments[place] }) else { return .words([]) }
            command = next
            arguments = Array(arguments[(place + 1)...])
        }
        // Words after -- are never options.
        if !arguments.contains("--") {
            if let value = arguments.last.flatMap({ self.value(of: $0, in: command) }) {
                return values(value, current, written: "")
            }
            if current.hasPrefix("--"), let equals = current.firstIndex(of: "=") {
                guard let value = value(of: String(current[..<equals]), in: command) else { return .words([]) }
                return values(value, current, written: String(current[...equals]))
            }
            if current.hasPrefix("--") || current == "-" {
                return .words(matching(options(of: command, current), current))
            }
        }
        return argument(of: command, current)
    }

    private func value(of option: String, in command: CommandTree) -> CommandTree.Value? {
        command.options.first { $0.names.contains(option) }?.value
    }

    private func values(_ value: CommandTree.Value, _ current: String, written: String) -> Result {
        switch value {
        case .oneOf(let values): .words(matching(values.map { Candidate(text: written + $0) }, current))
        case .file: .files
        case .folder: .folders
        case .anything: .words([])
        }
    }

    private func options(of command: CommandTree, _ current: String) -> [Candidate] {
        guard current.hasPrefix("-") else { return [] }
        return command.options.filter(\.isShown).flatMap { option in
            option.names.filter { $0.hasPrefix("--") }.map { Candidate(text: $0, about: option.about) }
        }
    }

    private func argument(of command: CommandTree, _ current: String) -> Result {
        switch command.name {
        case "search", "count", "watch", "explain":
            return .words(QueryCompletion(places: places).complete(current))
        case "sync", "verify", "doctor":
            let accounts = (try? Configuration.loadIfPresent(places.paths).accounts.map(\.name)) ?? []
            return .words(matching(accounts.map { Candidate(text: $0) }, current))
        case "show", "thread": return .words(matching(messages(), current))
        case "addresses":
            return .words(QueryCompletion(places: places).addresses(current))
        case "import": return .files
        case "help":
            return .words(matching(tree.commands.map { Candidate(text: $0.name, about: $0.about) }, current))
        default: return .words(matching(command.choices.map { Candidate(text: $0) }, current))
        }
    }

    /// The newest messages' ids.
    private func messages() -> [Candidate] {
        guard let store = try? places.openIndex(),
            let query = try? QueryParser.parse("*", context: .local()),
            let found = try? store.search(query, options: SearchOptions(limit: 20, snippets: false, countsTotal: false))
        else { return [] }
        return found.hits.map { hit in
            Candidate(
                text: hit.email.id.description, about: "\(MessageList.sender(hit.email)): \(hit.email.subject)")
        }
    }

    private func matching(_ candidates: [Candidate], _ current: String) -> [Candidate] {
        candidates.filter { $0.text.hasPrefix(current) }
    }
}
