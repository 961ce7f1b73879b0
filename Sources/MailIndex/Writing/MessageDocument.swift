import MIME
import MailSearch

/// A message made ready for the index.
///
/// Making one does all the work that needs no database (digests, compression, the columns' text), so that it can run
/// beside the single writer. Holds the message's text twice, plain and compressed; let go of it when written.
public struct MessageDocument: Sendable {
    /// Of the content: 16 octets, the same for the same message from any source.
    public let digest: [UInt8]
    /// What the message is sorted by: seconds since 1970, never negative.
    public let date: Int64
    /// Octets of the index's columns and text, for bounding batches.
    public let byteCount: Int

    let columns: DocumentColumns
    let facts: DocumentFacts
    /// The body as it is indexed and kept.
    let body: String
    /// Names and texts of the attachments, likewise.
    let attachmentText: String
    /// The beginning of what is new in it, in one line.
    let preview: String
    let compressedText: [UInt8]
    /// What `compressedText` was compressed with.
    let dictionary: TextDictionary?
    /// Identities beside the digest.
    let identityKeys: [[UInt8]]

    /// Without angle brackets.
    public var messageIDs: [String] { LineColumn.decode(columns.messageIDs) }

    var contentKey: [UInt8] { [UInt8(ascii: "c")] + digest }

    /// A Date field this far after the message came is no date to sort by.
    public static let largestClockError: Int64 = 86_400
    /// A Date field before 1980 is a clock that was never set.
    public static let earliestPlausibleDate: Int64 = 315_532_800
    /// Message-IDs that are kept of References; the oldest and the newest stay.
    public static let maximumReferences = 1_000

    /// - Parameters:
    ///   - receivedAt: INTERNALDATE; nil takes the newest Received field's.
    ///   - size: octets of the whole message, as the server tells it (RFC822.SIZE).
    ///   - identities: what the server calls the message; its content is an identity in any case.
    ///   - now: seconds since 1970.
    public init(
        _ message: Message, receivedAt: Int64?, size: Int, identities: [MessageIdentity] = [], now: Int64,
        compression: TextCompression = .plain
    ) {
        let receivedAt = receivedAt ?? message.receivedDate?.secondsSince1970
        let sentAt = message.date?.secondsSince1970
        date = MessageDocument.date(sentAt: sentAt, receivedAt: receivedAt, now: now)
        let body = ColumnText.text(message.text)
        let attachmentText = MessageDocument.attachmentText(message.attachments)
        var columns = DocumentColumns(
            digest: [], date: date, sentAt: sentAt, receivedAt: receivedAt, size: size,
            messageIDs: MessageDocument.lines(message.messageIDs),
            inReplyTo: MessageDocument.lines(MessageDocument.trimmed(message.inReplyTo)),
            references: MessageDocument.lines(MessageDocument.trimmed(message.references)),
            subject: ColumnText.line(message.subject), from: AddressColumn.encode(message.from),
            to: AddressColumn.encode(message.to), cc: AddressColumn.encode(message.cc),
            bcc: AddressColumn.encode(message.bcc), replyTo: AddressColumn.encode(message.replyTo),
            sender: AddressColumn.encode(message.sender), list: ColumnText.line(message.listID ?? "").lowercased(),
            attachments: AttachmentColumn.encode(message.attachments), isTruncated: message.isTruncated)
        digest = MessageDocument.digest(columns, body: body, attachments: message.attachments)
        columns.digest = digest
        facts = DocumentFacts(columns)
        byteCount =
            body.utf8.count + attachmentText.utf8.count + columns.subject.utf8.count + columns.from.utf8.count
            + columns.to.utf8.count + columns.cc.utf8.count + columns.references.utf8.count + 512
        preview = ColumnText.line(message.newTextPreview)
        dictionary = compression.dictionary
        compressedText = TextCodec.encode(
            fields: columns.fields, preview: preview, body: body, attachments: attachmentText,
            dictionary: dictionary)
        identityKeys = identities.compactMap(\.key)
        self.body = body
        self.attachmentText = attachmentText
        self.columns = columns
    }

    private static func date(sentAt: Int64?, receivedAt: Int64?, now: Int64) -> Int64 {
        let arrival = min(receivedAt ?? now, now)
        if let sentAt, sentAt >= earliestPlausibleDate, sentAt <= max(arrival, 0) + largestClockError { return sentAt }
        // Nothing to go by but when it came; a message that tells neither stands at the beginning of time.
        return min(max(receivedAt ?? 0, 0), max(now, 0))
    }

    private static func lines(_ values: [String]) -> String {
        if values.count == 1 { return ColumnText.line(values[0]) }
        return values.map(ColumnText.line).filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private static func trimmed(_ references: [String]) -> [String] {
        guard references.count > maximumReferences else { return references }
        return Array(references.prefix(maximumReferences / 2) + references.suffix(maximumReferences / 2))
    }

    private static func attachmentText(_ attachments: [Attachment]) -> String {
        guard !attachments.isEmpty else { return "" }
        var text = ""
        for attachment in attachments {
            if let name = attachment.name, !name.isEmpty {
                text += ColumnText.line(name)
                text += "\n"
            }
        }
        for attachment in attachments {
            if let extracted = attachment.text, !extracted.isEmpty {
                text += ColumnText.text(extracted)
                text += "\n"
            }
        }
        return text
    }

    /// What the sender wrote, and nothing that differs by the way the message took or by how much of it was fetched:
    /// no Received, no Bcc, no sizes, no text of attachments.
    private static func digest(_ columns: DocumentColumns, body: String, attachments: [Attachment]) -> [UInt8] {
        var hash = Blake2b()
        hash.update(columns.sentAt ?? .min)
        for field in [columns.messageIDs, columns.subject, columns.from] {
            hash.update(Int64(field.utf8.count))
            hash.update(field)
        }
        if columns.messageIDs.isEmpty {
            hash.update(columns.to)
            hash.update(columns.cc)
        }
        hash.update(Int64(body.utf8.count))
        hash.update(body)
        for attachment in attachments {
            hash.update(attachment.mediaType)
            hash.update(Int64(attachment.name?.utf8.count ?? 0))
            hash.update(attachment.name ?? "")
        }
        return hash.finish()
    }
}
