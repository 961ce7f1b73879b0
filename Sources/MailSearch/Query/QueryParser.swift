/// Reads INTERFACE's query language: a recursive descent with bounded depth and size.
///
///     or      = and { OR and }
///     and     = not { [AND] not }
///     not     = { NOT | "-" } near
///     near    = primary { NEAR[/n] primary }
///     primary = word | word* | "phrase" | field:value | field:( or ) | ( or ) | { not… } | *
///
/// `{a b}` is Gmail's `(a OR b)`. Operators are known in any case; a bare `near` is a word unless it is in capitals.
/// Any bytes are an answer or a ``QueryError``.
public struct QueryParser {
    /// Words that may stand between the two sides of a bare `NEAR`.
    static let nearDistance = 10
    /// The largest n of `NEAR/n`.
    static let largestNearDistance = 1_000

    var lexer: QueryLexer
    let context: QueryContext
    /// The next piece.
    private var token: QueryToken
    /// Conditions so far, those of saved queries included.
    private(set) var terms = 0
    private var depth = 0
    /// Saved queries that are being read, outermost first.
    private var saved: [String] = []

    /// Reads a query.
    ///
    /// - Throws: a ``QueryError`` with the place and a hint.
    public static func parse(_ text: String, context: QueryContext) throws(QueryError) -> SearchQuery {
        var parser = try QueryParser(text, context: context, terms: 0, depth: 0, saved: [])
        return SearchQuery(source: text, root: try parser.whole())
    }

    private init(_ text: String, context: QueryContext, terms: Int, depth: Int, saved: [String]) throws(QueryError) {
        guard text.utf8.count <= context.limits.bytes else {
            throw QueryError(
                .tooLarge, "The query is longer than \(context.limits.bytes) bytes",
                at: context.limits.bytes..<text.utf8.count, hint: "search for less at a time")
        }
        self.context = context
        self.terms = terms
        self.depth = depth
        self.saved = saved
        lexer = QueryLexer(text)
        token = try lexer.next()
    }

    private mutating func whole() throws(QueryError) -> QueryNode {
        if token.kind == .end {
            throw QueryError(.empty, "The query is empty", at: 0..<0, hint: "* finds everything")
        }
        let node = try or(nil)
        switch token.kind {
        case .end: return node
        case .close, .closeBrace:
            throw QueryError(
                .unbalanced, "This parenthesis closes nothing", at: token.range, hint: "leave it out, or quote it")
        case .word, .quoted, .field, .open, .openBrace, .minus:
            throw QueryError(.operatorMisplaced, "This cannot stand here", at: token.range)
        }
    }

    // MARK: Operators

    private enum Operator { case and, or, not, near(Int) }

    private mutating func advance() throws(QueryError) {
        token = try lexer.next()
    }

    private func currentOperator() throws(QueryError) -> Operator? {
        guard case .word(let word) = token.kind else { return nil }
        guard word.utf8.count <= 16 else { return nil }
        switch word.lowercased() {
        case "and": return .and
        case "or": return .or
        case "not": return .not
        case "near" where word == "NEAR": return .near(Self.nearDistance)
        case let near where near.hasPrefix("near/"):
            guard let distance = Int(near.dropFirst(5)), (0...Self.largestNearDistance).contains(distance) else {
                throw QueryError(
                    .operatorMisplaced, "NEAR/ wants a number of words up to \(Self.largestNearDistance)",
                    at: token.range, hint: "boat NEAR/5 rudder")
            }
            return .near(distance)
        default: return nil
        }
    }

    mutating func or(_ field: QueryField?) throws(QueryError) -> QueryNode {
        var nodes = [try and(field)]
        while case .or? = try currentOperator() {
            try advance()
            nodes.append(try and(field))
        }
        return Self.joined(nodes, as: QueryNode.Kind.or)
    }

    private mutating func and(_ field: QueryField?) throws(QueryError) -> QueryNode {
        var nodes = [try not(field)]
        while true {
            switch token.kind {
            case .end, .close, .closeBrace: return Self.joined(nodes, as: QueryNode.Kind.and)
            case .word, .quoted, .field, .open, .openBrace, .minus: break
            }
            switch try currentOperator() {
            case .or?: return Self.joined(nodes, as: QueryNode.Kind.and)
            case .and?: try advance()
            case .not?, .near?, nil: break
            }
            nodes.append(try not(field))
        }
    }

    /// Several conditions as one; those of the same kind within them are taken up, so that trees stay flat.
    private static func joined(_ nodes: [QueryNode], as kind: ([QueryNode]) -> QueryNode.Kind) -> QueryNode {
        guard nodes.count > 1, let first = nodes.first, let last = nodes.last else { return nodes[0] }
        return QueryNode(kind(nodes), first.range.lowerBound..<max(first.range.upperBound, last.range.upperBound))
    }

    private mutating func not(_ field: QueryField?) throws(QueryError) -> QueryNode {
        let start = token.range.lowerBound
        var isNegated = false
        while true {
            if token.kind == .minus {
                isNegated.toggle()
                try advance()
            } else if case .not? = try currentOperator() {
                isNegated.toggle()
                try advance()
            } else {
                break
            }
        }
        let node = try near(field)
        return isNegated ? QueryNode(.not(node), start..<node.range.upperBound) : node
    }

