import IMAPCore
import MIME
import MailIndex
import MailSearch
import NIOCore
import Testing

@testable import TrawlService

struct TextPartsTests {
    private func part(_ number: String, _ type: String, _ subtype: String, size: Int = 100) -> BodyStructure {
        var part = BodyStructure()
        part.partNumber = number
        part.type = type
        part.subtype = subtype
        part.size = size
        return part
    }

    private static let header = FetchItem.body(BodySection(.headerFieldsNot(TextParts.traceFields)))

    private func mixed(_ parts: [BodyStructure]) -> BodyStructure {
        var root = part("", "multipart", "mixed", size: 0)
        root.parts = parts
        return root
    }

    @Test func headerAndTextsAreAskedForAndPicturesAreNot() {
        let structure = mixed([part("1", "text", "plain"), part("2", "image", "png"), part("3", "text", "html")])
        let parts = TextParts(structure) { _, _ in false }
        #expect(
            parts.items == [Self.header, .body(BodySection(part: "1")), .body(BodySection(part: "3"))])
    }

    @Test func aLongTextIsCutAndALargeAttachmentLeftOut() {
        let structure = mixed([
            part("1", "text", "plain", size: TextParts.longestText + 1),
            part("2", "application", "pdf", size: TextParts.largestAttachment),
            part("3", "application", "pdf", size: TextParts.largestAttachment + 1),
        ])
        let parts = TextParts(structure) { type, _ in type == "application/pdf" }
        #expect(
            parts.items == [
                Self.header, .body(BodySection(part: "1"), range: 0..<TextParts.longestText),
                .body(BodySection(part: "2")),
            ])
        #expect(parts.attachmentOctets == TextParts.largestAttachment)
    }

    @Test func whereNoDateIsToldElsewhereTheWholeHeaderIsAskedFor() {
        let parts = TextParts(part("1", "text", "plain"), wantsTrace: true) { _, _ in false }
        #expect(parts.items == [.body(.header), .body(BodySection(part: "1"))])
    }

    @Test func htmlBesidePlainTextWaitsUntilThatTurnsOutToSayLittle() {
        func alternative(_ plain: BodyStructure, _ html: BodyStructure) -> TextParts {
            var root = part("", "multipart", "alternative", size: 0)
            root.parts = [plain, html]
            return TextParts(root) { _, _ in false }
        }
        let html = part("2", "text", "html", size: 20_000)
        let first = FetchItem.body(BodySection(part: "1"))
        let second = FetchItem.body(BodySection(part: "2"))
        let waiting = alternative(part("1", "text", "plain", size: TextParts.leastPlain), html)
        #expect(waiting.items == [Self.header, first])
        #expect(waiting.alternatives == [second])
        // So little that it cannot be enough.
        let short = alternative(part("1", "text", "plain", size: TextParts.leastPlain - 1), html)
        #expect(short.items == [Self.header, first, second])
        #expect(short.alternatives == [])
        // A file, whatever it stands beside.
        var file = html
        file.parameters = [BodyStructure.Parameter(name: "name", value: "report.html")]
        #expect(alternative(part("1", "text", "plain", size: 5_000), file).alternatives == [])
    }

    @Test func noMoreThanALimitOfPartsIsAskedFor() {
        let many = mixed((1...1_000).map { part("\($0)", "text", "plain") })
        #expect(TextParts(many) { _, _ in false }.items.count <= TextParts.mostParts + 1)
    }

    @Test func theMessageIsPutTogetherFromWhatCame() {
        let structure = mixed([part("1", "text", "plain"), part("2", "text", "plain")])
        let parts = TextParts(structure) { _, _ in false }
        var response = FetchResponse(uid: 1)
        let header = "Subject: In parts\r\nFrom: ana@example.org\r\nContent-Type: multipart/mixed; boundary=x\r\n\r\n"
        response.sections = [
            FetchedSection(section: .header, content: .bytes(ByteBuffer(string: header))),
            FetchedSection(section: BodySection(part: "1"), content: .bytes(ByteBuffer(string: "Here is the first."))),
            FetchedSection(section: BodySection(part: "2"), content: .absent),
        ]
        let message = parts.message(from: response, parser: MessageParser())
        #expect(message.subject == "In parts")
        #expect(message.text.contains("Here is the first."))
    }

    @Test func commandsReadWhatNothingElseCan() async {
        let commands = AttachmentCommands(["application/pdf": ["tr", "a-z", "A-Z"], "image/gif": ["/no/such/program"]])
        let text = """
            Subject: attached\r
            Content-Type: multipart/mixed; boundary=x\r
            \r
            --x\r
            Content-Type: application/pdf; name=a.pdf\r
            Content-Disposition: attachment\r
            Content-Transfer-Encoding: base64\r
            \r
            cXVhcnRlcmx5IGZpZ3VyZXM=\r
            --x\r
            Content-Type: image/gif; name=b.gif\r
            Content-Transfer-Encoding: base64\r
            \r
            AAAA\r
            --x--\r

            """
        let preparer = MessagePreparer(commands: commands, now: { 1_700_000_000 })
        let fetched = FetchedMessage(
            uid: 1, flags: FlagSet.none, internalDate: nil, size: text.utf8.count, identities: [],
            content: .whole(ByteBuffer(string: text)))
        let placed = await preparer.prepare(fetched, mailbox: MailboxID(rawValue: 1), uidValidity: 1)
        #expect(placed.document.byteCount > 0)
        var message = MessageParser().parse(Array(text.utf8))
        await commands.addTexts(to: &message) { MessageParser().decodedBody(of: $0, in: Array(text.utf8)) }
        #expect(message.attachments.first { $0.name == "a.pdf" }?.text == "QUARTERLY FIGURES")
        #expect(message.attachments.first { $0.name == "b.gif" }?.text == nil)
    }
}
