import MIME
import MailSearch

/// Messages, hits and results in the JSON that other tools are written against: JMAP's Email names (RFC 8621 §4).
public enum EmailJSON {
    /// One object: a message, however many mailboxes hold it.
    public static func write(_ email: Email, _ properties: EmailProperties = .all, to json: inout JSONWriter) {
        json.beginObject()
        writeMembers(of: email, properties, to: &json)
        json.endObject()
    }

    /// A message with its text, as `trawl show` gives it.
    public static func write(_ email: Email, text: String, to json: inout JSONWriter) {
        json.beginObject()
        writeMembers(of: email, .all, to: &json)
        json.key("text")
        json.string(text)
        json.endObject()
    }

    /// A message with `score` and `snippet`; the latter's members are null where nothing in them matched.
    public static func write(_ hit: SearchHit, to json: inout JSONWriter) {
        json.beginObject()
        writeMembers(of: hit, to: &json)
        json.key("score")
        json.double(hit.score)
        if let snippet = hit.snippet {
            json.key("snippet")
            json.beginObject()
            json.key("subject")
            json.string(snippet.subject)
            json.key("body")
            json.string(snippet.body)
            json.key("attachment")
            json.string(snippet.attachment)
            json.endObject()
        }
        json.endObject()
    }

    /// A hit by itself, for ``write(_:to:)-(SearchPage<[UInt8]>,_)``.
    public static func octets(of hit: SearchHit) -> [UInt8] {
        var json = JSONWriter(reserving: 2_048)
        write(hit, to: &json)
        return json.bytes
    }

    /// `{"total", "complete", "hits": […]}`.
    public static func write(_ results: SearchResults, to json: inout JSONWriter) {
        write(results, to: &json) { hits, json in
            // In their place: a hit has so many members that to copy it is a twentieth of writing it.
            hits.withUnsafeBufferPointer { hits in for index in hits.indices { write(hits[index], to: &json) } }
        }
    }

    /// The same, of hits that ``octets(of:)`` has written.
    public static func write(_ page: SearchPage<[UInt8]>, to json: inout JSONWriter) {
        json.reserve(page.hits.reduce(256) { $0 + $1.count + 1 })
        write(page, to: &json) { hits, json in for hit in hits { json.raw(hit) } }
    }

    private static func write<Hit>(
        _ page: SearchPage<Hit>, to json: inout JSONWriter, _ writeHits: ([Hit], inout JSONWriter) -> Void
    ) {
        json.beginObject()
        json.key("total")
        if let total = page.total { json.integer(total) } else { json.null() }
        json.key("complete")
        json.bool(page.isComplete)
        json.key("hits")
        json.beginArray()
        writeHits(page.hits, &json)
        json.endArray()
        json.endObject()
    }

    /// Members that a message's stored text alone decides, as ranges in the order of all; the others stand between them.
    private static let header = EmailProperties([
        .messageId, .inReplyTo, .references, .from, .to, .cc, .bcc, .replyTo, .sender, .subject,
    ])
    private static let moment = EmailProperties([.sentAt, .receivedAt, .size, .keywords])
    private static let content = EmailProperties([.hasAttachment, .attachments, .preview])

    private static func writeMembers(of hit: SearchHit, to json: inout JSONWriter) {
        guard let kept = hit.kept else { return writeMembers(of: hit.email, .all, to: &json) }
        let lasting = kept.presentation { email in
            [header, content].map { properties in
                var json = JSONWriter()
                writeMembers(of: email, properties, to: &json)
                return json.bytes
            }
        }
        writeMembers(of: hit.email, ids, to: &json)
        json.raw(lasting[0])
        writeMembers(of: hit.email, moment, to: &json)
        json.raw(lasting[1])
        writeMembers(of: hit.email, mailboxes, to: &json)
    }

    private static let ids = EmailProperties([.id, .threadId])
    private static let mailboxes = EmailProperties([.mailboxes])

