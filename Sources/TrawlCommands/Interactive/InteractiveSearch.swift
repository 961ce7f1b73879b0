import MailIndex
import MailSearch
import TrawlService
import Presentation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Search as you type, on the terminal that Trawl was started from.
///
/// The loop waits for keys, signals and the worker's reports, hands them to ``InteractiveModel``, and does what it
/// wants done. All that is on the screen comes from the model.
final class InteractiveSearch {
    /// How often the index is looked at for new mail, in milliseconds.
    private static let lookInterval: Int64 = 1_000
    private static let readSize = 65_536

    private let options: InteractiveOptions
    private let store: IndexStore
    private let session: TerminalSession
    private let worker: SearchWorker
    private let theme: Theme
    private let historyFile: HistoryFile
    private var model: InteractiveModel
    private var decoder = KeyDecoder()
    /// What the terminal shows; nil: unknown.
    private var shown: Screen?
    private var copied: [EmailID] = []
    private var isDone = false

    /// Whether there is a terminal to open it on.
    static var isPossible: Bool {
        guard isatty(0) == 1, isatty(1) == 1 else { return false }
        return getenv("TERM").map { strcmp($0, "dumb") != 0 && $0.pointee != 0 } ?? false
    }

    /// Opens the screen, and returns when it was left. Ids that were copied are then printed, one a line.
    ///
    /// Errors: those of opening the index; the terminal is untouched then.
    static func run(_ options: InteractiveOptions) throws {
        let store = try IndexStore.open(
            options.dataFolder, access: .readOnly, options: IndexStoreOptions(readerCount: 1))
        guard let session = TerminalSession() else { return }
        let search = InteractiveSearch(options, store, session)
        search.loop()
        let signal = TerminalSession.endingSignal
        session.close()
        search.worker.stop()
        // Ends as it was asked to, so that whoever asked can tell.
        if signal != 0 { raise(signal) }
        var output = Output()
        for id in search.copied { output.line(id.description) }
        output.flush()
    }

    private init(_ options: InteractiveOptions, _ store: IndexStore, _ session: TerminalSession) {
        self.options = options
        self.store = store
        self.session = session
        theme = Theme(usesColor: options.usesColor)
        historyFile = HistoryFile(folder: options.dataFolder)
        let descriptor = session.wakeDescriptor
        worker = SearchWorker(store: store) { TerminalSession.wake(descriptor) }
        let size = session.size()
        model = InteractiveModel(
            columns: size.columns, rows: size.rows, query: options.query, history: historyFile.read(),
            savedQueries: options.savedQueries,
            context: { [saved = options.savedQueries, users = options.users] in
                .local(savedQueries: saved, ownAddresses: { try store.ownAddresses(users: users) })
            })
    }

    // MARK: Loop

    private func loop() {
        session.enter()
        defer { session.leave() }
        perform(model.start())
        worker.look()
        draw()
        var lastLook = MonotonicClock.milliseconds
        while !isDone {
            var waiting = [
                pollfd(fd: session.input, events: Int16(POLLIN), revents: 0),
                pollfd(fd: session.wakeInput, events: Int16(POLLIN), revents: 0),
            ]
            let untilLook = Int32(max(0, Self.lookInterval - (MonotonicClock.milliseconds - lastLook)))
            let count = poll(&waiting, 2, decoder.isWaiting ? KeyDecoder.escapeDelay : untilLook)
            if count < 0, errno != EINTR { return }
            if MonotonicClock.milliseconds - lastLook >= Self.lookInterval {
                lastLook = MonotonicClock.milliseconds
                worker.look()
            }
            if count == 0, decoder.isWaiting { take(decoder.timeOut()) }
            if waiting[1].revents != 0 { takeNotices() }
            if waiting[0].revents != 0, !takeInput() { return }
            for report in worker.takeReports() { perform(model.handle(.report(report))) }
            if !isDone { draw() }
        }
    }

