import TestSupport
import Testing

@testable import MailSearch

@Suite("Messages kept decoded")
struct KeptMessagesTests {
    private static func stored(_ body: String) -> [UInt8] {
        TextCodec.encode(fields: "", preview: "", body: body, attachments: "")
    }

    private static func message(_ stored: [UInt8]) throws -> KeptMessage {
        let message = stored.withUnsafeBytes { bytes in
            KeptMessage(bytes, nil) { texts in
                Email.nameless(preview: String(decoding: texts.body.prefix(10), as: UTF8.self))
            }
        }
        return try #require(message)
    }

    @Test("what is kept is of its stored bytes alone, and told as they tell it")
    func isOfItsBytes() throws {
        let stored = Self.stored(String(repeating: "first ", count: 100))
        let message = try Self.message(stored)
        #expect(stored.withUnsafeBytes { message.isMade(of: $0, nil) })
        #expect(!Self.stored("second").withUnsafeBytes { message.isMade(of: $0, nil) })
        #expect(!stored.dropLast().withUnsafeBytes { message.isMade(of: $0, nil) })
        var other = stored
        other[other.count - 1] ^= 1
        #expect(!other.withUnsafeBytes { message.isMade(of: $0, nil) })
        #expect(message.email.preview == "first firs")
        #expect(message.withTexts { $0.body.count } == 600)
        #expect(
            [UInt8]("no codec".utf8).withUnsafeBytes { KeptMessage($0, nil) { _ in .nameless(preview: "") } } == nil)
    }

    @Test("what a presenter makes of it is made once")
    func presentation() throws {
        let message = try Self.message(Self.stored("text"))
        var count = 0
        for _ in 0..<3 {
            let made = message.presentation { email in
                count += 1
                return [Array(email.preview.utf8)]
            }
            #expect(made == [Array("text".utf8)])
        }
        #expect(count == 1)
    }

    @Test("no more is kept than the limit allows, and what is asked for stays longest")
    func limit() throws {
        let capacity = 100_000
        let kept = KeptMessages(capacity: capacity)
        let often = try Self.message(Self.stored("often"))
        kept.keep(often, for: 1)
        for id in Int64(2)...400 {
            kept.keep(try Self.message(Self.stored(String(repeating: "\(id) ", count: Int(id)))), for: id)
            #expect(kept.size <= capacity)
            #expect(kept.message(1) === often)
        }
        #expect(kept.message(2) == nil)
        #expect(kept.message(400) != nil)
        // In the place of one that was kept by the same number.
        let last = try Self.message(Self.stored("last"))
        kept.keep(last, for: 400)
        #expect(kept.message(400) === last)
        #expect(kept.size > capacity / 2)
    }

    @Test("what is shown again is to be kept, what is shown once is not")
    func seen() {
        let kept = KeptMessages(capacity: 1)
        for id in Int64(1)...100 { #expect(!kept.wasSeen(id * 1_000_003)) }
        // Few of so few share a place.
        #expect((Int64(1)...100).count { kept.wasSeen($0 * 1_000_003) } > 90)
        for id in Int64(1)...100_000 { _ = kept.wasSeen(-id) }
        #expect(!(Int64(1)...100).contains { kept.wasSeen($0 * 1_000_003) })
    }

    @Test("a message above the limit of one is not kept")
    func largest() throws {
        let kept = KeptMessages(capacity: 1 << 20)
        kept.keep(try Self.message(Self.stored(String(repeating: "x", count: KeptMessages.largest))), for: 1)
        #expect(kept.message(1) == nil)
        #expect(kept.size == 0)
    }
}

extension Email {
    fileprivate static func nameless(preview: String) -> Email {
        Email(
            id: EmailID(rawValue: 0), threadID: EmailID(rawValue: 0), messageIDs: [], inReplyTo: [], references: [],
            from: [], sender: [], replyTo: [], to: [], cc: [], bcc: [], subject: "", sentAt: nil, receivedAt: nil,
            date: 0, size: 0, flags: [], keywords: [], labels: [], attachments: [], preview: preview, listID: nil,
            isTruncated: false, places: [])
    }
}
