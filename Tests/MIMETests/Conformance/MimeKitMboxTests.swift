import Foundation
import Testing

@testable import MIME

/// MimeKit's mbox files: the structure, the header fields and the octets' places it tells of each message.
@Suite struct MimeKitMboxConformance {
    @Test(arguments: ["content-length", "issue1189"])
    func placesAndTypes(_ name: String) throws {
        guard let folder = CorpusFolder.folder("mime/mimekit/mbox") else { return }
        let unix = CorpusFolder.bytes(folder.appending(path: name + ".mbox.txt"))
        var tally = ConformanceTally(source: "mimekit \(name) offsets")
        for (ends, mbox) in [("unix", unix), ("dos", CorpusFolder.withCRLF(unix))] {
            let data = try Data(contentsOf: folder.appending(path: "\(name).\(ends)-offsets.json"))
            let list = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
            for (index, entry) in list.enumerated() {
                let begin = entry["beginOffset"] as? Int ?? 0
                let end = min(entry["endOffset"] as? Int ?? 0, mbox.count)
                guard begin < end else { continue }
                let message = MessageParser().parse(Array(mbox[begin..<end]))
                var differences: [String] = []
                if let body = entry["body"] as? [String: Any] {
                    Self.compare(message.root, body, begin, &differences)
                }
                tally.add("\(ends) \(index)", differences)
            }
        }
        tally.report()
        let unexplained = tally.unexplained(MimeKitReasons.offsets[name] ?? [:])
        #expect(unexplained.isEmpty, Comment(rawValue: unexplained.joined(separator: "\n")))
    }

    @Test(arguments: ["content-length", "issue1189"])
    func summaries(_ name: String) throws {
        guard let folder = CorpusFolder.folder("mime/mimekit/mbox") else { return }
        let mbox = CorpusFolder.bytes(folder.appending(path: name + ".mbox.txt"))
        let data = try Data(contentsOf: folder.appending(path: "\(name).unix-offsets.json"))
        let list = try JSONSerialization.jsonObject(with: data) as? [[String: Any]] ?? []
        let blocks = Self.blocks(folder.appending(path: name + "-summary.txt"))
        var tally = ConformanceTally(source: "mimekit \(name) summary")
        for (index, (entry, block)) in zip(list, blocks).enumerated() {
            let begin = entry["beginOffset"] as? Int ?? 0
            let end = min(entry["endOffset"] as? Int ?? 0, mbox.count)
            guard begin < end else { continue }
            tally.add("\(index)", Self.differences(MessageParser().parse(Array(mbox[begin..<end])), block))
        }
        tally.report()
        let unexplained = tally.unexplained(MimeKitReasons.summaries[name] ?? [:])
        #expect(unexplained.isEmpty, Comment(rawValue: unexplained.joined(separator: "\n")))
    }

    /// The mbox itself is not there; MailCore 2 has most of its messages, numbered as they stand in it.
    @Test func summariesOfJWZ() {
        guard let folder = CorpusFolder.folder("mime") else { return }
        let blocks = Self.blocks(folder.appending(path: "mimekit/mbox/jwz-summary.txt"))
        var tally = ConformanceTally(source: "mimekit jwz summary")
        for (number, message) in Self.jwz(folder) where number <= blocks.count {
            tally.add("\(number)", Self.differences(message, blocks[number - 1]))
        }
        tally.report()
        let unexplained = tally.unexplained(MimeKitReasons.jwz)
        #expect(unexplained.isEmpty, Comment(rawValue: unexplained.joined(separator: "\n")))
    }

    @Test func bodiesOfJWZ() {
        guard let folder = CorpusFolder.folder("mime") else { return }
        var tally = ConformanceTally(source: "mimekit jwz bodies")
        for (number, message) in Self.jwz(folder) {
            let url = folder.appending(path: "mimekit/mbox/jwz.body.\(number - 1).html")
            let html = HTMLText.extract(CorpusFolder.bytes(url), limit: 4 << 20).text
            // What they show of text/richtext and text/enriched are its commands.
            let expected = html.replacing(/<[^<>]*>/, with: " ")
            var mine = Set(Self.words(message.text))
            for attachment in message.attachments { mine.formUnion(Self.words(attachment.text ?? "")) }
            let missing = Set(Self.words(expected)).subtracting(mine)
            tally.add("\(number)", missing.isEmpty ? [] : ["missing \(missing.count): \(missing.sorted().prefix(8))"])
        }
        tally.report()
        let unexplained = tally.unexplained(MimeKitReasons.jwzBodies)
        #expect(unexplained.isEmpty, Comment(rawValue: unexplained.joined(separator: "\n")))
    }

