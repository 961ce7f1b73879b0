import Foundation
import Testing

@testable import MIME

/// Thunderbird's messages and the bodies it shows of them.
@Suite struct MailnewsConformance {
    @Test func bodiesOfMailnews() {
        guard let folder = CorpusFolder.folder("mime/mailnews") else { return }
        var tally = ConformanceTally(source: "mailnews bodies")
        for path in CorpusFolder.files(below: folder) where path.hasSuffix(".out") {
            let stem = String(path.dropLast(4))
            let expected = CorpusFolder.bytes(folder.appending(path: path))
            let message = MessageParser().parse(CorpusFolder.bytes(folder.appending(path: stem)))
            let mine = message.text.words
            // Some of theirs are the HTML itself.
            let plain = String(decoding: expected, as: UTF8.self).words
            let html = HTMLText.extract(expected, limit: 1 << 20).text.words
            tally.add(stem, mine == plain || mine == html ? [] : ["\(mine) for \(plain)"])
        }
        tally.report()
        let unexplained = tally.unexplained(reasons)
        #expect(unexplained.isEmpty, Comment(rawValue: unexplained.joined(separator: "\n")))
    }

    private let reasons: [String: String] = [:]

    /// notmuch's: a `>` inside of an attribute ends no tag.
    @Test func theTextOfAnAttributeIsHidden() {
        guard let folder = CorpusFolder.folder("mime/notmuch/html") else { return }
        let message = MessageParser().parse(CorpusFolder.bytes(folder.appending(path: "attribute-text")))
        #expect(message.text.contains("hunter2") && !message.text.contains("swordfish"))
    }
}