    private static func writeMembers(of email: Email, _ properties: EmailProperties, to json: inout JSONWriter) {
        if properties.contains(.id) {
            json.key("id")
            json.string(email.id.description)
        }
        if properties.contains(.threadId) {
            json.key("threadId")
            json.string(email.threadID.description)
        }
        if properties.contains(.messageId) {
            json.key("messageId")
            json.strings(email.messageIDs)
        }
        if properties.contains(.inReplyTo) {
            json.key("inReplyTo")
            json.strings(email.inReplyTo)
        }
        if properties.contains(.references) {
            json.key("references")
            json.strings(email.references)
        }
        writePeople(of: email, properties, to: &json)
        if properties.contains(.subject) {
            json.key("subject")
            json.string(email.subject)
        }
        if properties.contains(.sentAt) {
            json.key("sentAt")
            writeDate(email.sentAt, to: &json)
        }
        if properties.contains(.receivedAt) {
            json.key("receivedAt")
            writeDate(email.receivedAt, to: &json)
        }
        if properties.contains(.size) {
            json.key("size")
            json.integer(email.size)
        }
        if properties.contains(.keywords) {
            json.key("keywords")
            writeKeywords(of: email, to: &json)
        }
        if properties.contains(.hasAttachment) {
            json.key("hasAttachment")
            json.bool(email.hasAttachment)
        }
        if properties.contains(.attachments) {
            json.key("attachments")
            json.beginArray()
            for attachment in email.attachments { write(attachment, to: &json) }
            json.endArray()
        }
        if properties.contains(.preview) {
            json.key("preview")
            json.string(email.preview)
        }
        if properties.contains(.mailboxes) {
            json.key("mailboxes")
            json.beginArray()
            for place in email.places { write(place, to: &json) }
            json.endArray()
        }
    }

    private static func writePeople(of email: Email, _ properties: EmailProperties, to json: inout JSONWriter) {
        func write(_ property: EmailProperty, as key: StaticString, _ people: [EmailAddress]) {
            guard properties.contains(property) else { return }
            json.key(key)
            Self.write(people, to: &json)
        }
        write(.from, as: "from", email.from)
        write(.to, as: "to", email.to)
        write(.cc, as: "cc", email.cc)
        write(.bcc, as: "bcc", email.bcc)
        write(.replyTo, as: "replyTo", email.replyTo)
        write(.sender, as: "sender", email.sender)
    }

    private static func write(_ addresses: [EmailAddress], to json: inout JSONWriter) {
        json.beginArray()
        for address in addresses {
            json.beginObject()
            json.key("name")
            json.string(address.name)
            json.key("email")
            json.string(address.email)
            json.endObject()
        }
        json.endArray()
    }

    private static func write(_ attachment: EmailAttachment, to json: inout JSONWriter) {
        json.beginObject()
        json.key("partId")
        json.string(attachment.partID)
        json.key("name")
        json.string(attachment.name)
        json.key("type")
        json.string(attachment.mediaType)
        json.key("size")
        json.integer(attachment.size)
        json.endObject()
    }

    private static func write(_ place: EmailPlace, to json: inout JSONWriter) {
        json.beginObject()
        json.key("account")
        json.string(place.account)
        json.key("mailbox")
        json.string(place.mailbox)
        json.key("uidValidity")
        json.integer(place.uidValidity)
        json.key("uid")
        json.integer(place.uid)
        json.endObject()
    }

    private static func writeDate(_ seconds: Int64?, to json: inout JSONWriter) {
        if let seconds { json.date(seconds) } else { json.null() }
    }

    /// JMAP's keywords (RFC 8621 §4.1.1): system flags under their names there, IMAP's keywords in lower case.
    private static func writeKeywords(of email: Email, to json: inout JSONWriter) {
        json.beginObject()
        func write(_ name: StaticString) {
            json.key(name)
            json.bool(true)
        }
        if email.flags.contains(.seen) { write("$seen") }
        if email.flags.contains(.answered) { write("$answered") }
        if email.flags.contains(.flagged) { write("$flagged") }
        if email.flags.contains(.draft) { write("$draft") }
        if email.flags.contains(.deleted) { write("$deleted") }
        for keyword in email.keywords {
            json.key(keyword.lowercased())
            json.bool(true)
        }
        json.endObject()
    }
}