    /// Pieces of a message/partial are messages of their own here; the first one holds the beginning of the whole.
    @Test func piecesOfAPartialMessage() {
        guard let folder = CorpusFolder.folder("mime/mimekit/partial") else { return }
        for (whole, pieces) in [("rfc2046", 2), ("message-partial", 3)] {
            let expected = MessageParser().parse(CorpusFolder.bytes(folder.appending(path: whole + ".eml")))
            for piece in 0..<pieces {
                let url = folder.appending(path: "\(whole).\(piece).eml")
                let message = MessageParser().parse(CorpusFolder.bytes(url))
                #expect(message.root.mediaType == "message/partial")
                let inner = message.root.children.first
                #expect((inner != nil) == (piece == 0), Comment(rawValue: url.lastPathComponent))
                if let inner {
                    #expect(inner.mediaType == expected.root.mediaType)
                    #expect(message.attachments.first?.name == expected.subject)
                }
            }
        }
    }

    // MARK: What they tell

    private static func jwz(_ folder: URL) -> [(Int, Message)] {
        let messages = folder.appending(path: "mailcore2/parser/input/mbox/jwz")
        return CorpusFolder.files(below: messages).compactMap { name in
            Int(name).map { ($0, MessageParser().parse(CorpusFolder.bytes(messages.appending(path: name)))) }
        }
    }

    private static func words(_ text: String) -> [String] {
        text.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
    }

    /// One a message: the `From ` line, fields, then types by their indentation.
    private static func blocks(_ url: URL) -> [[String]] {
        let text = String(decoding: CorpusFolder.bytes(url), as: UTF8.self).replacing("\r\n", with: "\n")
        var blocks: [[String]] = []
        for line in text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init) {
            if line.hasPrefix("From ") { blocks.append([]) }
            if !line.isEmpty, !blocks.isEmpty { blocks[blocks.count - 1].append(line) }
        }
        return blocks
    }

    private static func differences(_ message: Message, _ block: [String]) -> [String] {
        var result: [String] = []
        func expect(_ what: String, _ mine: String, _ theirs: String) {
            if mine != theirs { result.append("\(what): \(mine.debugDescription) for \(theirs.debugDescription)") }
        }
        var types: [String] = []
        for line in block {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            switch line[..<colon] {
            case "From": expect("from", list(message.from), list(value))
            case "To": expect("to", list(message.to), list(value))
            case "Subject":
                expect(
                    "subject", message.subject.words.joined(separator: " "), value.words.joined(separator: " "))
            case "Date":
                let theirs = Array(value.utf8).withUnsafeBytes { DateParser.parse($0) }
                expect(
                    "date", message.date.map { "\($0.secondsSince1970)" } ?? "none",
                    theirs.map { "\($0.secondsSince1970)" } ?? "none")
            default:
                let indentation = line.prefix { $0 == " " }.count
                if line.contains("Content-Type:") {
                    types.append(String(repeating: " ", count: indentation / 3) + value.lowercased())
                }
            }
        }
        expect("types", rows(message.root, 0).joined(separator: "|"), types.joined(separator: "|"))
        return result
    }

    private static func list(_ addresses: [EmailAddress]) -> String {
        addresses.map { ($0.name ?? "").words.joined(separator: " ") + "|" + $0.email }.joined(separator: ";")
    }

    private static func list(_ text: String) -> String {
        list(Array(text.utf8).withUnsafeBytes { AddressParser.parse($0).addresses })
    }

    private static func rows(_ part: Part, _ level: Int) -> [String] {
        [String(repeating: " ", count: level) + part.mediaType] + part.children.flatMap { rows($0, level + 1) }
    }

    private static func compare(_ part: Part, _ theirs: [String: Any], _ base: Int, _ result: inout [String]) {
        let type = (theirs["mimeType"] as? String ?? "").lowercased()
        if part.mediaType != type { result.append("\(part.partID): \(part.mediaType) for \(type)") }
        if let range = part.bodyRange, let begin = theirs["headersEndOffset"] as? Int,
            let end = theirs["endOffset"] as? Int
        {
            if range.lowerBound + base != begin || range.upperBound + base != end {
                result.append(
                    "\(part.partID): \(range.lowerBound + base)..<\(range.upperBound + base) for \(begin)..<\(end)")
            }
        }
        var children = theirs["children"] as? [[String: Any]] ?? []
        if let message = theirs["message"] as? [String: Any], let body = message["body"] as? [String: Any] {
            children = [body]
        }
        if children.count != part.children.count {
            result.append("\(part.partID): \(part.children.count) children for \(children.count)")
        }
        for (mine, their) in zip(part.children, children) { compare(mine, their, base, &result) }
    }
}
