import MailSearch

/// A document as it was put in, its text read again.
struct StoredDocument {
    var columns: DocumentColumns
    var body: String
    var attachments: String

    /// From the columns `DocumentColumns.names` and `text`.
    init(_ row: SQLStatement, _ database: SQLiteDatabase, _ dictionaries: TextDictionaries) throws {
        columns = DocumentColumns(row)
        let column = DocumentColumns.count
        guard !row.isNull(column) else {
            body = ""
            attachments = ""
            return
        }
        (body, attachments) = try row.withBytes(column) { bytes in
            try dictionaries.withTexts(bytes, database) { texts in
                (String(decoding: texts.body, as: UTF8.self), String(decoding: texts.attachments, as: UTF8.self))
            }
        }
    }
}