    /// False where the terminal is no more.
    private func takeInput() -> Bool {
        var bytes = [UInt8](repeating: 0, count: Self.readSize)
        let count = read(session.input, &bytes, bytes.count)
        if count < 0 { return errno == EINTR || errno == EAGAIN }
        guard count > 0 else { return false }
        take(decoder.feed(bytes.prefix(count)))
        return true
    }

    private func take(_ keys: [Key]) {
        for key in keys where !isDone { perform(model.handle(.key(key))) }
    }

    private func takeNotices() {
        for notice in session.takeNotices() {
            switch notice {
            case .resized: resize()
            case .resumed:
                // Whoever had the terminal meanwhile may have left it in any state.
                if session.isActive { session.enter() }
                resize()
                shown = nil
            case .suspended: suspend()
            case .ended: isDone = true
            case .reports: break
            }
        }
    }

    private func resize() {
        let size = session.size()
        guard size != (model.geometry.columns, model.geometry.rows) else { return }
        perform(model.handle(.resized(columns: size.columns, rows: size.rows)))
    }

    private func suspend() {
        session.suspend()
        shown = nil
        resize()
    }

    private func draw() {
        let screen = model.draw(now: DateText.currentTime())
        let bytes = screen.changes(from: shown, theme: theme)
        shown = screen
        if !bytes.isEmpty, !session.write(bytes) { isDone = true }
    }

    // MARK: Effects

    private func perform(_ effects: [InteractiveEffect]) {
        for effect in effects {
            switch effect {
            case .search(let request): worker.search(request)
            case .load(let request): worker.load(request)
            case .copy(let id): copy(id)
            case .openPager(let email): openPager(email)
            case .openMailReader(let email): openMailReader(email)
            case .saveHistory(let queries): historyFile.write(queries)
            case .redraw: shown = nil
            case .suspend: suspend()
            case .quit: isDone = true
            }
        }
    }

    /// By OSC 52, which terminals that don't know it ignore.
    private func copy(_ id: EmailID) {
        if !copied.contains(id) { copied.append(id) }
        session.write(Array("\u{1B}]52;c;\(Base64Text.encode(Array(id.description.utf8)))\u{7}".utf8))
        perform(model.handle(.notice("copied \(id)")))
    }

    private func openPager(_ email: Email) {
        guard let text = try? store.text(of: email.id) else {
            perform(model.handle(.notice("this message is no more")))
            return
        }
        let pager = getenv("PAGER").map { String(cString: $0) } ?? ""
        let command = pager.trimmingBlanks().isEmpty ? "less" : pager
        handOver { ChildProgram.run(["/bin/sh", "-c", command], input: MessagePage.plainText(email, text: text)) }
    }

    private func openMailReader(_ email: Email) {
        guard let reader = ChildProgram.find(["neomutt", "mutt"]) else {
            perform(model.handle(.notice("neither neomutt nor mutt is installed")))
            return
        }
        perform(model.handle(.notice("fetching…")))
        draw()
        let (fetch, store) = (options.rawMessage, store)
        let bytes: [UInt8]
        switch Blocking.wait({ try await fetch(email, store) }) {
        case .success(let message): bytes = message
        case .failure(let error):
            let reason = (error as? ServiceError)?.message ?? "the message as it was sent can't be had"
            perform(model.handle(.notice(reason)))
            return
        }
        guard let maildir = TemporaryMaildir(bytes) else {
            perform(model.handle(.notice("can't write to the temporary folder")))
            return
        }
        defer { maildir.remove() }
        handOver { ChildProgram.run([reader, "-R", "-f", maildir.path, "-e", "push <display-message>"]) }
    }

    /// Gives the terminal to a program until it ends.
    private func handOver(_ program: () -> String?) {
        session.leave()
        let problem = program()
        session.enter()
        shown = nil
        resize()
        perform(model.handle(.notice(problem ?? "")))
    }
}
