import Foundation
import Testing

@testable import MIME

/// Real mail without expected results: each message gives something that a person can use.
@Suite struct UnexpectantCorpus {
    @Test(arguments: [
        "notmuch", "mu", "mikel-mail", "flanker", "nodemailer-mailparser", "postal-mime", "jsmime", "mailnews",
        "james-project", "rspamd", "aerc-threading", "mimekit", "mailcore2", "mail-parser", "james-mime4j",
    ])
    func everyFileIsRead(_ source: String) {
        guard let folder = CorpusFolder.folder("mime/" + source) else { return }
        var files = 0
        var withText = 0
        var withDefects = 0
        for path in CorpusFolder.files(below: folder) {
            let bytes = CorpusFolder.bytes(folder.appending(path: path))
            let message = MessageParser().parse(bytes)
            files += 1
            if !message.text.isEmpty || !message.attachments.isEmpty { withText += 1 }
            if !message.defects.isEmpty { withDefects += 1 }
            #expect(message.newTextPreview.count <= MessageParser.previewLimit, Comment(rawValue: path))
            #expect(!message.subject.contains("\n"), Comment(rawValue: path))
            let numbers = Self.numbers(message.root)
            #expect(Set(numbers).count == numbers.count, Comment(rawValue: path))
        }
        print("read \(source): \(files) files, \(withText) with text or attachments, \(withDefects) with defects")
        #expect(files > 0)
    }

    private static func numbers(_ part: Part) -> [String] {
        [part.partID] + part.children.flatMap(numbers)
    }
}
