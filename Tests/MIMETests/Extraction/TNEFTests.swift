import MIME
import Testing

/// winmail.dat, built attribute by attribute.
struct TNEFTests {
    private func word16(_ value: Int) -> [UInt8] {
        [UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)]
    }

    private func word32(_ value: Int) -> [UInt8] {
        word16(value) + word16(value >> 16)
    }

    private func attribute(_ level: UInt8, _ id: Int, _ data: [UInt8]) -> [UInt8] {
        [level] + word32(id) + word32(data.count) + data + word16(data.reduce(0) { $0 + Int($1) })
    }

    private func stream(_ attributes: [[UInt8]]) -> [UInt8] {
        [0x78, 0x9F, 0x3E, 0x22, 1, 0] + attributes.flatMap { $0 }
    }

    private func property(_ id: Int, _ type: Int, _ data: [UInt8]) -> [UInt8] {
        let padding = Array(repeating: UInt8(0), count: (4 - data.count % 4) % 4)
        return word16(type) + word16(id) + word32(1) + word32(data.count) + data + padding
    }

    private func properties(_ list: [[UInt8]]) -> [UInt8] {
        word32(list.count) + list.flatMap { $0 }
    }

    private func utf16(_ text: String) -> [UInt8] {
        (Array(text.utf16) + [0]).flatMap { word16(Int($0)) }
    }

    private func extract(_ bytes: [UInt8]) throws -> AttachmentExtraction {
        try #require(AttachmentText.extract(bytes, mediaType: "application/ms-tnef", name: nil))
    }

    @Test func plainBodySubjectAndAttachments() throws {
        let found = try extract(
            stream([
                attribute(1, 0x0001_8004, Array("Sujet\0".utf8)),
                attribute(1, 0x0006_9007, word32(1252) + word32(0)),
                attribute(1, 0x0002_800C, Array("caf".utf8) + [0xE9, 0x0D, 0x0A, 0x62, 0]),
                attribute(2, 0x0006_9002, [1, 0, 0, 0]),
                attribute(2, 0x0001_8010, Array("SHORT~1.TXT\0".utf8)),
                attribute(2, 0x0006_800F, Array("inner words".utf8)),
                attribute(
                    2, 0x0006_9005,
                    properties([
                        // A number and a named property stand ahead of the name.
                        word16(0x03) + word16(0x0E21) + word32(7),
                        word16(0x1F) + word16(0x8001) + Array(repeating: 9, count: 16) + word32(1) + word32(6)
                            + utf16("ab") + [0, 0] + word32(1) + word32(4) + utf16("x"),
                        property(0x3707, 0x1F, utf16("long näme.txt")),
                    ])),
                attribute(2, 0x0006_9002, [1, 0, 0, 0]),
                attribute(2, 0x0001_8010, Array("pic.png\0".utf8)),
            ]))
        #expect(found.title == "Sujet")
        #expect(found.innerNames == ["long näme.txt", "pic.png"])
        #expect(found.text == "café\nb\ninner words")
        #expect(!found.isDamaged)
    }

    @Test func htmlBodyBeforeAnyOther() throws {
        let found = try extract(
            stream([
                attribute(
                    1, 0x0006_9003,
                    properties([
                        property(0x1000, 0x1E, Array("plain\0".utf8)),
                        property(0x1013, 0x102, Array("<p>rich <b>t</b>ext".utf8)),
                    ]))
            ]))
        #expect(found.text == "rich text")
    }

    @Test func compressedRichTextBody() throws {
        // The example of MS-OXRTFCP, section 4.1.1.
        let packed: [UInt8] = [
            0x2D, 0, 0, 0, 0x2B, 0, 0, 0, 0x4C, 0x5A, 0x46, 0x75, 0xF1, 0xC5, 0xC7, 0xA7, 0x03, 0, 0x0A, 0, 0x72, 0x63,
            0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0A, 0xF3, 0x20, 0x68, 0x65, 0x6C, 0x09, 0, 0x20, 0x62, 0x77,
            0x05, 0xB0, 0x6C, 0x64, 0x7D, 0x0A, 0x80, 0x0F, 0xA0,
        ]
        let found = try extract(stream([attribute(1, 0x0006_9003, properties([property(0x1009, 0x102, packed)]))]))
        #expect(found.text == "hello world")
    }

    @Test func messageWithinMessage() throws {
        let inner = stream([
            attribute(1, 0x0001_8004, Array("Inner subject\0".utf8)),
            attribute(1, 0x0002_800C, Array("inner body".utf8)),
        ])
        let object = Array(repeating: UInt8(7), count: 16) + inner
        let found = try extract(
            stream([
                attribute(1, 0x0002_800C, Array("outer".utf8)), attribute(2, 0x0006_9002, [1, 0]),
                attribute(2, 0x0006_9005, properties([property(0x3701, 0x0D, object)])),
            ]))
        #expect(found.text == "outer\nInner subject\ninner body")
    }

    @Test func nestingPastTheLimitStops() throws {
        var message = stream([attribute(1, 0x0002_800C, Array("deepest".utf8))])
        for _ in 0..<50 {
            let object = Array(repeating: UInt8(7), count: 16) + message
            message = stream([
                attribute(2, 0x0006_9002, [1, 0]),
                attribute(2, 0x0006_9005, properties([property(0x3701, 0x0D, object)])),
            ])
        }
        #expect(try extract(message).text == "")
    }

    @Test(arguments: [0, 3, 6, 10, 20, 40, 60])
    func truncatedStreams(_ length: Int) throws {
        let whole = stream([
            attribute(1, 0x0002_800C, Array("some body text".utf8)), attribute(2, 0x0001_8010, Array("a.txt\0".utf8)),
        ])
        _ = try extract(Array(whole.prefix(length)))
        let cut = try extract(Array(whole.prefix(20)))
        #expect(cut.text == "some")
        #expect(cut.isDamaged)
    }

    @Test func seededMutations() {
        let seed = UInt64.random(in: .min ... .max)
        print("winmail.dat mutations: seed \(seed)")
        var random = TextFixtures.Random(seed: seed)
        let whole = stream([
            attribute(
                1, 0x0006_9003, properties([property(0x1000, 0x1F, utf16("body")), property(0x1009, 0x102, [1])])),
            attribute(2, 0x0006_9002, [1]), attribute(2, 0x0006_9005, properties([property(0x3707, 0x1E, [65, 0])])),
            attribute(2, 0x0006_800F, Array("data".utf8)),
        ])
        for _ in 0..<800 {
            var bytes = whole
            random.mutate(&bytes)
            _ = AttachmentText.extract(bytes, mediaType: "application/ms-tnef", name: nil)
        }
    }
}
