import MailIndex
import MailSearch

/// Search as you type, without its terminal: keys and answers in, what to show and what to do out.
struct InteractiveModel: Sendable {
    enum View: Hashable, Sendable {
        case search, reader, help
    }

    enum Focus: Hashable, Sendable {
        case query, preview
    }

    /// So many hits are asked for at least; more when they are scrolled to.
    static let leastHits = 20
    /// Hits that are held at most.
    static let mostHits = 10_000

    private(set) var geometry: ScreenGeometry
    var view: View = .search
    /// Where help goes back to.
    private(set) var viewBehindHelp: View = .search
    var focus: Focus = .query
    var line: QueryLine
    var history: QueryHistory
    /// The queries that a thread was opened from.
    private(set) var queriesBehind: [String] = []

    // What was found.
    private(set) var hits: [SearchHit] = []
    private(set) var total: Int?
    private(set) var isComplete = true
    /// Which query the hits answer.
    private(set) var answered: SearchQuery?
    private(set) var error: QueryError?
    private(set) var hasMore = false
    private(set) var selection = 0
    private(set) var top = 0
    private(set) var notice: String?

    // What is read.
    private(set) var preview: MessagePage?
    private(set) var previewTop = 0
    private(set) var page: MessagePage?
    private(set) var pageTop = 0
    private(set) var helpTop = 0

    private let savedQueries: [String: String]
    private var context: @Sendable () -> QueryContext
    private var generation = 0
    private var isLoadingMore = false
    /// After a search that something other than typing caused, this message stays selected.
    private var keptSelection: EmailID?
    private var wantedPreview: PageRequest?
    private var wantedPage: PageRequest?
    private var shownPreview: PageRequest?
    private var shownPage: PageRequest?

    init(
        columns: Int, rows: Int, query: String = "", history: [String] = [], savedQueries: [String: String] = [:],
        context: (@Sendable () -> QueryContext)? = nil
    ) {
        geometry = ScreenGeometry(columns: columns, rows: rows)
        line = QueryLine(query)
        self.history = QueryHistory(history)
        self.savedQueries = savedQueries
        self.context = context ?? { .local(savedQueries: savedQueries) }
    }

    var selected: SearchHit? { hits.indices.contains(selection) ? hits[selection] : nil }

    /// The first search.
    mutating func start() -> [InteractiveEffect] { search(keepingSelection: false) }

    mutating func handle(_ event: InteractiveEvent) -> [InteractiveEffect] {
        switch event {
        case .key(let key):
            notice = nil
            return handle(key)
        case .resized(let columns, let rows):
            geometry = ScreenGeometry(columns: columns, rows: rows)
            if geometry.preview == nil, focus == .preview { focus = .query }
            scrollToSelection()
            return loadPages()
        case .report(let report):
            return handle(report)
        case .notice(let text):
            notice = text
            return []
        }
    }

    // MARK: Searching

    /// Reads the line, and asks for what it finds.
    mutating func search(keepingSelection: Bool) -> [InteractiveEffect] {
        let typed = TypedQuery(line.text, isTyping: line.isCursorAtEnd, context: context())
        error = typed.error
        guard let query = typed.query else { return [] }
        generation += 1
        isLoadingMore = false
        keptSelection = keepingSelection ? selected?.email.id : nil
        // What is seen at once; who goes further down gets more.
        let limit = max(Self.leastHits, geometry.list.rows + 1, keepingSelection ? min(hits.count, 1_000) : 0)
        return [
            .search(
                SearchRequest(
                    generation: generation, query: query, asTyped: typed.asTyped, limit: limit))
        ]
    }

    private mutating func handle(_ report: SearchReport) -> [InteractiveEffect] {
        switch report {
        case .found(let request, let results):
            guard request.generation == generation else { return [] }
            return take(results, for: request)
        case .total(let number, let count):
            if number == generation { total = count }
            return []
        case .hints(let number, let hints):
            if number == generation, hits.isEmpty, !hints.isEmpty { notice = hints.joined(separator: "; ") }
            return []
        case .page(let request, let loaded):
            take(loaded, for: request)
            return []
        case .failed(let number, let message):
            if number == generation || number == 0 { notice = message }
            return []
        case .changed:
            return search(keepingSelection: true)
        }
    }

    private mutating func take(_ results: SearchResults, for request: SearchRequest) -> [InteractiveEffect] {
        isComplete = results.isComplete
        hasMore = results.hits.count == request.limit
        if request.offset > 0 {
            isLoadingMore = false
            // Mail that came between two pages pushes hits on: none is shown twice.
            let known = Set(hits.map(\.email.id))
            hits += results.hits.filter { !known.contains($0.email.id) }
            return []
        }
        hits = results.hits
        answered = request.query
        total = hasMore ? total : hits.count
        if let kept = keptSelection, let place = hits.firstIndex(where: { $0.email.id == kept }) {
            selection = place
        } else if keptSelection == nil {
            selection = 0
            top = 0
        }
        keptSelection = nil
        selection = min(selection, max(0, hits.count - 1))
        scrollToSelection()
        return loadPages()
    }

