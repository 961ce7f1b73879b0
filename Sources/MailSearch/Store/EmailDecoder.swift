/// Makes messages of what the index holds of them, without a look at the index.
struct EmailDecoder: Sendable {
    private let isBrief: Bool
    private let kept: KeptMessages?

    /// - Parameters:
    ///   - isBrief: see ``SearchOptions/isBrief``.
    ///   - kept: where whole messages are kept for next time; of no use to what is brief.
    init(isBrief: Bool = false, kept: KeptMessages? = nil) {
        self.isBrief = isBrief
        self.kept = isBrief ? nil : kept
    }

    func email(_ stored: StoredEmail) throws -> Email {
        let decoded = stored.text.withUnsafeBytes { bytes in
            TextCodec.withHead(bytes, stored.dictionary) { email(stored, $0.fields, $0.preview) }
        }
        guard let decoded else { throw TextDictionaries.unreadable }
        return decoded
    }

    /// Calls `body` with the message and its texts, and with what is kept of it.
    func email<R>(
        _ stored: StoredEmail, withTexts body: (consuming Email, TextCodec.Texts, KeptMessage?) throws -> R
    ) throws -> R {
        let result = try stored.text.withUnsafeBytes { bytes -> R? in
            if let message = keptMessage(stored, bytes) {
                let result: R? = try message.withTexts { texts in
                    var email = message.email
                    Self.add(stored.state, to: &email)
                    return try body(email, texts, message)
                }
                if let result { return result }
            }
            return try TextCodec.withDecoded(bytes, stored.dictionary) { texts in
                try body(email(stored, texts.fields, texts.preview), texts, nil)
            }
        }
        guard let result else { throw TextDictionaries.unreadable }
        return result
    }

    /// The message that these stored bytes are, as it is kept, from now on if it was not; nil where it is not to be kept.
    private func keptMessage(_ stored: StoredEmail, _ bytes: UnsafeRawBufferPointer) -> KeptMessage? {
        guard let kept, bytes.count <= KeptMessages.largest else { return nil }
        let id = stored.state.id.rawValue
        if let known = kept.message(id), known.isMade(of: bytes, stored.dictionary) { return known }
        guard kept.wasSeen(id),
            let message = KeptMessage(bytes, stored.dictionary, { email($0.fields, $0.preview) })
        else { return nil }
        kept.keep(message, for: id)
        return message
    }

    private func email(
        _ stored: StoredEmail, _ fields: DocumentFields, _ preview: UnsafeRawBufferPointer
    ) -> Email {
        var email = email(fields, preview)
        Self.add(stored.state, to: &email)
        return email
    }

    /// What of a message stands in its stored bytes; all else is empty.
    private func email(_ fields: DocumentFields, _ preview: UnsafeRawBufferPointer) -> Email {
        fields.withAll { fields in email({ fields[$0.rawValue] }, preview) }
    }

    private func email(
        _ bytes: (DocumentFields.Field) -> UnsafeRawBufferPointer, _ preview: UnsafeRawBufferPointer
    ) -> Email {
        var email = Email(
            id: EmailID(rawValue: 0), threadID: EmailID(rawValue: 0), messageIDs: [], inReplyTo: [], references: [],
            from: AddressColumn.decode(bytes(.from)), sender: AddressColumn.decode(bytes(.sender)), replyTo: [], to: [],
            cc: [], bcc: [], subject: String(decoding: bytes(.subject), as: UTF8.self),
            sentAt: nil, receivedAt: nil, date: 0, size: 0, flags: [], keywords: [], labels: [],
            attachments: AttachmentColumn.decode(bytes(.attachments)), preview: "", listID: nil, isTruncated: false,
            places: [])
        guard !isBrief else { return email }
        email.messageIDs = LineColumn.decode(bytes(.messageIDs))
        email.inReplyTo = LineColumn.decode(bytes(.inReplyTo))
        email.references = LineColumn.decode(bytes(.references))
        email.replyTo = AddressColumn.decode(bytes(.replyTo))
        email.to = AddressColumn.decode(bytes(.to))
        email.cc = AddressColumn.decode(bytes(.cc))
        email.bcc = AddressColumn.decode(bytes(.bcc))
        email.preview = String(decoding: preview, as: UTF8.self)
        let list = bytes(.list)
        if !list.isEmpty { email.listID = String(decoding: list, as: UTF8.self) }
        return email
    }

    /// Adds what the index says of it at the moment.
    private static func add(_ state: StoredEmail.State, to email: inout Email) {
        email.id = state.id
        email.threadID = state.threadID
        email.flags = state.flags
        email.date = state.date
        email.sentAt = state.sentAt
        email.receivedAt = state.receivedAt
        email.size = state.size
        email.isTruncated = state.isTruncated
        email.keywords = state.keywords
        email.labels = state.labels
        email.places = state.places
    }
}
