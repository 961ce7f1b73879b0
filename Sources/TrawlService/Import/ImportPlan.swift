#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif
import Presentation

/// What is to be done for one source: found by looking at names, sizes and times, without reading messages (an mbox
/// file that changed is read, but not parsed).
struct ImportPlan: Sendable {
    /// A message to be read.
    struct Item: Sendable {
        /// Its name in the cache.
        var name: String
        /// The file, or nil where the octets come with the mbox.
        var path: String?
        var size: Int
        var stamp: Int64
        /// Flags told by the file's name; nil where the header tells them.
        var flags: [String]?
        /// As the cache keeps them.
        var flagText: String
    }

    var items: [Item] = []
    /// Messages whose flags in the file's name changed.
    var flagChanges: [(name: String, entry: ImportCache.Entry, flags: [String])] = []
    /// Known messages that stay as they are.
    var unchanged = 0
    /// Known messages that are no more.
    var vanished: [String] = []
    /// An mbox file is to be read; those of its messages that the cache holds are passed over.
    var readsMbox = false
    var mboxStatus: Files.Status?
    /// The times of a Maildir's folders before they were read; nil where they may change again without our seeing it.
    var folders: [Int64]?

    var isEmpty: Bool { items.isEmpty && flagChanges.isEmpty && vanished.isEmpty && !readsMbox }

    /// - Parameter stamps: ``folderStamps(of:)``, told just before.
    init(_ source: ImportSource, _ cache: ImportCache, folders stamps: [Int64]?) throws(ServiceError) {
        switch source.kind {
        case .maildir: planMaildir(source, cache, stamps)
        case .folder: planFolder(source, cache)
        case .mbox: try planMbox(source, cache)
        }
    }

    /// How long a folder must have been left alone before its time is trusted, in nanoseconds: two changes that come one
    /// soon after the other leave the same.
    private static let restOfFolders: Int64 = 2_000_000_000

    /// The times of what tells a Maildir's messages and their flags; nil for other sources.
    static func folderStamps(of source: ImportSource) -> [Int64]? {
        guard source.kind == .maildir else { return nil }
        return ["cur", "new", "dovecot-keywords"].map {
            Files.status(Paths.join(source.path, $0))?.modifiedAtNanoseconds ?? 0
        }
    }

    /// Notes the folders' times, if all names that they hold are in the cache, so that the times say that nothing is new.
    @discardableResult
    func noteFolders(in cache: inout ImportCache) -> Bool {
        guard let folders, cache.entries.count == unchanged + flagChanges.count + items.count else { return false }
        cache.setFolders(folders)
        return true
    }

    private mutating func planMaildir(_ source: ImportSource, _ cache: ImportCache, _ stamps: [Int64]?) {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        let rested = (Int64(now.tv_sec) * 1_000_000_000 + Int64(now.tv_nsec)) - Self.restOfFolders
        folders = stamps.flatMap { $0.allSatisfy { $0 < rested } ? $0 : nil }
        let table =
            (try? Files.read(Paths.join(source.path, "dovecot-keywords"), limit: 1 << 16))
            .map(MaildirName.keywordTable) ?? [:]
        var seen: Set<String> = []
        seen.reserveCapacity(cache.entries.count)
        for folder in ["cur", "new"] {
            let path = Paths.join(source.path, folder)
            for entry in ImportScanner.entries(of: path) {
                if entry.isFolder == true || entry.name.hasPrefix(".") { continue }
                let name = MaildirName(entry.name)
                // Moved from new to cur between the two readings.
                guard seen.insert(name.unique).inserted else { continue }
                let flags = name.allFlags(table)
                let flagText = Self.flagText(flags)
                if let known = cache.entries[name.unique] {
                    if known.flags == flagText {
                        unchanged += 1
                    } else {
                        flagChanges.append((name.unique, known, flags))
                    }
                } else {
                    let file = Paths.join(path, entry.name)
                    guard let status = Files.status(file), status.kind == .file else {
                        // A link to nothing yet, say: what it leads to may come without a change of the folder.
                        folders = nil
                        continue
                    }
                    items.append(
                        Item(
                            name: name.unique, path: file, size: status.size, stamp: status.modifiedAtNanoseconds,
                            flags: flags, flagText: flagText))
                }
            }
        }
        noteVanished(cache, seen)
        items.sort { $0.name < $1.name }
    }

    private mutating func planFolder(_ source: ImportSource, _ cache: ImportCache) {
        let names =
            source.only
            ?? ImportScanner.entries(of: source.path).filter { $0.isFolder != true && !$0.name.hasPrefix(".") }.map(
                \.name)
        var seen: Set<String> = []
        seen.reserveCapacity(names.count)
        for name in names {
            let known = cache.entries[name]
            if known == nil, source.only == nil, !ImportScanner.isMessageName(name) { continue }
            let file = Paths.join(source.path, name)
            guard let status = Files.status(file), status.kind == .file, seen.insert(name).inserted else { continue }
            if let known, known.size == status.size, known.stamp == status.modifiedAtNanoseconds {
                unchanged += 1
            } else {
                items.append(
                    Item(
                        name: name, path: file, size: status.size, stamp: status.modifiedAtNanoseconds, flags: nil,
                        flagText: ""))
            }
        }
        if source.only == nil { noteVanished(cache, seen) }
        items.sort { $0.name < $1.name }
    }

    private mutating func planMbox(_ source: ImportSource, _ cache: ImportCache) throws(ServiceError) {
        guard let status = Files.status(source.path), status.kind == .file else {
            throw ServiceError(.fileUnusable, "\(source.path): \(Files.lastErrorText())")
        }
        mboxStatus = status
        if let whole = cache.wholeFile, whole.size == status.size, whole.stamp == status.modifiedAtNanoseconds {
            unchanged = cache.entries.count
            return
        }
        readsMbox = true
        guard !cache.entries.isEmpty else { return }
        // Which of the known messages are still there has to be known before new ones are given numbers: one whose
        // header was rewritten keeps its own.
        var seen: Set<String> = []
        var reader = try MboxReader(path: source.path)
        while let message = try reader.next() {
            let name = message.bytes.withUnsafeBytes { ContentHash($0, key: cache.key).text }
            if cache.entries[name] != nil, seen.insert(name).inserted { unchanged += 1 }
        }
        noteVanished(cache, seen)
    }

    private mutating func noteVanished(_ cache: ImportCache, _ seen: Set<String>) {
        // Flag changes and unchanged ones are in `seen`, so the counts tell in the usual case that nothing is missing.
        guard unchanged + flagChanges.count < cache.entries.count else { return }
        vanished = cache.entries.keys.filter { !seen.contains($0) }.sorted()
    }

    /// Flags as one word for the cache's lines.
    static func flagText(_ flags: [String]) -> String {
        flags.isEmpty ? "-" : flags.sorted().joined(separator: ",").replacingBlanks()
    }
}

extension String {
    fileprivate func replacingBlanks() -> String {
        utf8.contains { $0 <= 0x20 } ? String(map { $0.isWhitespace ? "_" : $0 }) : self
    }
}
