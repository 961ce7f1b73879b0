import Foundation
import Testing

@testable import MIME

/// MailCore 2's messages of many languages and the plain text it makes of them.
@Suite struct Mailcore2Conformance {
    @Test func wordsOfMailcore2Summaries() {
        guard let folder = CorpusFolder.folder("mime/mailcore2/summary") else { return }
        var tally = ConformanceTally(source: "mailcore2 summaries")
        for path in CorpusFolder.files(below: folder.appending(path: "input")) where path.hasSuffix(".eml") {
            let stem = String(path.dropLast(4))
            let expected = String(
                decoding: CorpusFolder.bytes(folder.appending(path: "output/" + stem + ".txt")), as: UTF8.self)
            let message = MessageParser().parse(CorpusFolder.bytes(folder.appending(path: "input/" + path)))
            var mine = Set(Self.words(message.text))
            for attachment in message.attachments {
                mine.formUnion(Self.words(attachment.name ?? ""))
                mine.formUnion(Self.words(attachment.text ?? ""))
            }
            for address in message.from + message.to + message.cc + message.replyTo + message.bcc {
                mine.formUnion(Self.words((address.name ?? "") + " " + address.email))
            }
            mine.formUnion(Self.words(message.subject))
            // Their summary opens with the header in a form of its own.
            var body = expected.split(separator: "\n\n", maxSplits: 1).last.map(String.init) ?? expected
            // The addresses of links, which they put behind each link's text, and sizes and dates in their wording.
            body = body.replacing(/\S*(:\/\/|mailto:|\(\/\/)\S*/, with: " ")
            body = body.replacing(/(?m)^(- .*, \d+ [kM]?B.*|Date: .*)$/.ignoresCase(), with: " ")
            let missing = Set(Self.words(body)).subtracting(mine)
            tally.add(stem, missing.isEmpty ? [] : ["missing \(missing.count): \(missing.sorted().prefix(12))"])
        }
        tally.report()
        let unexplained = tally.unexplained(Mailcore2Reasons.summaries)
        #expect(unexplained.isEmpty, Comment(rawValue: unexplained.joined(separator: "\n")))
    }

    @Test func headersAndNamesOfMailcore2Parser() throws {
        guard let folder = CorpusFolder.folder("mime/mailcore2/parser") else { return }
        var tally = ConformanceTally(source: "mailcore2 parser")
        for path in CorpusFolder.files(below: folder.appending(path: "output")) {
            let data = try Data(contentsOf: folder.appending(path: "output/" + path))
            guard let tree = try JSONSerialization.jsonObject(with: data) as? [String: Any] else { continue }
            let message = MessageParser().parse(CorpusFolder.bytes(folder.appending(path: "input/" + path)))
            tally.add(path, Self.differences(tree, message))
        }
        tally.report()
        let unexplained = tally.unexplained(Mailcore2Reasons.parser)
        #expect(unexplained.isEmpty, Comment(rawValue: unexplained.joined(separator: "\n")))
    }

    @Test func charsetsOfMailcore2AreGuessed() {
        guard let folder = CorpusFolder.folder("mime/mailcore2/charset-detection/input") else { return }
        for path in CorpusFolder.files(below: folder) {
            let guessed = CorpusFolder.bytes(folder.appending(path: path)).withUnsafeBytes { bytes in
                TextDecoder.decode(bytes, as: nil, into: ByteSink()).charset
            }
            let expected = Charset.named(String(path.dropLast(4)))
            #expect(guessed == expected, Comment(rawValue: path))
        }
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
    }

    private static func differences(_ tree: [String: Any], _ message: Message) -> [String] {
        var result: [String] = []
        func expect(_ what: String, _ mine: String, _ theirs: String) {
            if mine != theirs { result.append("\(what): \(mine.debugDescription) for \(theirs.debugDescription)") }
        }
        guard let header = tree["header"] as? [String: Any] else { return [] }
        if let subject = header["subject"] as? String {
            expect("subject", message.subject.words.joined(separator: " "), subject.words.joined(separator: " "))
        }
        if let id = header["messageID"] as? String, !message.messageIDs.isEmpty {
            expect("message id", message.messageIDs.first ?? "", id)
        }
        if let date = header["date"] as? String, let own = message.date {
            // They read years of two digits a century late, which is 36,525 days.
            let isCenturyOff = String(own.secondsSince1970 + 3_155_760_000) == date
            if !isCenturyOff { expect("date", String(own.secondsSince1970), date) }
        }
        if let from = header["from"] as? [String: Any], let mailbox = from["mailbox"] as? String {
            expect("from", message.from.first?.email ?? "", mailbox)
            if let name = from["displayName"] as? String {
                expect("from name", (message.from.first?.name ?? "").words.joined(separator: " "), name)
            }
        }
        for (key, own) in [("to", message.to), ("cc", message.cc), ("replyTo", message.replyTo)] {
            guard let list = header[key] as? [[String: Any]] else { continue }
            let theirs = list.compactMap { $0["mailbox"] as? String }
            expect(key, own.map(\.email).joined(separator: ","), theirs.joined(separator: ","))
        }
        if let main = tree["mainPart"] as? [String: Any] {
            expect("types", Self.types(message.root), Self.types(main))
        }
        return result
    }

    private static func types(_ part: Part) -> String {
        if part.mediaType.hasPrefix("multipart/") {
            // They know three kinds of multipart, and take all others for mixed.
            let known = ["multipart/alternative", "multipart/related", "multipart/signed"]
            return (known.contains(part.mediaType) ? part.mediaType : "multipart/mixed") + "("
                + part.children.map(types).joined(separator: ",") + ")"
        }
        return part.mediaType.hasPrefix("message/rfc822") ? "message/rfc822" : part.mediaType
    }

    private static func types(_ part: [String: Any]) -> String {
        guard let array = part["parts"] as? [String: Any], let parts = array["items"] as? [[String: Any]] else {
            return (part["mimeType"] as? String ?? "message/rfc822").lowercased()
        }
        let type = part["partType"] as? String ?? ""
        return type + "(" + parts.map(types).joined(separator: ",") + ")"
    }
}
