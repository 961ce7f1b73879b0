import MailIndex
import MailSearch
import Synchronization
import TrawlService

/// Searches and reads the index off the screen's thread, one thing at a time, the newest first.
///
/// A search that another one has overtaken is given up, wherever it is. Reports wait until they are taken; `wake` is
/// called from any thread when there are some. The tasks it starts are the worker's own, and end with `stop`.
final class SearchWorker: Sendable {
    private struct State {
        var search: SearchRequest?
        /// What was found in part, and is to be counted.
        var rest: SearchRequest?
        var pages: [PageRequest] = []
        var wantsLook = false
        var running: (job: Job, task: Task<Void, Never>)?
        var reports: [SearchReport] = []
        var isStopped = false
        /// What the index's state was at the last look.
        var indexState: String?
    }

    private enum Job {
        case search(SearchRequest)
        /// What takes long and can wait until the typing pauses.
        case rest(SearchRequest)
        case page(PageRequest)
        case look
    }

    /// How long nothing must have been asked until the rest of a search is done.
    private static let pause = Duration.milliseconds(150)
    /// Pages that are waited for at most: the preview's and the reader's.
    private static let mostPages = 2
    /// A search is given up after so many seconds.
    private static let deadline = 20.0

    private let store: IndexStore
    private let wake: @Sendable () -> Void
    private let state = Mutex(State())

    init(store: IndexStore, wake: @escaping @Sendable () -> Void) {
        self.store = store
        self.wake = wake
    }

    func search(_ request: SearchRequest) {
        state.withLock { state in
            state.search = request
            if state.rest?.generation != request.generation { state.rest = nil }
            switch state.running?.job {
            case .search(let old), .rest(let old):
                if old.generation != request.generation { state.running?.task.cancel() }
            case .page, .look, nil: break
            }
            next(&state)
        }
    }

    func load(_ request: PageRequest) {
        state.withLock { state in
            // Pages of messages that the selection has left are not read.
            state.pages.removeAll { $0.width == request.width }
            state.pages.append(request)
            if state.pages.count > Self.mostPages { state.pages.removeFirst() }
            switch state.running?.job {
            case .page(let old) where old.width == request.width: state.running?.task.cancel()
            case .rest(let waiting):
                // Goes on after the page.
                if state.search == nil { state.rest = waiting }
                state.running?.task.cancel()
            case .page, .search, .look, nil: break
            }
            next(&state)
        }
    }

    /// Looks whether the index has changed.
    func look() {
        state.withLock { state in
            state.wantsLook = true
            next(&state)
        }
    }

    func stop() {
        state.withLock { state in
            state.isStopped = true
            state.running?.task.cancel()
        }
    }

    func takeReports() -> [SearchReport] {
        state.withLock { state in
            defer { state.reports = [] }
            return state.reports
        }
    }

    // MARK: Work

    private func next(_ state: inout State) {
        guard state.running == nil, !state.isStopped else { return }
        let job: Job
        if let search = state.search {
            state.search = nil
            job = .search(search)
        } else if !state.pages.isEmpty {
            job = .page(state.pages.removeFirst())
        } else if state.wantsLook {
            state.wantsLook = false
            job = .look
        } else if let rest = state.rest {
            state.rest = nil
            job = .rest(rest)
        } else {
            return
        }
        let task = Task.detached(priority: .userInitiated) { [self] in
            await run(job)
            self.state.withLock { state in
                state.running = nil
                next(&state)
            }
        }
        state.running = (job, task)
    }

    private func report(_ report: SearchReport) {
        state.withLock { $0.reports.append(report) }
        wake()
    }

    private func run(_ job: Job) async {
        var generation = 0
        do {
            switch job {
            case .search(let request):
                generation = request.generation
                try run(request)
            case .rest(let request):
                generation = request.generation
                try await finish(request)
            case .page(let request): try run(request)
            case .look: try lookForChanges()
            }
        } catch is CancellationError {
            // Something else was asked meanwhile.
        } catch let error as IndexError {
            switch error.code {
            case .interrupted:
                if !Task.isCancelled { report(.failed(generation: generation, "this search takes too long")) }
            // Somebody writes: the next look finds it.
            case .busy: break
            case .notFound, .notAnIndex, .fromTheFuture, .needsMigration, .damaged, .diskFull, .readOnly, .inputOutput,
                .unknownReference, .uidValidityChanged, .unknownState, .limit, .inner:
                report(.failed(generation: generation, error.message))
            }
        } catch {
            report(.failed(generation: generation, "the index can't be read"))
        }
    }

    private func run(_ request: SearchRequest) throws {
        let count = try answer(request)
        let wantsHints = count == 0 && request.offset == 0 && request.asTyped != nil
        // FTS5 joins the lists of words that begin alike before it can be broken off: the next letter would wait for it.
        let wantsTotal = try request.countsTotal && count == request.limit && !store.isSlowToCount(request.query)
        guard !Task.isCancelled, wantsTotal || wantsHints else { return }
        state.withLock { state in
            if state.search == nil { state.rest = request }
        }
    }

    /// How many hits there are, up to those that were asked for.
    private func answer(_ request: SearchRequest) throws -> Int {
        let options = SearchOptions(
            limit: request.limit, offset: request.offset, countsTotal: false, deadline: Self.deadline)
        let results = try store.search(request.query, options: options) { Task.isCancelled }
        if !Task.isCancelled { report(.found(request, results)) }
        return results.hits.count
    }

    private func finish(_ request: SearchRequest) async throws {
        try await Task.sleep(for: Self.pause)
        let (total, _) = try store.count(request.query, deadline: Self.deadline) { Task.isCancelled }
        if !Task.isCancelled { report(.total(generation: request.generation, total)) }
        guard total == 0, let typed = request.asTyped else { return }
        let hints = try NothingFound.hints(for: typed, in: store)
        if !Task.isCancelled { report(.hints(generation: request.generation, hints)) }
    }

    private func run(_ request: PageRequest) throws {
        guard let email = try store.email(request.id), let text = try store.text(of: request.id) else {
            report(.page(request, nil))
            return
        }
        let page = MessagePage(email, text: text, query: request.query, width: request.width)
        if !Task.isCancelled { report(.page(request, page)) }
    }

    private func lookForChanges() throws {
        let current = try store.state()
        let hasChanged = state.withLock { state in
            defer { state.indexState = current }
            return state.indexState != nil && state.indexState != current
        }
        if hasChanged { report(.changed) }
    }
}
