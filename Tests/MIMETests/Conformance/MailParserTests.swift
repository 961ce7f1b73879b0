import Foundation
import Testing

@testable import MIME

/// stalwartlabs/mail-parser's messages and the trees it makes of them.
@Suite struct MailParserConformance {
    @Test func treesOfMailParser() throws {
        guard let folder = CorpusFolder.folder("mime/mail-parser") else { return }
        var tally = ConformanceTally(source: "mail-parser")
        for path in CorpusFolder.files(below: folder) where path.hasSuffix(".eml") {
            let bytes = CorpusFolder.bytes(folder.appending(path: path))
            let stem = String(path.dropLast(4))
            for (suffix, input) in [(".json", bytes), (".crlf.json", CorpusFolder.withCRLF(bytes))] {
                let data = try Data(contentsOf: folder.appending(path: stem + suffix))
                guard let tree = try JSONSerialization.jsonObject(with: data) as? [String: Any] else { continue }
                var check = MailParserCheck(tree)
                check.compare(PartTexts(input))
                tally.add(stem + suffix, check.differences)
            }
        }
        tally.report()
        let unexplained = tally.unexplained(MailParserReasons.all)
        #expect(unexplained.isEmpty, Comment(rawValue: unexplained.joined(separator: "\n")))
    }
}

private struct MailParserCheck {
    var tree: [String: Any]
    var differences: [String] = []

    init(_ tree: [String: Any]) { self.tree = tree }

    mutating func compare(_ own: PartTexts) {
        guard let parts = tree["parts"] as? [[String: Any]], let root = parts.first else { return }
        compareHeaders(root["headers"] as? [[String: Any]] ?? [], own.message)
        let shape = Self.shape(parts, 0)
        expect("structure", own.shape, shape)
        if own.shape != shape { return }
        var texts: [String] = []
        Self.texts(parts, 0, into: &texts)
        let mine = own.leaves.map { $0.text == nil || !($0.mediaType.hasPrefix("text/")) ? "" : $0.text ?? "" }
        for (index, text) in texts.enumerated() where index < mine.count && text != "" {
            expect("text \(own.leaves[index].partID)", mine[index].comparable, text.comparable)
        }
    }

    private mutating func expect(_ what: String, _ mine: String, _ theirs: String) {
        if mine == theirs { return }
        // From where they part.
        var common = 0
        for (a, b) in zip(mine.unicodeScalars, theirs.unicodeScalars) {
            if a != b { break }
            common += 1
        }
        let start = max(0, common - 10)
        let a = String(String.UnicodeScalarView(mine.unicodeScalars.dropFirst(start).prefix(80)))
        let b = String(String.UnicodeScalarView(theirs.unicodeScalars.dropFirst(start).prefix(80)))
        differences.append("\(what): \(a.debugDescription) for \(b.debugDescription)")
    }

    private mutating func compareHeaders(_ headers: [[String: Any]], _ message: Message) {
        var seen: Set<String> = []
        for header in headers.reversed() {
            guard let name = header["name"] as? String, let value = header["value"] as? [String: Any] else { continue }
            let isFirst = seen.insert(name).inserted
            switch name {
            case "subject" where isFirst:
                guard let text = value["Text"] as? String else { continue }
                let subjects = message.headers.filter { $0.isNamed("Subject") }.map(\.text)
                if !subjects.contains(text) { expect("subject", message.subject, text) }
            case "message_id" where isFirst:
                if let text = value["Text"] as? String { expect("message id", message.messageIDs.last ?? "", text) }
            case "from" where isFirst: expect("from", Self.list(message.from), Self.list(value))
            case "to" where isFirst: expect("to", Self.list(message.to), Self.list(value))
            case "cc" where isFirst: expect("cc", Self.list(message.cc), Self.list(value))
            case "reply_to" where isFirst: expect("reply to", Self.list(message.replyTo), Self.list(value))
            case "date" where isFirst:
                if let date = value["DateTime"] as? [String: Any] {
                    expect("date", message.date.map { String($0.secondsSince1970) } ?? "none", Self.seconds(date))
                }
            default: break
            }
        }
    }

    private static func seconds(_ date: [String: Any]) -> String {
        func int(_ key: String) -> Int { date[key] as? Int ?? 0 }
        var parts = DateComponents()
        parts.timeZone = TimeZone(secondsFromGMT: 0)
        parts.calendar = Calendar(identifier: .gregorian)
        (parts.year, parts.month, parts.day) = (int("year"), int("month"), int("day"))
        (parts.hour, parts.minute, parts.second) = (int("hour"), int("minute"), int("second"))
        let zone =
            (int("tz_hour") * 3600 + int("tz_minute") * 60) * ((date["tz_before_gmt"] as? Bool ?? false) ? -1 : 1)
        guard let moment = parts.date else { return "none" }
        return String(Int(moment.timeIntervalSince1970) - zone)
    }

    private static func list(_ addresses: [EmailAddress]) -> String {
        addresses.filter { !$0.email.isEmpty || $0.name != nil }
            .map { "\($0.name ?? "")<\($0.email)>" }.joined(separator: ", ")
    }

    private static func list(_ value: [String: Any]) -> String {
        guard let address = value["Address"] as? [String: Any] else { return "" }
        var members: [[String: Any]] = []
        if let list = address["List"] as? [[String: Any]] {
            members = list
        } else if let groups = address["Group"] as? [[String: Any]] {
            for group in groups {
                let own = group["addresses"] as? [[String: Any]] ?? []
                members += own
                if own.isEmpty, let name = group["name"] as? String { members.append(["name": name]) }
            }
        }
        return members.map { member in
            let name = member["name"] as? String ?? ""
            let email = member["address"] as? String ?? ""
            return "\(name)<\(email)>"
        }.joined(separator: ", ")
    }

    private static func type(_ part: [String: Any], _ fallback: String) -> String {
        for header in part["headers"] as? [[String: Any]] ?? [] where header["name"] as? String == "content_type" {
            if let value = (header["value"] as? [String: Any])?["ContentType"] as? [String: Any],
                let type = value["c_type"] as? String
            {
                let subtype = value["c_subtype"] as? String
                return (subtype.map { type + "/" + $0 } ?? type).lowercased()
            }
        }
        return fallback
    }

    private static func shape(_ parts: [[String: Any]], _ index: Int, _ fallback: String = "text/plain") -> String {
        guard index < parts.count else { return "?" }
        let part = parts[index]
        let type = type(part, fallback)
        guard let body = part["body"] as? [String: Any] else { return type }
        if let children = body["Multipart"] as? [Int] {
            let inner = type == "multipart/digest" ? "message/rfc822" : "text/plain"
            return type + "(" + children.map { shape(parts, $0, inner) }.joined(separator: ",") + ")"
        }
        if let message = body["Message"] as? [String: Any], let nested = message["parts"] as? [[String: Any]] {
            return type + "(" + shape(nested, 0) + ")"
        }
        return type
    }

    private static func texts(_ parts: [[String: Any]], _ index: Int, into result: inout [String]) {
        guard index < parts.count, let body = parts[index]["body"] as? [String: Any] else { return }
        if let children = body["Multipart"] as? [Int] {
            for child in children { texts(parts, child, into: &result) }
        } else if let message = body["Message"] as? [String: Any], let nested = message["parts"] as? [[String: Any]] {
            texts(nested, 0, into: &result)
        } else {
            result.append(body["Text"] as? String ?? body["Html"] as? String ?? "")
        }
    }
}
