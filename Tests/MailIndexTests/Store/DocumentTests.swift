import MIME
import Testing

@testable import MailIndex
@testable import MailSearch

@Suite("Documents")
struct DocumentTests {
    @Test("BLAKE2b gives what RFC 7693's reference gives")
    func blake() {
        func digest(_ text: String, pieces: Int) -> String {
            var hash = Blake2b()
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: max(pieces, 1)) {
                hash.update(Array(bytes[start..<min(start + pieces, bytes.count)]))
            }
            return hash.finish().map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        }
        // From b2sum -l 128.
        for pieces in [1, 7, 64, 127, 128, 129, 1_000] {
            #expect(digest("", pieces: pieces) == "cae66941d9efbd404e4d88758ea67670")
            #expect(digest("abc", pieces: pieces) == "cf4ab791c62b8d2b2109c90275287816")
            #expect(digest(String(repeating: "a", count: 128), pieces: pieces) == "1271d28e731afb57bdfba6bdaf3501be")
            #expect(digest(String(repeating: "a", count: 1_000), pieces: pieces) == "a0e5a332e985551c28a377c40f4139c3")
        }
    }

    @Test("text comes back as it went in, and bytes that are none of it are refused", arguments: [false, true])
    func codec(hasDictionary: Bool) throws {
        let trained = try #require(TextDictionary.train(TextDictionaryTests.samples))
        let dictionary = hasDictionary ? TextDictionary(id: 300, bytes: trained, isForWriting: true) : nil
        #expect((dictionary != nil) == hasDictionary)
        for (preview, body, attachments) in [
            ("", "a", ""), ("", "", "b"), ("p", "", ""), ("short", "short text", "more"),
            (String(repeating: "ab ", count: 80), String(repeating: "long text ä ", count: 5_000), "x.pdf\n"),
            (String(repeating: "cd ", count: 80), String(repeating: "longer text ä ", count: 50_000), "x.pdf\n"),
            (String(repeating: "longer than the first frame ", count: 5_000), "a", "b"),
        ] {
            let texts = DocumentFields.Field.allCases.map { "\($0) of \(preview.prefix(3))" }
            let bytes = TextCodec.encode(
                fields: DocumentFields.encode(texts), preview: preview, body: body, attachments: attachments,
                dictionary: dictionary)
            bytes.withUnsafeBytes { bytes in
                let needed = TextCodec.dictionaryID(bytes) == nil ? nil : dictionary
                #expect(decoded(bytes, .body, needed) == body)
                #expect(decoded(bytes, .attachments, needed) == attachments)
                #expect(head(bytes, needed) == texts + [preview])
                #expect(decoded(bytes, .field(.references), needed) == texts.last)
                for count in 0..<min(bytes.count, 40) {
                    let cut = UnsafeRawBufferPointer(rebasing: bytes[..<count])
                    #expect(decoded(cut, .body, needed) == nil)
                    _ = head(cut, needed)
                }
                // With another dictionary, or none, it is not read as something else.
                if needed != nil {
                    #expect(decoded(bytes, .body, nil) == nil)
                    #expect(head(bytes, nil) == nil)
                }
            }
            if body.count > 1_000 { #expect(bytes.count < body.count / 10) }
        }
        for bytes: [UInt8] in [
            [7, 0, 0, 0, 0], [4, 0], [4, 1, 0, 0, 0], [4, 1, 0, 1, 1, 65], [5, 0, 0, 1, 1, 0xFF],
            [6, 0, 0, 1, 1, 0xAC, 2],
            [], [9], [0, 1], [0, 0, 5, 1, 65], [1, 0, 1, 1, 0xFF], [0, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF],
            [2, 0, 1, 1, 0xFF], [3, 0, 1, 1, 0xAC, 2, 0xFF],
        ] {
            bytes.withUnsafeBytes { #expect(decoded($0, .body, dictionary) == nil) }
        }
    }

    /// Fields and preview as they are read without the rest.
    private func head(_ bytes: UnsafeRawBufferPointer, _ dictionary: TextDictionary?) -> [String]? {
        TextCodec.withHead(bytes, dictionary) { $0.fields.texts + [String(decoding: $0.preview, as: UTF8.self)] }
    }

    @Test("fields are told apart, and those that are missing are empty")
    func fields() {
        let count = DocumentFields.Field.allCases.count
        for texts in [[], ["a"], ["", "b"], (0..<count).map { "field \($0)" }, Array(repeating: "", count: count)] {
            Array(DocumentFields.encode(texts).utf8).withUnsafeBytes { bytes in
                let fields = DocumentFields(bytes)
                let padded = texts + Array(repeating: "", count: count - texts.count)
                #expect(fields.texts == padded)
                for field in DocumentFields.Field.allCases { #expect(fields.text(field) == padded[field.rawValue]) }
            }
        }
        // The numbers that the schema's view names.
        #expect(TextCodec.Section(number: 0) == .body)
        #expect(TextCodec.Section(number: 1) == .attachments)
        #expect(TextCodec.Section(number: 2) == .field(.subject))
        #expect(TextCodec.Section(number: 6) == .field(.bcc))
        #expect(TextCodec.Section(number: 9) == .field(.list))
        #expect(TextCodec.Section(number: 11) == .field(.messageIDs))
        for number in [-1, Int64(count) + 2, .max, .min] { #expect(TextCodec.Section(number: number) == nil) }
    }

    private func decoded(
        _ bytes: UnsafeRawBufferPointer, _ section: TextCodec.Section, _ dictionary: TextDictionary?
    ) -> String? {
        TextCodec.withDecoded(bytes, dictionary) { String(decoding: $0[section], as: UTF8.self) }
    }

    @Test("columns hold any names and addresses")
    func columns() {
        let addresses = [
            EmailAddress(name: "A\tB\nC\0D", email: "x@y.example"), EmailAddress(name: nil, email: "only@y.example"),
            EmailAddress(name: "name alone", email: ""), EmailAddress(name: "", email: ""),
        ]
        #expect(
            AddressColumn.decode(AddressColumn.encode(addresses)) == [
                EmailAddress(name: "A B C D", email: "x@y.example"), EmailAddress(name: nil, email: "only@y.example"),
                EmailAddress(name: "name alone", email: ""), EmailAddress(name: nil, email: ""),
            ])
        let attachments = [
            Attachment(partID: "1.2", name: "a\tb\n.txt", mediaType: "Text/Plain", size: 7, isInline: true),
            Attachment(partID: "", name: nil, mediaType: "", size: 0),
        ]
        #expect(
            AttachmentColumn.decode(AttachmentColumn.encode(attachments)) == [
                EmailAttachment(partID: "1.2", name: "a b .txt", mediaType: "text/plain", size: 7, isInline: true),
                EmailAttachment(partID: "", name: nil, mediaType: "", size: 0, isInline: false),
            ])
        #expect(LineColumn.decode("") == [])
        #expect(AddressColumn.decode("garbage\n\n\tx").map(\.email) == ["", "x"])
    }

    @Test("a message has one digest whatever way it came; other content has another")
    func digests() {
        let full = MessageDocument.sample(
            "s", body: "b", attachments: [Attachment(partID: "2", name: "n", mediaType: "a/b", size: 5, text: "t")])
        let bare = MessageDocument.sample(
            "s", body: "b", receivedAt: 5, size: 77,
            attachments: [Attachment(partID: "2", name: "n", mediaType: "a/b", size: 6)])
        #expect(full.digest == bare.digest)
        let others = [
            MessageDocument.sample("s", body: "c"), .sample("s", body: "b"),
            .sample("s", body: "b", from: "z@z.example"),
            .sample("s", body: "b", date: -5), .sample("sb", body: "", id: "s@example.org"),
        ]
        #expect(Set((others + [full]).map(\.digest)).count == others.count + 1)
    }

    @Test("ids are short words, and no other text is one")
    func ids() {
        for value: Int64 in [0, 1, 106_250_000, .max] {
            #expect(EmailID(EmailID(rawValue: value).description) == EmailID(rawValue: value))
        }
        for text in ["", "-1", "+1", "zzzzzzzzzzzzzz", "1r9b0p ", "ü", "1.5"] {
            #expect(EmailID(text) == nil, "\(text)")
        }
    }

    @Test("flags are one set in whatever order and case they are told")
    func flagSets() {
        let one = FlagSet(imap: ["\\SEEN", "b", "$A", "\\Recent", "B", "\\Unknown"], labels: ["x", "X", ""])
        #expect(one == FlagSet(imap: ["$A", "b", "\\Seen"].reversed(), labels: ["X"]) || one.labels.count == 1)
        #expect(one.flags == [.seen])
        #expect(one.keywords == ["$A", "B"])
        #expect(FlagSet(imap: ["line\nend"]).keywords == ["line end"])
        let many = FlagSet(imap: (0..<2_000).map { "k\($0)" } + [String(repeating: "x", count: 2_000)])
        #expect(many.keywords.count == FlagSet.maximumCount)
    }

    @Test("a references header without end keeps its oldest and newest")
    func references() {
        let names = (0..<5_000).map { "r\($0)@example.org" }
        let document = MessageDocument.sample("s", references: names)
        let kept = LineColumn.decode(document.columns.references)
        #expect(kept.count == MessageDocument.maximumReferences)
        #expect(kept.first == names.first && kept.last == names.last)
    }
}
