import Foundation
import Testing

@testable import MIME

/// Apache James's messages and the documents it indexes of them.
@Suite struct JamesProjectConformance {
    /// Document → message, where they are not named alike.
    private static let others = [
        "emailWithNonIndexableAttachmentWithoutAttachment": "emailWithNonIndexableAttachment",
        "nonTextualWithoutAttachmentTextContent": "nonTextual", "spamMailNoHeaders": "spamMail",
    ]

    private let reasons: [String: String] = [
        "mail": "the list's tag in brackets is part of the subject",
        "spamMail": "the list's tag in brackets is part of the subject",
        "spamMailNoHeaders": "the list's tag in brackets is part of the subject",
    ]

    @Test func documentsOfJames() throws {
        guard let folder = CorpusFolder.folder("mime/james-project") else { return }
        var tally = ConformanceTally(source: "james-project")
        for path in CorpusFolder.files(below: folder) where path.hasSuffix(".json") {
            let stem = String(path.dropLast(5))
            let data = try Data(contentsOf: folder.appending(path: path))
            guard let document = try JSONSerialization.jsonObject(with: data) as? [String: Any] else { continue }
            let url = folder.appending(path: (Self.others[stem] ?? stem) + ".eml")
            tally.add(stem, Self.differences(MessageParser().parse(CorpusFolder.bytes(url)), document))
        }
        tally.report()
        let unexplained = tally.unexplained(reasons)
        #expect(unexplained.isEmpty, Comment(rawValue: unexplained.joined(separator: "\n")))
    }

    private static func differences(_ message: Message, _ document: [String: Any]) -> [String] {
        var result: [String] = []
        func expect(_ what: String, _ mine: String, _ theirs: String) {
            if mine != theirs { result.append("\(what): \(mine.debugDescription) for \(theirs.debugDescription)") }
        }
        func contains(_ what: String, _ mine: String, _ theirs: String?) {
            let missing = Set(words(theirs ?? "")).subtracting(words(mine)).sorted()
            if !missing.isEmpty { result.append("\(what) lacks \(missing.count): \(missing.prefix(8))") }
        }
        if let subject = (document["subject"] as? [String])?.first { expect("subject", message.subject, subject) }
        if let id = document["mimeMessageID"] as? String {
            expect("id", message.messageIDs.first ?? "", id.trimmingCharacters(in: ["<", ">"]))
        }
        if let date = document["sentDate"] as? String {
            let theirs = Array(date.utf8).withUnsafeBytes { DateParser.parse($0) }
            expect("date", "\(message.date?.secondsSince1970 ?? 0)", "\(theirs?.secondsSince1970 ?? 0)")
        }
        for (key, list) in [("from", message.from), ("to", message.to), ("cc", message.cc), ("bcc", message.bcc)] {
            let theirs = (document[key] as? [[String: Any]] ?? []).map {
                ($0["name"] as? String ?? "") + "|" + ($0["address"] as? String ?? "")
            }
            expect(
                key, list.map { ($0.name ?? "") + "|" + $0.email }.sorted().joined(separator: ";"),
                theirs.sorted().joined(separator: ";"))
        }
        contains("text", message.text, document["textBody"] as? String)
        if let html = document["htmlBody"] as? String {
            // A body that was sent as a file is one here.
            let everything = ([message.text] + message.attachments.map { $0.text ?? "" }).joined(separator: "\n")
            contains("html", everything, HTMLText.extract(Array(html.utf8), limit: 4 << 20).text)
        }
        for attachment in document["attachments"] as? [[String: Any]] ?? [] {
            let name = attachment["fileName"] as? String
            let type = "\(attachment["mediaType"] as? String ?? "")/\(attachment["subtype"] as? String ?? "")"
            if let name {
                let mine = message.attachments.first { $0.name == name }
                expect("attachment \(name)", mine?.mediaType ?? "none", type)
                contains("text of \(name)", mine?.text ?? "", attachment["textContent"] as? String)
            } else {
                let everything = ([message.text] + message.attachments.map { $0.text ?? "" }).joined(separator: "\n")
                contains("text of a part", everything, attachment["textContent"] as? String)
            }
        }
        return result
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
    }
}
