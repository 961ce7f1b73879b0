/// How an index is opened.
public struct IndexStoreOptions: Hashable, Sendable {
    /// Readers at the same time; further ones wait.
    public var readerCount: Int
    /// Octets of cache of the writer while much is written, and while little is (see ``IndexStore/rest()``).
    public var writerCacheBytes: Int
    public var restingCacheBytes: Int
    /// Octets of cache of each reader.
    public var readerCacheBytes: Int
    /// Octets of messages that searches showed lately, kept decoded for the next; 0 for none. For a process that stays.
    public var keptMessageBytes: Int
    /// Whether the process reads once and ends: each reader stays in the snapshot that it read first, and where nothing
    /// stands in the log, its shared memory is left as it is rather than made anew for the sake of one search.
    public var isForOneAnswer: Bool
    /// Whether only searches are asked for that ``SearchQuery/asksForWordsAlone``, with options of the same kind
    /// (``SearchOptions/takesWordsAlone``). SQLite reads but the tables for that then; see ``SchemaExcerpt``.
    package var isForWordsAlone = false
    /// How long the text of a message that left is kept, in seconds, in case that it turns up elsewhere.
    public var departedLifetime: Int64
    /// How many such messages are kept at most.
    public var departedCount: Int
    /// How many destroyed messages `changes` can tell of.
    public var destroyedCount: Int
    /// How long a transaction stays open for batches that follow: another process that writes waits meanwhile.
    public var openDuration: Duration

    public init(
        readerCount: Int = 4, writerCacheBytes: Int = 32 << 20, restingCacheBytes: Int = 4 << 20,
        readerCacheBytes: Int = 8 << 20, keptMessageBytes: Int = 0, isForOneAnswer: Bool = false,
        departedLifetime: Int64 = 3_600, departedCount: Int = 20_000,
        destroyedCount: Int = 200_000, openDuration: Duration = .seconds(4)
    ) {
        self.readerCount = readerCount
        self.writerCacheBytes = writerCacheBytes
        self.restingCacheBytes = restingCacheBytes
        self.readerCacheBytes = readerCacheBytes
        self.keptMessageBytes = keptMessageBytes
        self.isForOneAnswer = isForOneAnswer
        self.departedLifetime = departedLifetime
        self.departedCount = departedCount
        self.destroyedCount = destroyedCount
        self.openDuration = openDuration
    }
}
