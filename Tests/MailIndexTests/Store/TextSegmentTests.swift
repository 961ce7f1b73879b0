import MIME
import Testing

@testable import MailIndex
@testable import MailSearch

/// How the text index is written: its parts are few and large.
@Suite("Parts of the text index")
struct TextSegmentTests {
    /// FTS5's parts; a part's number stands in the upper bits of its pages' ids.
    private func parts(_ fixture: IndexFixture) throws -> Int64? {
        try fixture.store.read { database in
            try SQLStatement(database, "SELECT count(DISTINCT id >> 37) FROM message_text_data WHERE id > 10")
                .runForInteger()
        }
    }

    @Test("a batch makes one part, whatever addresses, lists, types, tags and threads are new in it")
    func onePart() async throws {
        let fixture = try IndexFixture()
        var batch = IndexBatch(now: IndexFixture.now)
        for number in 0..<60 {
            let document = MessageDocument.sample(
                "letter \(number)", body: "text of letter \(number)", id: "\(number)@example.org",
                // The twentieth and those after it each join two threads of those before.
                references: number < 20 ? [] : ["\(number - 20)@example.org", "\(number - 1)@example.org"],
                from: "sender\(number)@example.org", date: Int64(number * 60 - 7_200),
                list: "list\(number).example.org",
                attachments: [
                    Attachment(partID: "2", name: "a.bin", mediaType: "application/x-\(number)", size: 1, text: nil)
                ])
            batch.additions.append(
                PlacedDocument(
                    document: document,
                    place: fixture.place(UInt32(number + 1), flags: ["$Keyword\(number)"], labels: ["Label \(number)"]))
            )
        }
        try await fixture.store.apply(batch)
        #expect(try parts(fixture) == 1)
        #expect(try fixture.subjects("in:inbox", threads: true).count == 1)
        #expect(try fixture.subjects("from:sender17") == ["letter 17"])
        #expect(try fixture.subjects("list:list18.example.org label:\"label 18\"") == ["letter 18"])
        #expect(try fixture.problems().isEmpty)
    }
}
