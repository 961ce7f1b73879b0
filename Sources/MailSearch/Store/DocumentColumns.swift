/// A row of `document`, its text aside.
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

    /// In the order of `init(_:from:)` and `bind(to:from:)`.
    package static let names = """
        digest, date, sent_at, received_at, size, message_ids, in_reply_to, references_, subject, from_, to_, cc, bcc, \
        reply_to, sender, list, attachments, is_truncated
        """
    package static let count: Int32 = 18

    /// Reads the columns `names` of a row, the first of which has the number `start`.
    package init(_ row: SQLStatement, from start: Int32 = 0) {
        digest = row.blob(start)
        date = row.integer(start + 1)
        sentAt = row.optionalInteger(start + 2)
        receivedAt = row.optionalInteger(start + 3)
        size = Int(row.integer(start + 4))
        messageIDs = row.text(start + 5)
        inReplyTo = row.text(start + 6)
        references = row.text(start + 7)
        subject = row.text(start + 8)
        from = row.text(start + 9)
        to = row.text(start + 10)
        cc = row.text(start + 11)
        bcc = row.text(start + 12)
        replyTo = row.text(start + 13)
        sender = row.text(start + 14)
        list = row.text(start + 15)
        attachments = row.text(start + 16)
        isTruncated = row.integer(start + 17) != 0
    }

    package func bind(to statement: SQLStatement, from start: Int32) {
        statement.bind(start, digest)
        statement.bind(start + 1, date)
        statement.bind(start + 2, sentAt)
        statement.bind(start + 3, receivedAt)
        statement.bind(start + 4, size)
        statement.bind(start + 5, messageIDs)
        statement.bind(start + 6, inReplyTo)
        statement.bind(start + 7, references)
        statement.bind(start + 8, subject)
        statement.bind(start + 9, from)
        statement.bind(start + 10, to)
        statement.bind(start + 11, cc)
        statement.bind(start + 12, bcc)
        statement.bind(start + 13, replyTo)
        statement.bind(start + 14, sender)
        statement.bind(start + 15, list)
        statement.bind(start + 16, attachments)
        statement.bind(start + 17, Int64(isTruncated ? 1 : 0))
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
