import MIME
import MailIndex
import MailSearch
import Presentation

/// Brings mail from files into the index: mbox, Maildir, message files, and folders of them.
///
/// Imported mail stands under the account `local`, its mailbox named for the folder or file. Done twice it changes
/// nothing: what hasn't changed since is passed without being read. Flags that changed are taken over, and messages
/// that are no more in a source leave its mailbox.
public struct MailImport: Sendable {
    /// The account that imported mail stands under.
    public static let account = "local"

    /// How far an import has come.
    public struct Progress: Sendable, Hashable {
        public var mailbox = ""
        /// Messages looked at so far, known ones included.
        public var messages = 0
        public var added = 0
        /// Octets of this import's sources that were read, and of all that are to be read.
        public var octets = 0
        public var totalOctets = 0
    }

    /// What an import came to.
    public struct Summary: Sendable, Hashable {
        public var mailboxes = 0
        /// Messages that the index didn't hold in that place.
        public var added = 0
        /// Messages whose flags changed.
        public var updated = 0
        public var removed = 0
        public var unchanged = 0
        /// Files that are no mail.
        public var otherFiles = 0
        /// One line each: what could not be read.
        public var problems: [String] = []
    }

    let store: IndexStore
    let data: String
    let commands: AttachmentCommands
    let now: Int64
    /// Messages parsed side by side.
    let workers: Int
    /// Whether batches that follow one another may share a transaction: while one is open, another process that writes
    /// waits, and commands that read attachments can take any time.
    let leavesOpen: Bool

    /// - Parameters:
    ///   - store: open for writing.
    ///   - data: the data folder, where it is kept what was imported.
    ///   - extract: commands for attachments, as in ``Configuration/extract``.
    ///   - now: seconds since 1970.
    public init(store: IndexStore, data: String, extract: [String: [String]] = [:], now: Int64, workers: Int = 2) {
        self.store = store
        self.data = data
        commands = AttachmentCommands(extract)
        leavesOpen = commands.isEmpty
        self.now = now
        self.workers = max(1, workers)
    }

    /// Imports what stands at these paths.
    ///
    /// Errors: ``ServiceError`` where a path can't be read or holds no mail (nothing is imported then), `IndexError`.
    public func run(_ paths: [String], progress: (Progress) -> Void = { _ in }) async throws -> Summary {
        let scanner = try ImportScanner.scan(paths)
        var summary = Summary()
        summary.otherFiles = scanner.otherFiles
        var names = MailboxNames(data: data)
        var planned: [PlannedImport] = []
        var state = Progress()
        for source in scanner.sources {
            var source = source
            source.mailbox = names.name(for: source)
            var cache = ImportCache(source: source.path, mailbox: source.mailbox, data: data)
            let stamps = ImportPlan.folderStamps(of: source)
            if let stamps, let count = cache.count(ifFoldersAre: stamps) {
                summary.mailboxes += 1
                summary.unchanged += count
                state.messages += count
                continue
            }
            cache.load()
            cache.mailbox = source.mailbox
            do {
                let plan = try ImportPlan(source, cache, folders: stamps)
                state.totalOctets += plan.readsMbox ? plan.mboxStatus?.size ?? 0 : plan.items.reduce(0) { $0 + $1.size }
                planned.append(PlannedImport(source: source, cache: cache, plan: plan))
            } catch {
                summary.problems.append(error.message)
            }
        }
        summary.mailboxes += planned.count
        var open = OpenImports()
        do {
            var sources: [PlannedImport] = []
            for var known in planned {
                summary.unchanged += known.plan.unchanged
                state.messages += known.plan.unchanged
                // A new mailbox without mail is one too.
                if known.plan.isEmpty, known.cache.isOnDisk {
                    if known.plan.noteFolders(in: &known.cache) { try known.cache.save() }
                } else {
                    sources.append(known)
                }
            }
            try await ImportPipeline(context: self, sources: sources).run(&state, &summary, &open, progress)
        } catch {
            // What came before stays. If the index was at fault, nothing is open.
            try? store.commit()
            throw error
        }
        try store.commit()
        try open.didCommit()
        try await removeVanishedSources(below: paths, &summary)
        progress(state)
        return summary
    }

    /// Sources that were imported earlier from below these paths and are no more.
    private func removeVanishedSources(below paths: [String], _ summary: inout Summary) async throws {
        let roots = paths.compactMap(ImportScanner.absolute)
        for known in ImportCache.known(in: data) {
            guard roots.contains(where: { known.source.hasPrefix($0 == "/" ? "/" : $0 + "/") }),
                Files.status(known.source) == nil
            else { continue }
            var cache = ImportCache(source: known.source, mailbox: known.mailbox, data: data)
            cache.load()
            let account = try store.registerAccount(Self.account)
            let mailbox = try store.registerMailbox(MailboxDescription(name: known.mailbox), of: account)
            try await store.removeMailbox(mailbox, now: now)
            summary.removed += cache.entries.values.reduce(0) { $0 + ($1.uid == 0 ? 0 : 1) }
            ImportCache.delete(known.file)
        }
    }
}

/// Which mailbox each source is: the one it was before, else that of its name, else a longer name.
private struct MailboxNames {
    private var sources: [String: String] = [:]
    private var taken: [String: String] = [:]

    init(data: String) {
        for known in ImportCache.known(in: data) {
            sources[known.source] = known.mailbox
            if Files.status(known.source) != nil {
                taken[known.mailbox] = known.source
            } else if taken[known.mailbox] == nil {
                vacant[known.mailbox] = known.file
            }
        }
    }

    /// Mailboxes whose source is no more: whoever has the name now takes them over, as a folder that was moved.
    private var vacant: [String: String] = [:]

    mutating func name(for source: ImportSource) -> String {
        if let name = sources[source.path] { return name }
        var candidates = [source.mailbox]
        let parent = Paths.lastComponent(of: Paths.folder(of: source.path))
        if parent != "/" { candidates.append("\(parent)/\(source.mailbox)") }
        var number = 2
        while true {
            let name = candidates.isEmpty ? "\(source.mailbox) (\(number))" : candidates.removeFirst()
            if taken[name] == nil {
                taken[name] = source.path
                sources[source.path] = name
                if let file = vacant.removeValue(forKey: name) { ImportCache.delete(file) }
                return name
            }
            if candidates.isEmpty { number += 1 }
        }
    }
}

/// UIDs as ranges.
enum UIDRanges {
    static func make(_ uids: [UInt32]) -> [ClosedRange<UInt32>] {
        var ranges: [ClosedRange<UInt32>] = []
        for uid in uids.sorted() {
            if let last = ranges.last, uid == last.upperBound { continue }
            if let last = ranges.last, last.upperBound < UInt32.max, uid == last.upperBound + 1 {
                ranges[ranges.count - 1] = last.lowerBound...uid
            } else {
                ranges.append(uid...uid)
            }
        }
        return ranges
    }
}
