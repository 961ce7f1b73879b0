import MIME
import MailIndex
import MailSearch

/// What a piece of work of an import comes to: messages ready to be written.
struct ImportChunk: Sendable {
    struct Message: Sendable {
        var item: ImportPlan.Item
        var document: MessageDocument
        var flags: FlagSet
    }

    private(set) var messages: [Message] = []
    /// Octets of their texts, as ``MessageDocument/byteCount`` counts them.
    private(set) var byteCount = 0
    var problems: [String] = []
    var unreadable: [ImportPlan.Item] = []
    /// Of files that turned out to hold nothing for the index.
    var passed: [ImportPlan.Item] = []
    /// Octets of the files that were read.
    var octets = 0

    /// Reads and parses.
    static func prepare(_ work: [ImportFeed.Work], _ context: MailImport) async -> ImportChunk {
        var chunk = ImportChunk()
        let parser = MessageParser()
        for piece in work {
            let item = piece.item
            let bytes: [UInt8]
            if let given = piece.bytes {
                bytes = given
            } else {
                do {
                    bytes = try Files.read(item.path ?? item.name, limit: SourceImport.longestMessage)
                } catch {
                    // Maildir files are renamed while one looks: the next import sees them again.
                    chunk.problems.append(error.message)
                    chunk.unreadable.append(item)
                    continue
                }
            }
            chunk.octets += bytes.count
            var message = parser.parse(bytes)
            if !context.commands.isEmpty {
                await context.commands.addTexts(to: &message) { parser.decodedBody(of: $0, in: bytes) }
            }
            let told = MessageFlags(message)
            if told.isExpunged {
                chunk.passed.append(item)
                continue
            }
            // A message that tells no time at all came when its file did.
            let hasTime = message.date != nil || message.receivedDate != nil
            let fileTime = item.path == nil ? nil : item.stamp / 1_000_000_000
            let document = MessageDocument(
                message, receivedAt: hasTime ? nil : fileTime, size: bytes.count, now: context.now,
                compression: context.store.compression)
            chunk.byteCount += document.byteCount
            chunk.messages.append(
                Message(
                    item: item, document: document,
                    flags: FlagSet(imap: item.flags ?? told.flags, labels: told.labels)))
        }
        return chunk
    }
}
