import MIME
import TestSupport

@testable import MailIndex
@testable import MailSearch

/// What an index must hold, kept the plain way: every place with its message and flags.
struct IndexModel {
    struct Key: Hashable, Comparable {
        var mailbox: Int
        var uid: UInt32
        static func < (left: Key, right: Key) -> Bool { (left.mailbox, left.uid) < (right.mailbox, right.uid) }
    }

    /// One of a fixed stock of messages, of which some answer others and some share words.
    struct Stock {
        var word: String
        var messageID: String
        var references: [String]
        var document: MessageDocument
    }

    var places: [Key: (stock: Int, flags: FlagSet)] = [:]
    var nextUID: [UInt32]
    let stock: [Stock]

    init(mailboxes: Int, stock: [Stock]) {
        self.stock = stock
        nextUID = Array(repeating: 1, count: mailboxes)
    }

    var messages: Set<Int> { Set(places.values.map(\.stock)) }

    /// The connected parts of messages and the Message-IDs they bear or name.
    func threads() -> Set<Set<Int>> {
        var parent: [String: String] = [:]
        func root(_ name: String) -> String {
            var name = name
            while let next = parent[name], next != name { name = next }
            return name
        }
        func join(_ left: String, _ right: String) {
            for name in [left, right] where parent[name] == nil { parent[name] = name }
            parent[root(left)] = root(right)
        }
        for index in messages {
            let message = "message \(index)"
            for name in [stock[index].messageID] + stock[index].references { join(message, name) }
        }
        return Set(Dictionary(grouping: messages) { root("message \($0)") }.values.map(Set.init))
    }

    static func stock(_ count: Int, using random: inout SeededRandom) -> [Stock] {
        (0..<count).map { index in
            // Some Message-IDs are borne by two messages, some named are borne by none.
            let messageID = "m\(random.chance(percent: 95) ? index : index / 2)@example.org"
            let references = (0..<Int.random(in: 0...3, using: &random)).map { _ in
                "m\(Int.random(in: 0..<count * 2, using: &random))@example.org"
            }.filter { _ in random.chance(percent: 60) }
            let word = "word\(index)x"
            let attachments =
                random.chance(percent: 30)
                ? [
                    Attachment(
                        partID: "2", name: "file\(index % 5).pdf", mediaType: "application/pdf", size: 10,
                        text: "in\(word)")
                ]
                : []
            return Stock(
                word: word, messageID: messageID, references: references,
                document: .sample(
                    "Subject \(index)",
                    body: "\(word) common 会議\(index % 7) \(String(repeating: "text ", count: index % 50))",
                    id: messageID, references: references, from: "sender\(index % 6)@example.org",
                    to: ["to\(index % 4)@example.com", "me@example.com"],
                    // Many of one second, the others years apart.
                    date: random.chance(percent: 50) ? -100 : -Int64(index) * 100_000, size: 100 + index,
                    list: index % 3 == 0 ? "list\(index % 2).example.org" : nil, attachments: attachments))
        }
    }
}