    private mutating func near(_ field: QueryField?) throws(QueryError) -> QueryNode {
        let first = try primary(field)
        guard case .near(let distance)? = try currentOperator() else { return first }
        var widest = distance
        var (columns, phrases) = try nearSide(first, field)
        var end = first.range.upperBound
        while case .near(let next)? = try currentOperator() {
            widest = max(widest, next)
            try advance()
            let node = try primary(field)
            let (moreColumns, morePhrases) = try nearSide(node, field)
            columns = moreColumns
            phrases += morePhrases
            end = node.range.upperBound
        }
        return QueryNode(.near(columns, phrases, distance: widest), first.range.lowerBound..<end)
    }

    private func nearSide(_ node: QueryNode, _ field: QueryField?) throws(QueryError) -> (TextColumns, [Phrase]) {
        var expected = TextColumns.all
        if case .text(let columns)? = field { expected = columns }
        guard case .text(let columns, let phrase) = node.kind, columns == expected else {
            throw QueryError(
                .operatorMisplaced, "NEAR joins words and phrases", at: node.range,
                hint: "put the field outside: subject:(boat NEAR/5 rudder)")
        }
        return (columns, [phrase])
    }

    // MARK: Primaries

    private mutating func primary(_ field: QueryField?) throws(QueryError) -> QueryNode {
        let here = token
        switch here.kind {
        case .end, .close, .closeBrace:
            throw QueryError(
                .operatorMisplaced, here.kind == .end ? "Something is missing at the end" : "Something is missing here",
                at: here.range, hint: "an operator stands between two conditions; quote and, or, not to search for them"
            )
        case .minus:
            // `not` takes all of them.
            throw QueryError(.operatorMisplaced, "This minus negates nothing", at: here.range)
        case .open, .openBrace:
            return try group(field)
        case .field(let name):
            return try fielded(name, here.range)
        case .quoted(let text, let hasStar):
            try advance()
            return try leaf(QueryValue(text: text, range: here.range, isQuoted: true, hasStar: hasStar), field)
        case .word(let word):
            if try currentOperator() != nil {
                throw QueryError(
                    .operatorMisplaced, "\(word.uppercased()) has nothing before it", at: here.range,
                    hint: "to search for the word, quote it: \"\(word)\"")
            }
            try advance()
            return try leaf(QueryValue(text: word, range: here.range), field)
        }
    }

