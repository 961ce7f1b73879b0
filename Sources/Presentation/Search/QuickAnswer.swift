import CMalloc
import MailSearch

/// Answers that need nothing but the index: what `trawl search` and `trawl count` mostly are.
package enum QuickAnswer {
    /// Answers a command line, and gives the exit status.
    ///
    /// Nil for another command, for arguments that are not plain, and where anything is wrong: nothing was written
    /// then, and the whole program, which knows better what to say, is to be asked.
    ///
    /// - Parameter end: given the exit status instead, where that can be before all is done.
    package static func run(_ arguments: ArraySlice<String>, end: (Int32) -> Void = { _ in }) -> Int32? {
        do {
            switch arguments.first {
            case "search":
                guard let search = SearchInvocation(plain: arguments.dropFirst()), search.format != .maildir,
                    let query = try query(search.words, SearchInvocation.options)
                else { return nil }
                let isForWordsAlone = search.takesWordsAlone && query.asksForWordsAlone
                return try search.answer(query, from: index(search.paths, isForWordsAlone: isForWordsAlone), end: end)
            case "count":
                guard let count = CountInvocation(plain: arguments.dropFirst()),
                    let query = try query(count.words, CountInvocation.options)
                else { return nil }
                return try count.answer(query, from: index(count.paths))
            default: return nil
            }
        } catch {
            return nil
        }
    }

    /// Octets of memory that most searches need.
    private static let heapBytes = 160 << 10

    private static func query(_ words: [String], _ options: [String]) throws -> SearchQuery? {
        let text = try QueryWords.text(words, options: options)
        if QueryWords.mayNeedConfiguration(text) { return nil }
        return try QueryParser.parse(text, context: .local())
    }

    /// Never closed: the process ends with the answer, and so do its locks and what it has open. To take all apart
    /// before that is a tenth of a search that finds nothing.
    private static func index(_ paths: Paths, isForWordsAlone: Bool = false) throws -> IndexReader {
        trawl_lay_out_heap(heapBytes)
        var options = IndexStoreOptions(readerCount: 1, isForOneAnswer: true)
        options.isForWordsAlone = isForWordsAlone
        let reader = try IndexReader.open(paths.data, options: options)
        _ = Unmanaged.passRetained(reader)
        return reader
    }
}
