import ArgumentParser
import TrawlService

extension SearchInvocation.Format: ExpressibleByArgument {}
extension SearchInvocation.Order: ExpressibleByArgument {}

extension SearchInvocation {
    /// Reads arguments that are plain: words, and options written as help shows them.
    ///
    /// The argument parser takes longer to set itself up than most searches take. Nil for whatever is not plain, which is
    /// its to read, and its to find fault with; what is read here means the same there.
    init?(plain arguments: [String]) {
        var places = (config: String?.none, data: String?.none, socket: String?.none)
        self.init(paths: Paths())
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-") else {
                words.append(argument)
                continue
            }
            switch argument {
            case "--threads": threads = true
            case "--facets": facets = true
            case "--no-snippets": snippets = false
            case "--require-complete": requireComplete = true
            case "--format", "--limit", "--offset", "--sort", "--color", "--config", "--data", "--socket":
                guard let value = rest.popFirst(), !value.hasPrefix("-") else { return nil }
                switch argument {
                case "--config": places.config = value
                case "--data": places.data = value
                case "--socket": places.socket = value
                default: guard take(value, for: argument) else { return nil }
                }
            default: return nil
            }
        }
        guard offset >= 0, limit ?? 0 >= 0, !facets || format == .text || format == .json else { return nil }
        paths = Paths(config: places.config, data: places.data, socket: places.socket)
    }

    /// False for what is no value of the option.
    private mutating func take(_ value: String, for option: String) -> Bool {
        switch option {
        case "--format":
            guard let known = Format(rawValue: value) else { return false }
            format = known
        case "--sort":
            guard let known = Order(rawValue: value) else { return false }
            sort = known
        case "--color":
            guard let known = ColorChoice(rawValue: value) else { return false }
            color = known
        case "--limit":
            guard let number = Int(value) else { return false }
            limit = number
        default:
            guard let number = Int(value) else { return false }
            offset = number
        }
        return true
    }
}
