import MailSearch

/// Gathers the texts of documents, in whatever order they come, and writes them as one segment of the text index.
///
/// Not safe to use from two threads at once.
final class TextSegmentBuilder {
    /// Columns of `message_text`, in its order.
    static let columns = 7
    /// Begins each term of FTS5's main index.
    private static let prefix = UInt8(ascii: "0")

    private let scanner = DocumentScanner()
    private var terms = TermTable()
    /// Of each document: its number, and the tokens of its columns as varints, `columns` of them.
    private(set) var documents: [Int64] = []
    private var sizes: [UInt8] = []
    private var sizeEnds: [Int] = []
    /// Tokens of each column in all documents.
    private(set) var totals = [Int64](repeating: 0, count: columns)
    private var isAscending = true

    // Of the document at hand.
    private var column: UInt8 = 0
    private var tokens = 0

    var isEmpty: Bool { documents.isEmpty }

    /// Octets of memory in use.
    var size: Int { terms.size }

    func contains(_ document: Int64) -> Bool {
        guard let last = documents.last else { return false }
        return (isAscending && document > last) ? false : documents.contains(document)
    }

    func removeAll() {
        guard !isEmpty else { return }
        terms.removeAll()
        documents.removeAll(keepingCapacity: documents.count < 100)
        sizes.removeAll(keepingCapacity: documents.count < 100)
        sizeEnds.removeAll(keepingCapacity: documents.count < 100)
        totals = [Int64](repeating: 0, count: Self.columns)
        isAscending = true
    }

    // MARK: Documents

    /// Begins a document; it must not be among those that came before.
    func begin(_ document: Int64) {
        if let last = documents.last, last >= document { isAscending = false }
        documents.append(document)
        sizeEnds.append(sizes.count)
        column = 0
    }

    /// The text of the next column of the document; all columns must be given.
    func add(_ text: String, _ stemmers: [Stemmer]) {
        var text = text
        tokens = 0
        let document = UInt32(truncatingIfNeeded: documents.count - 1)
        text.withUTF8 { bytes in
            scanner.scan(bytes, stemmers) {
                terms.add(scanner, document: document, column: column, count: &tokens)
            }
        }
        TextVarint.append(UInt64(tokens), to: &sizes)
        sizeEnds[sizeEnds.count - 1] = sizes.count
        totals[Int(column)] += Int64(tokens)
        column += 1
    }

    // MARK: The segment

    /// Writes each document's sizes.
    func writeSizes(_ statements: TextIndexStatements) throws {
        let order = isAscending ? nil : documents.indices.sorted { documents[$0] < documents[$1] }
        try sizes.withUnsafeBytes { bytes in
            for place in documents.indices {
                let document = order?[place] ?? place
                let start = document == 0 ? 0 : sizeEnds[document - 1]
                try statements.writeSizes(
                    documents[document], UnsafeRawBufferPointer(rebasing: bytes[start..<sizeEnds[document]]))
            }
        }
    }

    /// Writes the segment's pages; how many leaves it has.
    func writePages(segment: Int, pageSize: Int, _ statements: TextIndexStatements) throws -> Int {
        var writer = TextSegmentWriter(segment: segment, pageSize: pageSize, statements)
        var term = ByteBlock(capacity: 256)
        var scratch = ByteBlock()
        var list = ByteBlock()
        var entries: [Entry] = []
        let order = terms.sorted()
        try documents.withUnsafeBufferPointer { documents in
            for index in 0..<order.count {
                let record = order.entries[index].record
                term.count = 0
                term.append(varint: UInt64(Self.prefix))
                let bytes = terms.term(record)
                if let start = bytes.baseAddress { term.append(start, bytes.count) }
                list.count = 0
                terms.withPlaces(record, &scratch) { places in
                    if isAscending || terms.documents(record) == 1 {
                        Self.makeList(places, documents, &list)
                    } else {
                        Self.makeSortedList(places, documents, &list, &entries)
                    }
                }
                try writer.add(
                    UnsafeBufferPointer(start: term.start, count: term.count),
                    UnsafeBufferPointer(start: list.start, count: list.count))
            }
        }
        return try writer.finish()
    }

    /// A document in which a term stands, and where in the term's places its position list is.
    private struct Entry {
        var document: Int64
        var start: Int
        var end: Int
    }

    /// The place where the position list that begins at `start` ends.
    @inline(__always)
    private static func listEnd(_ bytes: UnsafePointer<UInt8>, _ start: Int, _ end: Int) -> Int {
        var at = start
        // A varint ends with a byte below 0x80, and none begins with 0.
        while at < end, bytes[at] != 0 {
            while bytes[at] >= 0x80 { at &+= 1 }
            at &+= 1
        }
        return at
    }

    /// Calls `body` with each document in which a term stands, in the order in which they came.
    @inline(__always)
    private static func forEachEntry(
        _ places: UnsafeBufferPointer<UInt8>, _ documents: UnsafeBufferPointer<Int64>, _ body: (Entry) -> Void
    ) {
        guard let bytes = places.baseAddress else { return }
        var at = 0
        var ordinal = 0
        while at < places.count {
            let (difference, length) = TextVarint.get(bytes + at)
            at &+= length
            ordinal &+= Int(difference)
            let end = listEnd(bytes, at, places.count)
            body(Entry(document: documents[ordinal], start: at, end: end))
            at = end &+ 1
        }
    }

    /// Adds a document to a doclist whose last one is `last`.
    @inline(__always)
    private static func append(
        _ entry: Entry, _ places: UnsafeBufferPointer<UInt8>, after last: Int64, to list: inout ByteBlock
    ) {
        guard let bytes = places.baseAddress else { return }
        let count = entry.end &- entry.start
        list.reserve(2 * TextVarint.longest &+ count)
        list.append(varint: UInt64(bitPattern: entry.document &- last))
        list.append(varint: UInt64(count) &* 2)
        list.append(bytes + entry.start, count)
    }

    private static func makeList(
        _ places: UnsafeBufferPointer<UInt8>, _ documents: UnsafeBufferPointer<Int64>, _ list: inout ByteBlock
    ) {
        var last: Int64 = 0
        forEachEntry(places, documents) { entry in
            append(entry, places, after: last, to: &list)
            last = entry.document
        }
    }

    private static func makeSortedList(
        _ places: UnsafeBufferPointer<UInt8>, _ documents: UnsafeBufferPointer<Int64>, _ list: inout ByteBlock,
        _ entries: inout [Entry]
    ) {
        entries.removeAll(keepingCapacity: true)
        var isSorted = true
        forEachEntry(places, documents) { entry in
            if let last = entries.last, entry.document < last.document { isSorted = false }
            entries.append(entry)
        }
        if !isSorted { entries.sort { $0.document < $1.document } }
        var last: Int64 = 0
        for entry in entries {
            append(entry, places, after: last, to: &list)
            last = entry.document
        }
    }
}
