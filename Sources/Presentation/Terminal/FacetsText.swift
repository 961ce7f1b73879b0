import MailSearch

/// Counts of a query's results, each value as it would stand in a query that narrows it.
package enum FacetsText {
    package static func write(_ facets: Facets, _ style: Style, to output: inout Output) {
        let kinds: [(title: String, counts: [Facets.Count], term: (Facets.Count) -> String)] = [
            ("senders", facets.senders, { "from:\($0.value)" }),
            ("mailboxes", facets.mailboxes, { "in:\(quoted($0.value))" }),
            ("years", facets.years, { "date:\($0.value)" }),
            ("lists", facets.lists, { "list:\(quoted($0.value))" }),
            ("attachments", facets.types, { "type:\($0.value)" }),
        ]
        for kind in kinds where !kind.counts.isEmpty {
            output.line(style.heading(kind.title))
            var table = TextTable([.right, .left, .left])
            for count in kind.counts { table.add([String(count.count), kind.term(count), count.name ?? ""]) }
            for line in table.lines() { output.line("  " + line) }
        }
    }

    private static func quoted(_ value: String) -> String {
        value.contains(where: { $0.isWhitespace || $0 == "(" || $0 == ")" }) ? "\"\(value)\"" : value
    }
}
