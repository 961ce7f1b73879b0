import TestSupport
import Testing

@testable import TrawlService

@Suite struct MboxReaderTests {
    private func read(_ text: String, chunk: Int = 1 << 20) throws -> [String] {
        let folder = try TemporaryFolder()
        let path = try folder.write(text, to: "test.mbox")
        var reader = try MboxReader(path: path, chunk: chunk)
        var messages: [String] = []
        while let message = try reader.next() {
            messages.append(String(decoding: message.bytes, as: UTF8.self))
            // What is told as its place is where it is found again.
            #expect(try MboxReader.message(at: message.offset, in: path) == message.bytes)
        }
        return messages
    }

    private let separator = "From ana@example.org Tue Mar  5 12:34:56 2024\n"

    @Test func messagesArePartedAtFromLines() throws {
        let text = separator + "Subject: a\n\none\n\n" + separator + "Subject: b\n\ntwo\n"
        for chunk in [1, 2, 3, 7, 64, 1 << 20] {
            #expect(try read(text, chunk: chunk) == ["Subject: a\n\none\n", "Subject: b\n\ntwo\n"], "\(chunk)")
        }
    }

    @Test func quotedFromLinesLoseOneMark() throws {
        let text = separator + "Subject: a\n\n>From me\n>>From you\n> From\n>Fromage\n\n" + separator + "X: y\n\n"
        #expect(try read(text) == ["Subject: a\n\nFrom me\n>From you\n> From\n>Fromage\n", "X: y\n"])
    }

    @Test func fromInABodyThatIsNoSeparatorStays() throws {
        let body = "Subject: a\n\nHi,\n\nFrom here on it is easy.\nFrom ana 12:30 in a paragraph\n\nbye\n"
        #expect(try read(separator + body) == [body])
    }

    @Test func contentLengthIsBelievedWhereItFits() throws {
        let body = "\nFrom x Tue Mar  5 12:34:56 2024\nY: z\n\nnot a message\n"
        let first = "Subject: a\nContent-Length: \(body.utf8.count)\n\n\(body)"
        #expect(try read(separator + first + "\n" + separator + "B: c\n\nd\n").count == 2)
        // A wrong one is passed over.
        for wrong in ["0", "7", "999999", "99999999999999999999", "-3", "x"] {
            let text = "Subject: a\nContent-Length: \(wrong)\n\none\n"
            #expect(try read(separator + text + "\n" + separator + "B: c\n\nd\n") == [text, "B: c\n\nd\n"], "\(wrong)")
        }
    }

    @Test func lineEndsOfDosAndMissingBlankLinesAreTaken() throws {
        let dos = "From a Tue Mar  5 12:34:56 2024\r\nA: b\r\n\r\none\r\n\r\n"
        #expect(try read(dos + dos) == ["A: b\r\n\r\none\r\n", "A: b\r\n\r\none\r\n"])
        #expect(try read(separator + "A: b\n\none\n" + separator + "C: d\n\ntwo") == ["A: b\n\none\n", "C: d\n\ntwo"])
    }

    @Test func emptyAndForeignFilesHaveNoMessages() throws {
        #expect(try read("") == [])
        #expect(try read("\n\n") == [])
        #expect(try read("no mail\nat all\n") == [])
        #expect(try read("From ") == [""])
    }
}
