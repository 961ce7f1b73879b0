import ArgumentParser
import MailIndex
import MailSearch
import Presentation
import TrawlService

extension SearchInvocation.Format: ExpressibleByArgument {}
extension SearchInvocation.Order: ExpressibleByArgument {}

extension SearchInvocation {
    /// Searches, writes what is found, and ends by the exit statuses.
    func run() async throws {
        if format == .maildir { return try await writeMaildir() }
        let query = try QueryArguments.parse(words, paths, options: Self.options)
        try ExitStatus.end(answer(query, from: paths.openIndex()))
    }

    /// The results' messages, whole, into the folder that the first word names.
    private func writeMaildir() async throws {
        guard words.count > 1, let folder = words.first, !folder.isEmpty, !folder.hasPrefix("-") else {
            throw ServiceError(
                .requestInvalid, "--format maildir wants a folder and a query: trawl search --format maildir DIR QUERY")
        }
        let query = try QueryArguments.parse(Array(words.dropFirst()), paths, options: Self.options)
        let store = try paths.openIndex()
        var options = searchOptions
        options.snippets = false
        options.countsTotal = false
        let results = try store.search(query, options: options)
        let maildir = try MaildirExport(folder)
        let missing = try await RawMessage.fetchAll(results.hits.map(\.email), in: store, paths: paths) {
            try maildir.add($0, $1)
        }
        if missing > 0 {
            Diagnostics.error("\(missing) of \(results.hits.count) messages could not be had and are not in \(folder)")
            throw ExitCode(ExitStatus.error)
        }
        try ExitStatus.end(found: !results.hits.isEmpty, complete: results.isComplete || !requireComplete)
    }
}
