import GRDB

/// A document as it was put in, its text read again.
struct StoredDocument {
    var columns: DocumentColumns
    var body: String
    var attachments: String

    /// From the columns `DocumentColumns.names` and `text`.
    init(_ row: SQLStatement) throws {
        columns = DocumentColumns(row)
        let column = DocumentColumns.count
        guard !row.isNull(column) else {
            body = ""
            attachments = ""
            return
        }
        let texts = row.withBytes(column) { bytes in
            TextCodec.withDecoded(bytes) { texts in
                (String(decoding: texts.body, as: UTF8.self), String(decoding: texts.attachments, as: UTF8.self))
            }
        }
        guard let texts else {
            throw DatabaseError(resultCode: .SQLITE_CORRUPT, message: "a stored text can't be read")
        }
        (body, attachments) = texts
    }
}
