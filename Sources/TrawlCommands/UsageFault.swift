import ArgumentParser
import TrawlService
import Presentation

/// A command line that can't be read, told in a line or two instead of the argument parser's page.
struct UsageFault {
    /// What is wrong, and what was probably meant.
    var message: String
    /// Where help is to be had.
    var hint: String

    /// - Parameters:
    ///   - told: what the argument parser says is wrong.
    ///   - arguments: those of the command line.
    init(_ told: String, arguments: [String]) {
        let command = Self.command(of: arguments)
        hint = "\"trawl \((command.path + ["--help"]).joined(separator: " "))\" shows what there is"
        message = TerminalText.line(Self.message(told, command, arguments))
    }

    private struct Command {
        var path: [String] = []
        var options: [String] = []
        /// The commands below it: `add`, of `account`.
        var commands: [String] = []
    }

    /// `serve`, or `account add`, as far as the words are commands.
    private static func command(of arguments: [String]) -> Command {
        guard var tree = CommandTree.load() else { return Command() }
        var path: [String] = []
        for word in arguments where !word.hasPrefix("-") {
            guard let next = tree.commands.first(where: { $0.name == word }) else { break }
            tree = next
            path.append(word)
        }
        return Command(
            path: path, options: tree.options.flatMap(\.names).filter { $0.hasPrefix("--") },
            commands: tree.commands.map(\.name))
    }

    private static func message(_ told: String, _ command: Command, _ arguments: [String]) -> String {
        let lines = told.split(separator: "\n").map { $0.drop { $0 == " " } }
        guard var first = lines.first.map(String.init) else { return "can't read this command line" }
        let quoted = Self.quoted(first)
        if first.hasPrefix("Unknown option"), let option = quoted.first {
            // The parser's own proposals lie further away than what could have been mistyped.
            let name = String(option.drop { $0 == "-" }.prefix { $0 != "=" })
            let near = NearestName.find(name, among: command.options.map { String($0.dropFirst(2)) })
            return "unknown option \"\(option)\"" + (near.map { "; did you mean \"--\($0)\"?" } ?? "")
        }
        if first.hasPrefix("The value"), quoted.count >= 2 {
            let values = lines.dropFirst().filter { $0.hasPrefix("- ") }.map { String($0.dropFirst(2)) }
            let known = values.isEmpty ? Array(quoted.dropFirst(2)) : values
            let place = Self.bare(quoted[1])
            guard !known.isEmpty else { return "\"\(quoted[0])\" is no value for \(place)" }
            let near = NearestName.find(quoted[0], among: known).map { "did you mean \"\($0)\"? There are" }
            let all = known.joined(separator: ", ")
            return "\"\(quoted[0])\" is no value for \(place); \(near ?? "there are"): \(all)"
        }
        if first.hasPrefix("Missing expected argument"), let argument = quoted.first {
            return "\(argument.hasSuffix(" ...") ? String(argument.dropLast(4)) : argument) is missing"
        }
        if first.hasPrefix("Missing value for"), let option = quoted.first {
            let name = Self.bare(option)
            // What begins with a dash is taken for an option.
            if let place = arguments.firstIndex(of: name), place + 1 < arguments.count,
                Int(arguments[place + 1]) ?? 0 < 0
            {
                return "\(name) must not be negative"
            }
            return "\(name) wants a value"
        }
        if first.hasPrefix("Unexpected argument") || first.hasPrefix("Unexpected arguments") {
            if let word = quoted.first, !command.commands.isEmpty {
                let near = NearestName.find(word, among: command.commands)
                let path = (["trawl"] + command.path).joined(separator: " ")
                return "no command \"\(word)\" of \"\(path)\""
                    + (near.map { "; did you mean \"\(path) \($0)\"?" } ?? "")
            }
            let many = quoted.count > 1
            let words = quoted.map { "\"\($0)\"" }.joined(separator: ", ")
            return "\(words) \(many ? "are" : "is") too much here"
        }
        if first.last == "." { first.removeLast() }
        return first
    }

    /// What stands between apostrophes.
    private static func quoted(_ text: String) -> [String] {
        text.split(separator: "'", omittingEmptySubsequences: false).enumerated()
            .filter { $0.offset % 2 == 1 }.map { String($0.element) }
    }

    /// `--limit <n>` without what stands for its value.
    private static func bare(_ option: String) -> String {
        option.hasPrefix("-") ? String(option.prefix { $0 != " " }) : option
    }
}
