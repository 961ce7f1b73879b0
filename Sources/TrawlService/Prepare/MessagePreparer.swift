import IMAPCore
import MIME
import MailIndex
import MailSearch
import NIOCore

/// Makes messages ready for the index: parsed, their text folded out and compressed, their places told.
///
/// Holds no state, so that any number of tasks may use one at the same time.
struct MessagePreparer: Sendable {
    let parser: MessageParser
    let commands: AttachmentCommands
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    /// What the index wants texts to be compressed with.
    let compression: @Sendable () -> TextCompression

    init(
        parser: MessageParser = MessageParser(), commands: AttachmentCommands = AttachmentCommands([:]),
        now: @escaping @Sendable () -> Int64, compression: @escaping @Sendable () -> TextCompression = { .plain }
    ) {
        self.parser = parser
        self.commands = commands
        self.now = now
        self.compression = compression
    }

    /// Whether the text of such an attachment can be had, so that it is worth fetching.
    func reads(mediaType: String, name: String?) -> Bool {
        commands.reads(mediaType) || AttachmentText.extract([], mediaType: mediaType, name: name) != nil
    }

    /// Never fails: a message that cannot be read stands in the index with what could be read.
    func prepare(_ fetched: FetchedMessage, mailbox: MailboxID, uidValidity: UInt32) async -> PlacedDocument {
        place(await read(fetched), fetched, mailbox, uidValidity)
    }

    /// As above; nil where an alternative that was not fetched may say more than the one that was.
    func prepareIfEnough(_ fetched: FetchedMessage, mailbox: MailboxID, uidValidity: UInt32) async -> PlacedDocument? {
        let message = await read(fetched)
        return message.needsAlternative ? nil : place(message, fetched, mailbox, uidValidity)
    }

    private func place(
        _ message: Message, _ fetched: FetchedMessage, _ mailbox: MailboxID, _ uidValidity: UInt32
    ) -> PlacedDocument {
        let document = MessageDocument(
            message, receivedAt: fetched.internalDate, size: fetched.size, identities: fetched.identities, now: now(),
            compression: compression())
        let place = Place(
            mailbox: mailbox, uid: fetched.uid, uidValidity: uidValidity, flags: fetched.flags, modSeq: fetched.modSeq)
        return PlacedDocument(document: document, place: place)
    }

    private func read(_ fetched: FetchedMessage) async -> Message {
        switch fetched.content {
        case .whole(let buffer):
            var message = buffer.withUnsafeReadableBytes { parser.parse($0) }
            if needsCommands(message) {
                let bytes = Array(buffer.readableBytesView)
                await commands.addTexts(to: &message) { parser.decodedBody(of: $0, in: bytes) }
            }
            return message
        case .parts(let parts, let response):
            var message = parts.message(from: response, parser: parser)
            if needsCommands(message) {
                await commands.addTexts(to: &message) { parts.decodedBody(of: $0, in: response, parser: parser) }
            }
            return message
        case .header(let buffer):
            return buffer.withUnsafeReadableBytes { parser.parse($0) }
        case .none:
            return Message()
        }
    }

    private func needsCommands(_ message: Message) -> Bool {
        guard !commands.isEmpty else { return false }
        return message.attachments.contains { $0.text == nil && commands.reads($0.mediaType) }
    }
}

extension TextParts {
    /// An attachment's content, its transfer encoding undone.
    func decodedBody(of partID: String, in response: FetchResponse, parser: MessageParser) -> [UInt8]? {
        guard let part = part(partID), let encoded = bytes(of: part, in: response) else { return nil }
        // A message of this one part: the parser undoes the encoding as it does everywhere.
        var message = Array("Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: ".utf8)
        message += Array(part.encoding.utf8.filter { $0 > 0x20 && $0 < 0x7F })
        message += Array("\r\n\r\n".utf8)
        message += encoded.readableBytesView
        return parser.decodedBody(of: "1", in: message)
    }
}
