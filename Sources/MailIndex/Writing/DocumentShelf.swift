import MailSearch

/// The documents of a batch, numbered so that they fill the table's pages, and written in the order of their numbers.
struct DocumentShelf {
    /// What a row takes beside its text: the digest, four numbers, SQLite's own lengths and pointer.
    private static let rowOverhead = 51

    private let writer: BatchWriter
    private let documents: [MessageDocument]
    private let texts: [[UInt8]]
    /// Indices of `documents` in the order of their numbers.
    private let order: [Int]
    private let numbers: [Int64]
    private var isTaken: [Bool]

    init(_ documents: [MessageDocument], _ writer: BatchWriter) throws {
        self.writer = writer
        self.documents = documents
        texts = documents.map(writer.compressedText(of:))
        let pageSize = documents.count > 1 ? Int(try writer.database.integer("PRAGMA page_size") ?? 0) : 0
        order = PagePacking.order(texts.map { $0.count + Self.rowOverhead }, pageSize: pageSize)
        var numbers = [Int64](repeating: 0, count: documents.count)
        var number = try writer.sql.lastDocument.runForInteger() ?? 0
        for index in order {
            number += 1
            numbers[index] = number
        }
        self.numbers = numbers
        isTaken = Array(repeating: false, count: documents.count)
    }

    /// The number of a document that is to be kept; those of messages that turn out to be known stay unused.
    mutating func take(_ index: Int) -> Int64 {
        isTaken[index] = true
        return numbers[index]
    }

    func write() throws {
        let statement = writer.sql.insertDocument
        for index in order where isTaken[index] {
            documents[index].columns.bind(to: statement, from: 1)
            statement.bind(1 + DocumentColumns.count, texts[index])
            statement.bind(2 + DocumentColumns.count, numbers[index])
            try statement.run()
        }
    }
}
