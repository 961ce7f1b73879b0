/// A row of `document`, its body and attachments aside.
package struct DocumentColumns: Sendable {
    package var digest: [UInt8]
    package var date: Int64
    package var sentAt: Int64?
    package var receivedAt: Int64?
    package var size: Int
    package var messageIDs: String
    package var inReplyTo: String
    package var references: String
    package var subject: String
    package var from: String
    package var to: String
    package var cc: String
    package var bcc: String
    package var replyTo: String
    package var sender: String
    package var list: String
    package var attachments: String
    package var isTruncated: Bool

    /// In the order of `init(_:from:_:)` and `bind(to:from:)`; the other columns stand in `text`.
    package static let names = "digest, date, sent_at, received_at, size, is_truncated"
    /// The same, each with its table.
    package static let qualifiedNames = """
        document.digest, document.date, document.sent_at, document.received_at, document.size, document.is_truncated
        """
    package static let count: Int32 = 6
    /// Reads the text of a message by the message's number.
    package static let textOfMessage = """
        SELECT document.text FROM message JOIN document ON document.number = message.document WHERE message.id = ?
        """

    /// Reads the columns `names` of a row, the first of which has the number `start`, and the others from its text.
    package init(_ row: SQLStatement, from start: Int32, _ fields: DocumentFields) {
        digest = row.blob(start)
        date = row.integer(start + 1)
        sentAt = row.optionalInteger(start + 2)
        receivedAt = row.optionalInteger(start + 3)
        size = Int(row.integer(start + 4))
        isTruncated = row.integer(start + 5) != 0
        let texts = fields.texts
        func text(_ field: DocumentFields.Field) -> String { texts[field.rawValue] }
        messageIDs = text(.messageIDs)
        inReplyTo = text(.inReplyTo)
        references = text(.references)
        subject = text(.subject)
        from = text(.from)
        to = text(.to)
        cc = text(.cc)
        bcc = text(.bcc)
        replyTo = text(.replyTo)
        sender = text(.sender)
        list = text(.list)
        attachments = text(.attachments)
    }

    package func bind(to statement: SQLStatement, from start: Int32) {
        statement.bind(start, digest)
        statement.bind(start + 1, date)
        statement.bind(start + 2, sentAt)
        statement.bind(start + 3, receivedAt)
        statement.bind(start + 4, size)
        statement.bind(start + 5, Int64(isTruncated ? 1 : 0))
    }

    /// What stands before the text.
    package var fields: String {
        DocumentFields.encode(
            DocumentFields.Field.allCases.map { field in
                switch field {
                case .subject: subject
                case .from: from
                case .to: to
                case .cc: cc
                case .bcc: bcc
                case .replyTo: replyTo
                case .sender: sender
                case .list: list
                case .attachments: attachments
                case .messageIDs: messageIDs
                case .inReplyTo: inReplyTo
                case .references: references
                }
            })
    }

    package init(
        digest: [UInt8], date: Int64, sentAt: Int64?, receivedAt: Int64?, size: Int, messageIDs: String,
        inReplyTo: String,
        references: String, subject: String, from: String, to: String, cc: String, bcc: String, replyTo: String,
        sender: String, list: String, attachments: String, isTruncated: Bool
    ) {
        self.digest = digest
        self.date = date
        self.sentAt = sentAt
        self.receivedAt = receivedAt
        self.size = size
        self.messageIDs = messageIDs
        self.inReplyTo = inReplyTo
        self.references = references
        self.subject = subject
        self.from = from
        self.to = to
        self.cc = cc
        self.bcc = bcc
        self.replyTo = replyTo
        self.sender = sender
        self.list = list
        self.attachments = attachments
        self.isTruncated = isTruncated
    }
}
