/// Cuts the messages of an import's sources into pieces of work, source by source.
struct ImportFeed: ~Copyable {
    /// Messages, and octets, that are read and parsed as one piece of work.
    static let chunkMessages = 64
    static let chunkOctets = 4 << 20

    struct Work: Sendable {
        var item: ImportPlan.Item
        /// Where they were read already.
        var bytes: [UInt8]?
    }

    private let sources: [PlannedImport]
    private var feed: SourceFeed?
    /// The source at hand; all of those before it was handed over.
    private(set) var source = 0
    private var fault: ServiceError?

    init(_ sources: [PlannedImport]) { self.sources = sources }

    /// The next piece, of the source at hand; nil where there is none left, or none can be told.
    mutating func next() -> [Work]? {
        guard fault == nil else { return nil }
        do throws(ServiceError) {
            while source < sources.count {
                if feed == nil { feed = try SourceFeed(sources[source]) }
                if let work = try feed?.next() { return work }
                feed = nil
                source += 1
            }
        } catch {
            fault = error
        }
        return nil
    }

    /// Throws why a source can't be read on: to be called when what comes before it is written.
    func check(_ source: Int) throws(ServiceError) {
        if let fault, source == self.source { throw fault }
    }
}

/// Of one source.
private struct SourceFeed: ~Copyable {
    private var items: ArraySlice<ImportPlan.Item>
    private var reader: MboxReader?
    private let known: [String: ImportCache.Entry]
    private var seen: Set<String> = []
    private let key: ContentHash.Key

    init(_ planned: PlannedImport) throws(ServiceError) {
        items = planned.plan.items[...]
        known = planned.plan.readsMbox ? planned.cache.entries : [:]
        key = planned.cache.key
        reader = planned.plan.readsMbox ? try MboxReader(path: planned.source.path) : nil
    }

    mutating func next() throws(ServiceError) -> [ImportFeed.Work]? {
        var work: [ImportFeed.Work] = []
        var octets = 0
        while work.count < ImportFeed.chunkMessages, octets < ImportFeed.chunkOctets {
            if let item = items.popFirst() {
                work.append(ImportFeed.Work(item: item))
                octets += item.size
            } else if let message = try reader?.next() {
                let name = message.bytes.withUnsafeBytes { ContentHash($0, key: key).text }
                // The same octets twice in one mbox are one message to whoever reads it.
                guard known[name] == nil, seen.insert(name).inserted else { continue }
                let item = ImportPlan.Item(
                    name: name, path: nil, size: message.bytes.count, stamp: Int64(message.offset), flags: nil,
                    flagText: "")
                work.append(ImportFeed.Work(item: item, bytes: message.bytes))
                octets += message.bytes.count
            } else {
                break
            }
        }
        return work.isEmpty ? nil : work
    }
}
