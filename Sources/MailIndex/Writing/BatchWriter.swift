import MailSearch

/// Applies batches within transactions that `IndexWriter` opens. What it remembers from one to the next (numbers of
/// addresses, types, flag sets) is always also in the file.
final class BatchWriter {
    let database: SQLiteDatabase
    let options: IndexStoreOptions
    let dictionaries: TextDictionaries
    let sql: WriterStatements
    let texts: TextIndexWriter

    // The row of `counter`.
    var change: Int64 = 0
    var changesFloor: Int64 = 0
    var nextThread: Int64 = 1
    var messageCount: Int64 = 0
    var idDrift: Int64 = 0
    var newestDate: Int64 = 0
    var dateDisorder: Int64 = 0
    private var changeAtBegin: Int64 = 0
    private var lastPrune: Int64 = 0

    // Within one transaction.
    var now: Int64 = 0
    var outcome = BatchOutcome()
    var created: [Int64: Fresh] = [:]
    /// Messages whose places or flags change, with the flag sets of their places before that.
    var touched: [Int64: [Int64]] = [:]
    /// Messages whose content changed.
    var replaced: Set<Int64> = []
    /// Of messages that leave, by thread: Message-IDs that may now be all that held others together.
    var loosened: [Int64: Set<Int64>] = [:]
    var mailboxes: [MailboxID: MailboxState] = [:]
    var addressChanges: [Int64: AddressChange] = [:]

    // From one transaction to the next.
    /// What texts are compressed with; nil as long as there is little mail.
    var dictionary: TextDictionary?
    /// Messages at which a dictionary is tried for again.
    var nextTraining: Int64 = 0
    var addressIDs: [String: Int64] = [:]
    var listIDs: [String: Int64] = [:]
    var typeIDs: [String: Int64] = [:]
    var tagIDs: [TagKey: Int64] = [:]
    var flagsetIDs: [FlagSet: Int64] = [:]
    var flagsets: [Int64: FlagSet] = [:]
    /// Entries that each of the memories above may hold; past it, it is forgotten.
    static let memoryLimit = 50_000

    /// A message made in this transaction with the flags of its first place, which spares the many new messages of a
    /// first sync a second look.
    struct Fresh {
        var flagset: Int64
        var isPlaced = false
    }

    struct MailboxState {
        var uidValidity: UInt32?
        var cursor: MailboxCursor?
        var messages: Int64 = 0
        var unseen: Int64 = 0
    }

    struct AddressChange {
        var from: Int64 = 0
        var to: Int64 = 0
        var last: Int64 = 0
        var name = ""
        var nameMessage: Int64 = -1
        var hasLost = false
    }

    init(_ database: SQLiteDatabase, _ options: IndexStoreOptions, _ dictionaries: TextDictionaries) throws {
        self.database = database
        self.options = options
        self.dictionaries = dictionaries
        sql = try WriterStatements(database)
        texts = try TextIndexWriter(database)
    }

    /// - Parameter isContinued: the transaction is open already, and texts were gathered in it.
    func begin(isContinued: Bool) throws {
        defer { sql.readCounter.reset() }
        guard try sql.readCounter.step() else {
            throw IndexError(
                code: .damaged, message: "the index is damaged (the counters are missing): run \"trawl check\"")
        }
        change = sql.readCounter.integer(0)
        changesFloor = sql.readCounter.integer(1)
        nextThread = sql.readCounter.integer(2)
        messageCount = sql.readCounter.integer(3)
        idDrift = sql.readCounter.integer(4)
        newestDate = sql.readCounter.integer(5)
        dateDisorder = sql.readCounter.integer(6)
        changeAtBegin = change
        if !isContinued { texts.begin() }
        now = 0
        outcome = BatchOutcome()
        created.removeAll(keepingCapacity: true)
        touched.removeAll(keepingCapacity: true)
        replaced.removeAll()
        loosened.removeAll()
        mailboxes.removeAll()
        addressChanges.removeAll(keepingCapacity: true)
        if addressIDs.count > BatchWriter.memoryLimit { addressIDs.removeAll() }
        if listIDs.count > BatchWriter.memoryLimit { listIDs.removeAll() }
        if typeIDs.count > BatchWriter.memoryLimit { typeIDs.removeAll() }
        if tagIDs.count > BatchWriter.memoryLimit { tagIDs.removeAll() }
        if flagsets.count > BatchWriter.memoryLimit {
            flagsets.removeAll()
            flagsetIDs.removeAll()
        }
        try readDictionary()
    }

    func apply(_ batch: IndexBatch) throws {
        now = batch.now
        for reset in batch.resets { try self.reset(reset) }
        try makeDictionary(of: batch.additions)
        try add(batch.additions)
        for relocation in batch.relocations { try relocate(relocation) }
        for replacement in batch.replacements { try replace(replacement) }
        for flagChange in batch.flagChanges { try changeFlags(flagChange) }
        for removal in batch.removals { try remove(removal) }
        for cursor in batch.cursors { try setCursor(cursor) }
    }

    /// Makes what the places imply true of the messages, and writes the sums. Ends each batch; then `outcome` is complete.
    func settle() throws {
        let departing = try refreshTouched()
        for id in departing.sorted() { try depart(id) }
        try splitLoosened()
        try sweepDeparted(hasDepartures: !departing.isEmpty)
        try writeAddressChanges()
        try makeDictionary()
        for (mailbox, state) in mailboxes where state.messages != 0 || state.unseen != 0 {
            sql.updateCounts.bind(1, state.messages)
            sql.updateCounts.bind(2, state.unseen)
            sql.updateCounts.bind(3, mailbox.rawValue)
            try sql.updateCounts.run()
        }
        if change - lastPrune > 10_000 || change < lastPrune {
            try pruneDestroyed()
            lastPrune = change
        }
        if change != changeAtBegin {
            sql.writeCounter.bind(1, change)
            sql.writeCounter.bind(2, changesFloor)
            sql.writeCounter.bind(3, nextThread)
            sql.writeCounter.bind(4, messageCount)
            sql.writeCounter.bind(5, idDrift)
            sql.writeCounter.bind(6, newestDate)
            sql.writeCounter.bind(7, dateDisorder)
            try sql.writeCounter.run()
        }
        outcome.created = created.keys.sorted().map(EmailID.init(rawValue:))
        outcome.state = ChangeState.text(change)
    }

    func nextChange() -> Int64 {
        change += 1
        return change
    }

    /// Forgets the oldest of what was destroyed, so that the table stays small.
    private func pruneDestroyed() throws {
        let count = try database.integer("SELECT COUNT(*) FROM destroyed") ?? 0
        let surplus = count - Int64(options.destroyedCount)
        guard surplus > 0 else { return }
        let last = try database.integer(
            "SELECT change FROM destroyed ORDER BY change LIMIT 1 OFFSET ?", .integer(surplus - 1))
        guard let last else { return }
        try SQLStatement(database, "DELETE FROM destroyed WHERE change <= ?", [.integer(last)]).run()
        changesFloor = max(changesFloor, last)
    }
}