    /// A page can be asked for twice, by the preview and by the reader: once it is shown, it stays where it was
    /// scrolled to.
    private mutating func take(_ loaded: MessagePage?, for request: PageRequest) {
        if request == wantedPreview, request != shownPreview {
            preview = loaded
            shownPreview = request
            previewTop = Self.firstSight(of: loaded, rows: geometry.preview?.rows ?? 0)
        }
        if request == wantedPage, request != shownPage {
            page = loaded
            shownPage = request
            pageTop = 0
            if loaded == nil {
                closeReader()
                notice = "this message is no more"
            }
        }
    }

    // MARK: Selection

    /// Moves by so many rows.
    mutating func move(by rows: Int) -> [InteractiveEffect] {
        select(selection.addingReportingOverflow(rows).partialValue)
    }

    mutating func select(_ place: Int) -> [InteractiveEffect] {
        selection = min(max(0, place), max(0, hits.count - 1))
        scrollToSelection()
        return loadPages() + loadMore()
    }

    private mutating func loadMore() -> [InteractiveEffect] {
        let isNear = selection + geometry.list.rows >= hits.count
        guard hasMore, isNear, !isLoadingMore, hits.count < Self.mostHits, let answered else { return [] }
        isLoadingMore = true
        let limit = max(200, geometry.list.rows * 2)
        return [
            .search(
                SearchRequest(
                    generation: generation, query: answered, offset: hits.count, limit: limit, countsTotal: false))
        ]
    }

    private mutating func scrollToSelection() {
        let rows = max(1, geometry.list.rows)
        if selection < top { top = selection }
        if selection >= top + rows { top = selection - rows + 1 }
        top = max(0, min(top, hits.count - rows))
    }

    // MARK: Pages

    /// Asks for the pages that are to be seen and are not at hand.
    mutating func loadPages() -> [InteractiveEffect] {
        var effects: [InteractiveEffect] = []
        let preview = geometry.preview.flatMap { area in
            selected.map { PageRequest(id: $0.email.id, query: answered, width: area.columns) }
        }
        if preview != wantedPreview {
            wantedPreview = preview
            shownPreview = nil
            if let preview { effects.append(.load(preview)) } else { self.preview = nil }
        }
        guard view == .reader || viewBehindHelp == .reader && view == .help else { return effects }
        let page = selected.map {
            PageRequest(id: $0.email.id, query: answered, width: Self.readingWidth(geometry.columns))
        }
        if page != wantedPage {
            wantedPage = page
            shownPage = nil
            if let page {
                // What the preview shows need not be read again.
                if page == shownPreview { take(self.preview, for: page) } else { effects.append(.load(page)) }
            } else {
                self.page = nil
            }
        }
        return effects
    }

    /// Lines longer than this are hard to read.
    private static let longestLine = 100
    static func readingWidth(_ columns: Int) -> Int { max(1, min(columns, longestLine)) }

    /// The top at which the fields are seen, or else the first match in the text.
    private static func firstSight(of page: MessagePage?, rows: Int) -> Int {
        guard let page, rows > 0, let match = page.matches.first(where: { $0 >= page.textStart }) else { return 0 }
        return match < rows ? 0 : max(0, min(match - rows / 3, page.lines.count - rows))
    }

    mutating func scrollPreview(to line: Int) {
        let rows = geometry.preview?.rows ?? 0
        previewTop = max(0, min(line, (preview?.lines.count ?? 0) - rows))
    }

    mutating func scrollPage(to line: Int) {
        pageTop = max(0, min(line, (page?.lines.count ?? 0) - geometry.reader.rows))
    }

    mutating func scrollHelp(to line: Int) {
        helpTop = max(0, min(line, HelpText.lines.count - geometry.reader.rows))
    }

    // MARK: Views

    mutating func openReader() -> [InteractiveEffect] {
        guard selected != nil else { return [] }
        view = .reader
        page = nil
        wantedPage = nil
        shownPage = nil
        return loadPages() + noteQuery()
    }

    mutating func closeReader() {
        view = .search
        page = nil
        wantedPage = nil
        shownPage = nil
    }

    mutating func toggleHelp() {
        if view == .help {
            view = viewBehindHelp
        } else {
            viewBehindHelp = view
            view = .help
            helpTop = 0
        }
    }

    /// The thread of the selected message, as a query that can be gone on with.
    mutating func openThread() -> [InteractiveEffect] {
        guard let selected else { return [] }
        let effects = noteQuery()
        queriesBehind.append(line.text)
        line.replace(with: "thread:\(selected.email.threadID)")
        closeReader()
        focus = .query
        return effects + search(keepingSelection: true)
    }

    /// Back to the query that a thread was opened from; nil where there is none.
    mutating func goBack() -> [InteractiveEffect]? {
        guard let query = queriesBehind.popLast() else { return nil }
        line.replace(with: query)
        return search(keepingSelection: true)
    }

    mutating func noteQuery() -> [InteractiveEffect] {
        let count = history.queries.last
        history.add(line.text)
        return history.queries.last == count ? [] : [.saveHistory(history.queries)]
    }
}
