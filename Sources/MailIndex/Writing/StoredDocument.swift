import MailSearch

/// A document as it was put in, its text read again.
struct StoredDocument {
    /// `document.number`.
    var number: Int64
    var columns: DocumentColumns
    var body: String
    var attachments: String

    /// What ``init(_:_:_:)`` reads, in its order.
    static let selected = "document.number, \(DocumentColumns.qualifiedNames), document.text"

    init(_ row: SQLStatement, _ database: SQLiteDatabase, _ dictionaries: TextDictionaries) throws {
        number = row.integer(0)
        (columns, body, attachments) = try row.withBytes(1 + DocumentColumns.count) { bytes in
            try dictionaries.withTexts(bytes, database) { texts in
                (
                    DocumentColumns(row, from: 1, texts.fields), String(decoding: texts.body, as: UTF8.self),
                    String(decoding: texts.attachments, as: UTF8.self)
                )
            }
        }
    }
}
