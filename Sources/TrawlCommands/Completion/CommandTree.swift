import TrawlService

/// What commands and options there are, as the argument parser itself tells it: completions can't lag behind it.
struct CommandTree {
    struct Option {
        /// With their dashes.
        var names: [String]
        var about: String
        /// Nil for a flag.
        var value: Value?
        var isShown: Bool
    }

    enum Value {
        case oneOf([String])
        case file
        case folder
        case anything
    }

    var name: String
    var about: String
    var isShown: Bool
    var options: [Option]
    /// What may stand for the first argument, where that is a choice.
    var choices: [String]
    var commands: [CommandTree]

    /// The program's.
    static func load() -> CommandTree? {
        guard let value = try? JSONReader.read(Array(TrawlCommand._dumpHelp().utf8)),
            let command = value.objectValue?["command"]
        else { return nil }
        return CommandTree(command)
    }

    private init?(_ json: JSONValue) {
        guard let members = json.objectValue, let name = members["commandName"]?.stringValue else { return nil }
        self.name = name
        about = members["abstract"]?.stringValue ?? ""
        isShown = members["shouldDisplay"]?.boolValue ?? true
        commands = (members["subcommands"]?.arrayValue ?? []).compactMap(CommandTree.init)
        let arguments = (members["arguments"]?.arrayValue ?? []).compactMap(\.objectValue)
        options = arguments.compactMap { argument in
            guard argument["kind"]?.stringValue != "positional" else { return nil }
            let names = (argument["names"]?.arrayValue ?? []).compactMap(\.objectValue).compactMap { name in
                name["name"]?.stringValue.map { name["kind"]?.stringValue == "long" ? "--\($0)" : "-\($0)" }
            }
            return Option(
                names: names, about: argument["abstract"]?.stringValue ?? "",
                value: argument["kind"]?.stringValue == "flag" ? nil : Self.value(of: argument),
                isShown: argument["shouldDisplay"]?.boolValue ?? true)
        }
        let first = arguments.first { $0["kind"]?.stringValue == "positional" }
        choices = (first?["allValues"]?.arrayValue ?? []).compactMap(\.stringValue)
    }

    private static func value(of argument: [String: JSONValue]) -> Value {
        let kind = argument["completionKind"]?.objectValue ?? [:]
        if kind["file"] != nil { return .file }
        if kind["directory"] != nil { return .folder }
        let values = (argument["allValues"]?.arrayValue ?? []).compactMap(\.stringValue)
        return values.isEmpty ? .anything : .oneOf(values)
    }
}
