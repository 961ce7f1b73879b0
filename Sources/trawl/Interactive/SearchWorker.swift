import MailIndex
import Synchronization

/// Searches and reads the index off the screen's thread, one thing at a time, the newest first.
///
/// A search that another one has overtaken is given up, wherever it is. Reports wait until they are taken; `wake` is
/// called from any thread when there are some. The tasks it starts are the worker's own, and end with `stop`.
final class SearchWorker: Sendable {
    private struct State {
        var search: SearchRequest?
        var pages: [PageRequest] = []
        var wantsLook = false
        var running: (job: Job, task: Task<Void, Never>)?
        var runs = 0
        var reports: [SearchReport] = []
        var isStopped = false
        /// What the index's state was at the last look.
        var indexState: String?
    }

    private enum Job {
        case search(SearchRequest)
        case page(PageRequest)
        case look
    }

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
            if case .search(let old)? = state.running?.job, old.generation != request.generation {
                state.running?.task.cancel()
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
            if case .page(let old)? = state.running?.job, old.width == request.width { state.running?.task.cancel() }
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
        } else {
            return
        }
        let task = Task.detached(priority: .userInitiated) { [self] in
            run(job)
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

    private func run(_ job: Job) {
        var generation = 0
        do {
            switch job {
            case .search(let request):
                generation = request.generation
                try run(request)
            case .page(let request): try run(request)
            case .look: try lookForChanges()
            }
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
        var options = SearchOptions(
            limit: request.limit, offset: request.offset, countsTotal: false, deadline: Self.deadline)
        let results = try store.search(request.query, options: options)
        if Task.isCancelled { return }
        report(.found(request, results))
        // Counting a common word's hits takes longer than finding the first: they are shown meanwhile.
        guard request.countsTotal, results.hits.count == request.limit else { return }
        options.limit = 0
        options.offset = 0
        let (total, _) = try store.count(request.query, deadline: Self.deadline)
        if !Task.isCancelled { report(.total(generation: request.generation, total)) }
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
