/// What can be said of a query that found nothing.
public enum NothingFound {
    /// Sentences: names that the index doesn't know, then the query with the nearest words that it has. Hold what was
    /// typed and what mail says: escape them before they are shown.
    public static func hints(for query: SearchQuery, in store: some IndexReading) throws -> [String] {
        let suggestions = try store.suggestions(for: query)
        let nearest =
            suggestions.isEmpty ? [] : ["nothing found; did you mean: \(Suggestion.applied(suggestions, to: query))"]
        return try store.explain(query).notices + nearest
    }
}