    private mutating func group(_ field: QueryField?) throws(QueryError) -> QueryNode {
        let open = token.range
        let isBrace = token.kind == .openBrace
        try enter(open)
        defer { depth -= 1 }
        try advance()
        if token.kind == (isBrace ? .closeBrace : .close) {
            throw QueryError(
                .operatorMisplaced, "There is nothing between these parentheses",
                at: open.lowerBound..<token.range.upperBound, hint: "leave them out, or quote them")
        }
        let node = isBrace ? try alternatives(field) : try or(field)
        guard token.kind == (isBrace ? .closeBrace : .close) else {
            throw QueryError(
                .unbalanced, "This parenthesis is never closed", at: open, hint: "add \(isBrace ? "}" : ")")")
        }
        let end = token.range.upperBound
        try advance()
        return QueryNode(node.kind, open.lowerBound..<end)
    }

    /// The inside of braces: one of them.
    private mutating func alternatives(_ field: QueryField?) throws(QueryError) -> QueryNode {
        var nodes: [QueryNode] = []
        while token.kind != .closeBrace, token.kind != .end, token.kind != .close {
            if case .or? = try currentOperator(), !nodes.isEmpty { try advance() }
            if case .and? = try currentOperator() {
                throw QueryError(
                    .operatorMisplaced, "{ } means one of these, so AND has no place in it", at: token.range,
                    hint: "use parentheses within the braces")
            }
            nodes.append(try not(field))
        }
        guard !nodes.isEmpty else {
            throw QueryError(.unbalanced, "This parenthesis closes nothing", at: token.range)
        }
        return Self.joined(nodes, as: QueryNode.Kind.or)
    }

    private mutating func enter(_ range: Range<Int>) throws(QueryError) {
        depth += 1
        guard depth <= context.limits.depth else {
            throw QueryError(
                .tooLarge, "More than \(context.limits.depth) parentheses within each other", at: range,
                hint: "write it with fewer")
        }
    }

    private mutating func fielded(_ name: String, _ range: Range<Int>) throws(QueryError) -> QueryNode {
        guard let field = QueryField.names[name] else {
            let known = EditDistance.nearest(to: name, among: QueryField.shownNames)
            let quote = "to search for the text, quote it"
            throw QueryError(
                .unknownField, "There is no field \(name):", at: range,
                hint: known.map { "did you mean \($0):? \(quote)" } ?? quote)
        }
        guard lexer.isAtValue else {
            let example = lexer.wordAfterSpace.map { "\(name):\($0)" } ?? "\(name):value"
            throw QueryError(
                .badValue, "\(name): has no value", at: range, hint: "put it right behind the colon: \(example)")
        }
        token = try lexer.next(isValue: true)
        let value = token
        switch value.kind {
        case .open, .openBrace:
            let node = try group(field)
            return QueryNode(node.kind, range.lowerBound..<node.range.upperBound)
        case .quoted(let text, let hasStar):
            try advance()
            let typed = QueryValue(text: text, range: value.range, isQuoted: true, hasStar: hasStar, field: name)
            return try leaf(typed, field).extended(to: range)
        case .word(let text):
            try advance()
            return try leaf(QueryValue(text: text, range: value.range, field: name), field).extended(to: range)
        case .field, .close, .closeBrace, .minus, .end:
            throw QueryError(.badValue, "\(name): has no value", at: range)
        }
    }

    // MARK: Leaves

    private mutating func leaf(_ value: QueryValue, _ field: QueryField?) throws(QueryError) -> QueryNode {
        try count(1, value.range)
        if value.field == nil, field == nil || value.isStar, !value.isQuoted, value.text == "*" {
            return QueryNode(.everything, value.range)
        }
        switch field {
        case nil:
            return try text(value, .all)
        case .text(let columns)?:
            if columns.isSubset(of: .participants), !value.isQuoted, value.text.lowercased() == "me" {
                return QueryNode(.participant(columns, try ownAddresses(value)), value.range)
            }
            return try text(value, columns)
        case .saved?:
            return try savedQuery(value)
        case .some(let field):
            return QueryNode(try condition(field, value), value.range)
        }
    }

    private mutating func text(_ value: QueryValue, _ columns: TextColumns) throws(QueryError) -> QueryNode {
        let phrase = try value.phrase()
        try count(phrase.tokens.count - 1, value.range)
        return QueryNode(.text(columns, phrase), value.range)
    }

    private mutating func count(_ more: Int, _ range: Range<Int>) throws(QueryError) {
        terms += more
        guard terms <= context.limits.terms else {
            throw QueryError(
                .tooLarge, "The query has more than \(context.limits.terms) words and conditions", at: range,
                hint: "search for less at a time")
        }
    }

    private func ownAddresses(_ value: QueryValue) throws(QueryError) -> [String] {
        let name = "\(value.field ?? "from"):\"me\""
        let addresses: [String]
        do {
            addresses = try context.ownAddresses()
        } catch {
            throw QueryError(
                .badValue, "Your own addresses cannot be had: \(error)", at: value.range,
                hint: "\(name) searches for the word")
        }
        guard !addresses.isEmpty else {
            throw QueryError(
                .badValue, "No address of yours is known", at: value.range,
                hint: "an account's user tells it, if that is an address, or sent mail; \(name) searches for the word")
        }
        return addresses
    }

    private mutating func savedQuery(_ value: QueryValue) throws(QueryError) -> QueryNode {
        let name = value.text
        guard let found = context.savedQueries[name] ?? context.savedQueries[name.lowercased()] else {
            let known = context.savedQueries.keys.sorted()
            let nearest = EditDistance.nearest(to: name, among: known)
            throw QueryError(
                .savedQuery, "There is no saved query \(name)", at: value.range,
                hint: nearest.map { "did you mean query:\($0)?" }
                    ?? (known.isEmpty
                        ? "none is saved; [queries] in the configuration names them"
                        : "saved are: \(known.prefix(10).joined(separator: ", "))"))
        }
        guard !saved.contains(name) else {
            let chain = (saved + [name]).joined(separator: ", ")
            throw QueryError(.savedQuery, "The saved query \(name) uses itself (\(chain))", at: value.range)
        }
        try enter(value.range)
        defer { depth -= 1 }
        do {
            var parser = try QueryParser(found, context: context, terms: terms, depth: depth, saved: saved + [name])
            let node = try parser.whole()
            terms = parser.terms
            return node.placed(at: value.range)
        } catch {
            if error.code == .tooLarge || error.code == .savedQuery {
                throw QueryError(error.code, error.message, at: value.range, hint: error.hint)
            }
            throw QueryError(
                .savedQuery, "The saved query \(name) cannot be read: \(error.message)", at: value.range,
                hint: error.hint)
        }
    }
}

extension QueryNode {
    /// The node, standing from where its field's name begins.
    fileprivate func extended(to field: Range<Int>) -> QueryNode {
        QueryNode(kind, min(field.lowerBound, range.lowerBound)..<range.upperBound)
    }

    /// The node and all within it, standing at one place.
    fileprivate func placed(at place: Range<Int>) -> QueryNode {
        switch kind {
        case .and(let nodes): QueryNode(.and(nodes.map { $0.placed(at: place) }), place)
        case .or(let nodes): QueryNode(.or(nodes.map { $0.placed(at: place) }), place)
        case .not(let node): QueryNode(.not(node.placed(at: place)), place)
        case .everything, .text, .near, .participant, .flag, .hasAttachment, .filename, .mediaType, .list, .account,
            .mailbox, .tag, .date, .size, .id, .messageID, .thread:
            QueryNode(kind, place)
        }
    }
}
