extension QueryNode: CustomStringConvertible {
    /// The condition on one line, every operator and column spelt out: `(and "invoice" from:"ana" (not is:seen))`.
    public var description: String {
        switch kind {
        case .everything: "*"
        case .text(let columns, let phrase): Self.prefix(columns) + phrase.description
        case .near(let columns, let phrases, let distance):
            Self.prefix(columns) + "(near/\(distance) " + phrases.map(\.description).joined(separator: " ") + ")"
        case .participant(let columns, let addresses):
            Self.prefix(columns) + "me[" + addresses.joined(separator: " ") + "]"
        case .and(let nodes): "(and " + nodes.map(\.description).joined(separator: " ") + ")"
        case .or(let nodes): "(or " + nodes.map(\.description).joined(separator: " ") + ")"
        case .not(let node): "(not \(node))"
        case .flag(let flag, let isSet): isSet ? "is:\(flag)" : "(not is:\(flag))"
        case .hasAttachment: "has:attachment"
        case .filename(let pattern): "filename:\(pattern)"
        case .mediaType(let pattern): "type:\(pattern)"
        case .list(let pattern): "list:\(pattern)"
        case .account(let pattern): "account:\(pattern)"
        case .mailbox(let pattern): "in:\(pattern)"
        case .tag(let kinds, let pattern):
            (kinds == .keyword ? "keyword:" : kinds == .label ? "label:" : "tag:") + pattern.description
        case .date(let from, let until):
            "date:[\(from.map(CivilTime.utcText) ?? ""),\(until.map(CivilTime.utcText) ?? ""))"
        case .size(let least, let most): "size:[\(least.map(String.init) ?? ""),\(most.map(String.init) ?? "")]"
        case .id(let id): "id:\(id)"
        case .messageID(let id): "mid:\(id)"
        case .thread(let id): "thread:\(id)"
        }
    }

    /// The condition as an indented tree, one condition a line.
    public var tree: String {
        var lines: [String] = []
        appendTree(to: &lines, indent: "")
        return lines.joined(separator: "\n")
    }

    private func appendTree(to lines: inout [String], indent: String) {
        switch kind {
        case .and(let nodes):
            lines.append(indent + "and")
            for node in nodes { node.appendTree(to: &lines, indent: indent + "  ") }
        case .or(let nodes):
            lines.append(indent + "or")
            for node in nodes { node.appendTree(to: &lines, indent: indent + "  ") }
        case .not(let node):
            lines.append(indent + "not")
            node.appendTree(to: &lines, indent: indent + "  ")
        case .everything, .text, .near, .participant, .flag, .hasAttachment, .filename, .mediaType, .list, .account,
            .mailbox, .tag, .date, .size, .id, .messageID, .thread:
            lines.append(indent + description)
        }
    }

    private static func prefix(_ columns: TextColumns) -> String {
        if columns == .all { return "" }
        let names = columns.names
        return names.count == 1 ? names[0] + ":" : "{" + names.joined(separator: " ") + "}:"
    }
}

extension Phrase: CustomStringConvertible {
    /// The folded words in quotes, with a star where the last may go on.
    public var description: String { "\"" + tokens.joined(separator: " ") + "\"" + (isPrefix ? "*" : "") }
}
