/// A tool that a model may call.
enum MCPTool: String, CaseIterable {
    case search
    case read
    case thread
    case addresses
    case status

    struct Parameter {
        var name: String
        var type: String
        var text: String
        var isRequired = false
    }

    private static let characters = Parameter(
        name: "characters", type: "integer",
        text:
            "Characters of mail in the answer at most: \(MCPServer.leastBudget) to \(MCPServer.budget), which is usual."
    )

    var parameters: [Parameter] {
        switch self {
        case .search:
            [
                Parameter(name: "query", type: "string", text: "The query; * finds everything.", isRequired: true),
                Parameter(name: "limit", type: "integer", text: "Results at most: 1 to 100, else 20."),
                Parameter(name: "offset", type: "integer", text: "Results to pass over, for the next page."),
                Self.characters,
            ]
        case .read:
            [
                Parameter(name: "id", type: "string", text: "A message's id, as search gives it.", isRequired: true),
                Parameter(name: "offset", type: "integer", text: "Characters of the text to pass over."),
                Self.characters,
            ]
        case .thread:
            [
                Parameter(name: "id", type: "string", text: "The id of one of its messages.", isRequired: true),
                Parameter(name: "offset", type: "integer", text: "Messages to pass over, for the next page."),
                Self.characters,
            ]
        case .addresses:
            [
                Parameter(
                    name: "prefix", type: "string", text: "The beginning of a name or address.", isRequired: true),
                Parameter(name: "limit", type: "integer", text: "Addresses at most: 1 to 200, else 20."),
            ]
        case .status: []
        }
    }

    private var text: String {
        switch self {
        case .search:
            "Search the user's mail, newest first. Gives ids, dates, senders, subjects and where the words stand."
        case .read: "Read one message: its header and text."
        case .thread: "List the messages of a thread, oldest first, with the beginning of each."
        case .addresses: "Find people the user writes with, by the beginning of a name or address."
        case .status: "What is indexed: accounts, mailboxes, counts, and how complete it is."
        }
    }

    /// As `tools/list` gives it.
    var description: JSONValue {
        var properties: [String: JSONValue] = [:]
        for parameter in parameters {
            properties[parameter.name] = .object([
                "type": .string(parameter.type), "description": .string(parameter.text),
            ])
        }
        return .object([
            "name": .string(rawValue),
            "description": .string(text),
            "inputSchema": .object([
                "type": .string("object"), "properties": .object(properties),
                "required": .array(parameters.filter(\.isRequired).map { .string($0.name) }),
                "additionalProperties": .bool(false),
            ]),
            "annotations": .object([
                "readOnlyHint": .bool(true), "destructiveHint": .bool(false), "openWorldHint": .bool(false),
            ]),
        ])
    }
}
