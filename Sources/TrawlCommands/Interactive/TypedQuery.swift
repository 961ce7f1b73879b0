import MailIndex
import MailSearch

/// A query as it stands while it is being typed: the last word is taken for the beginning of one, and what is only
/// half there does not stop the rest from being sought.
struct TypedQuery: Sendable {
    /// What can be answered at once; nil where nothing of it can be read.
    var query: SearchQuery?
    /// The text as it stands, its last word taken for a whole one; nil where it can't be read.
    var asTyped: SearchQuery?
    /// What can't be read, or not yet.
    var error: QueryError?

    /// - Parameter isTyping: the cursor stands at the end, so that the last word may go on.
    init(_ text: String, isTyping: Bool, context: QueryContext) {
        guard !text.trimmingBlanks().isEmpty else {
            query = .everything
            return
        }
        do {
            query = try QueryParser.parse(text, context: context)
            asTyped = query
        } catch {
            self.error = error
            guard isTyping else { return }
            query = Self.soFar(text, error, context)
        }
        // A parenthesis that was typed ends its last word.
        if isTyping, var open = query, text.last != ")", text.last != "}" {
            // What closes an open parenthesis was added behind what was typed.
            Self.open(&open.root, from: text.utf8.count)
            query = open
        }
    }

    /// The part of an unfinished query that says something.
    private static func soFar(_ text: String, _ error: QueryError, _ context: QueryContext) -> SearchQuery? {
        if error.code == .unbalanced {
            let rest = closing(text)
            if !rest.isEmpty, let query = try? QueryParser.parse(text + rest, context: context) { return query }
        }
        guard error.code != .tooLarge else { return nil }
        // Without its last word: an operator, a field's name, a date half written.
        var words = text[...]
        while words.last?.isWhitespace == true { words.removeLast() }
        while let last = words.last, !last.isWhitespace { words.removeLast() }
        guard error.range.upperBound >= words.utf8.count else { return nil }
        let before = String(words)
        guard !before.trimmingBlanks().isEmpty else { return nil }
        return (try? QueryParser.parse(before, context: context))
            ?? (try? QueryParser.parse(before + closing(before), context: context))
    }

    /// What closes the quotes and parentheses that stand open.
    private static func closing(_ text: String) -> String {
        var isQuoted = false
        var open: [Character] = []
        for character in text {
            switch character {
            case "\"": isQuoted.toggle()
            case "(" where !isQuoted: open.append(")")
            case "{" where !isQuoted: open.append("}")
            case ")" where !isQuoted, "}" where !isQuoted: _ = open.popLast()
            default: break
            }
        }
        // The last word of the phrase may go on.
        return (isQuoted ? "\"*" : "") + String(open.reversed())
    }

    /// Lets the word that ends where the text ends go on.
    private static func open(_ node: inout QueryNode, from end: Int) {
        guard node.range.upperBound >= end else { return }
        switch node.kind {
        case .text(let columns, var phrase) where !phrase.isQuoted:
            phrase.isPrefix = true
            node.kind = .text(columns, phrase)
        case .near(let columns, var phrases, let distance):
            guard let last = phrases.indices.last, !phrases[last].isQuoted else { return }
            phrases[last].isPrefix = true
            node.kind = .near(columns, phrases, distance: distance)
        case .and(var nodes):
            guard let last = nodes.indices.last else { return }
            open(&nodes[last], from: end)
            node.kind = .and(nodes)
        case .or(var nodes):
            guard let last = nodes.indices.last else { return }
            open(&nodes[last], from: end)
            node.kind = .or(nodes)
        case .text, .participant, .not, .everything, .flag, .hasAttachment, .filename, .mediaType, .list, .account,
            .mailbox, .tag, .date, .size, .id, .messageID, .thread:
            // What stands under NOT is left as it is: a longer word would take away more, then less.
            break
        }
    }
}
