import MailSearch

/// `trawl count` as it was asked for.
package struct CountInvocation: Hashable {
    package var words: [String] = []
    package var requireComplete = false
    package var paths: Paths

    package init(paths: Paths) { self.paths = paths }

    /// Names of the options, for hints.
    package static let options = QueryWords.commonOptions + ["require-complete"]

    /// Counts and writes the number.
    ///
    /// - Returns: the exit status.
    /// - Throws: `IndexError`, before anything was written.
    package func answer(_ query: SearchQuery, from store: some IndexReading) throws -> Int32 {
        let count = try store.count(query)
        var output = Output()
        output.line("\(count.total)")
        output.flush()
        return ExitStatus.of(found: count.total > 0, complete: count.isComplete || !requireComplete)
    }
}
