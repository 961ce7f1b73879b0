import TestSupport
import Testing

@testable import MailIndex
@testable import MailSearch

private let context = QueryContext(now: 1_715_767_200, savedQueries: ["bills": "subject:invoice has:attachment"])

/// Days of 2024, counted from 1.
private func day(_ number: Int64) -> Int64 { 1_704_067_200 + (number - 1) * 86_400 + 3600 }

private let samples = [
    SampleMessage(
        name: "old", date: 1_546_300_800, from: "Ana Ruiz\tana@example.org", to: "\tbob@example.net",
        subject: "Canción de invierno", body: "La canción más larga.\nStraße, naïve café.", size: 400, thread: 77),
    SampleMessage(
        name: "reply", date: day(1), from: "Bob O'Neill\tbob@example.net", to: "Ana Ruiz\tana@example.org",
        cc: "Carol\tcarol@lists.example.com", subject: "Re: Canción de invierno",
        body: "I don't know l'arbre vert. 会議室で会う",
        flags: 1 | 2, size: 2_000, places: ["home/INBOX", "home/Gesendet"], messageID: "reply.1@example.net", thread: 77
    ),
    SampleMessage(
        name: "invoice", date: day(20), from: "Billing\tbilling@shop.example", to: "\tana@example.org",
        subject: "Invoice INV-2024/0071", body: "Please pay INV-2024/0071 soon: boat one two three rudder",
        attachmentText: "rechnung.pdf\nTotal 99 euro", attachments: [("Rechnung März.PDF", "application/pdf")],
        flags: 4,
        size: 600_000, labels: ["\\Important", "My Bills/2024"]),
    SampleMessage(
        name: "picture", date: day(40), from: "Carol\tcarol@lists.example.com", to: "dev list\tdev@lists.example.com",
        subject: "Pictures of the boat", body: "See the rudder. 👍🏽", attachmentText: "boat.png",
        attachments: [("boat.png", "image/png"), ("notes[1].txt", "text/plain")], list: "dev.lists.example.com",
        flags: 1,
        size: 3_000_000, places: ["work/Projects/Boat"], keywords: ["$Forwarded", "todo"]),
    SampleMessage(
        name: "draft", date: day(60), from: "\tana@example.org", bcc: "secret\thidden@example.org", subject: "会議のお知らせ",
        body: "明日の会議について", flags: 1 | 16, places: ["home/Drafts"]),
    SampleMessage(
        name: "trash", date: day(80), from: "Spam\tspam@bad.example", subject: "and or not", body: "invoice the boat",
        list: "announce.example.org", places: ["work/INBOX/Trash"], labels: ["todo"]),
]

@Suite("Queries as the index answers them")
struct QueryCompilerTests {
    @Test(
        "hits, newest first",
        arguments: [
            // Words
            ("*", "trash draft picture invoice reply old"), ("cancion", "reply old"), ("CANCIÓN", "reply old"),
            ("strasse naive", "old"), ("boat", "trash picture invoice"), ("boat rudder", "picture invoice"),
            ("boat OR café", "trash picture invoice old"), ("boat -invoice", "picture"), ("boat not rudder", "trash"),
            ("-boat", "draft reply old"), ("not (boat or cancion)", "draft"), ("\"and or not\"", "trash"),
            ("\"the boat\"", "trash picture"), ("\"boat the\"", ""), ("inv*", "trash invoice reply old"),
            ("\"de inv\"*", "reply old"), ("boat NEAR/2 rudder", ""), ("boat NEAR/3 rudder", "invoice"),
            ("rudder NEAR/3 boat", "invoice"), ("boat -(rudder -see)", "trash picture"),
            // Words that are more than letters
            ("INV-2024/0071", "invoice"), ("2024/0071", "invoice"), ("oneill", "reply"), ("o'neill", "reply"),
            ("O’Neill", "reply"), ("neill", "reply"), ("don't", "reply"), ("dont", "reply"), ("arbre", "reply"),
            ("l'arbre vert", "reply"), ("\"arbre vert\"", "reply"), ("👍", "picture"), ("👍🏿", "picture"),
            // Runs of characters
            ("会議", "draft reply"), ("会", "draft reply"), ("室", "reply"), ("会議室", "reply"), ("議室で", "reply"),
            ("お知らせ", "draft"), ("会議 明日", "draft"), ("議会", ""), ("会う", "reply"), ("会議 -室", "draft"),
            // Columns
            ("from:ana", "draft old"), ("from:@example.org", "draft old"), ("from:ana@example.org", "draft old"),
            ("to:ana", "invoice reply"), ("cc:carol", "reply"), ("bcc:hidden", "draft"),
            ("participant:carol", "picture reply"),
            ("from:an*", "draft old"), ("from:\"ana carol\"", ""), ("subject:boat", "picture"),
            ("body:boat", "trash invoice"),
            ("attachment:rechnung", "invoice"), ("attachment:total", "invoice"),
            ("subject:(boat OR invoice)", "picture invoice"),
            ("subject:(pictures NEAR/2 boat)", "picture"), ("subject:会", "draft"), ("from:carol boat", "picture"),
            ("from:carol -boat", ""), ("-from:carol boat", "trash invoice"), ("s:boat OR f:spam", "trash picture"),
            // Attachments
            ("has:attachment", "picture invoice"), ("-has:attachment boat", "trash"), ("filename:*.pdf", "invoice"),
            ("filename:marz", "invoice"), ("filename:*.p*", "picture invoice"), ("filename:notes[1].txt", "picture"),
            ("filename:boat.pn?", "picture"), ("filename:\"*\"", ""), ("type:application/pdf", "invoice"),
            ("type:image/*", "picture"),
            ("type:image", "picture"), ("type:pdf", "invoice"), ("type:video/*", ""),
            ("-type:image boat", "trash invoice"),
            // Lists, accounts, mailboxes
            ("list:dev", "picture"), ("list:dev.lists.example.com", "picture"), ("list:*", "trash picture"),
            ("list:none", ""), ("boat -list:dev", "trash invoice"), ("invoice -list:*", "invoice"),
            ("-list:none boat", "trash picture invoice"),
            ("account:work", "trash picture"), ("account:w*", "trash picture"), ("account:nowhere", ""),
            ("-account:work", "draft invoice reply old"),
            ("in:inbox", "invoice reply old"), ("in:sent", "reply"), ("in:\\Sent", "reply"), ("in:gesendet", "reply"),
            ("in:trash", "trash"),
            ("in:drafts", "draft"), ("in:projects/*", "picture"), ("folder:Projects/Boat", "picture"),
            ("in:nothing", ""),
            ("in:sent in:inbox", "reply"), ("in:(sent OR trash)", "trash reply"), ("-in:inbox", "trash draft picture"),
            ("in:anywhere boat", "trash picture invoice"), ("in:inbox canción", "reply old"),
            ("maildir:/INBOX", "invoice reply old"),
            // Flags and tags
            ("is:unread", "trash invoice old"), ("is:read", "draft picture reply"), ("is:flagged", "invoice"),
            ("is:starred", "invoice"),
            ("is:answered", "reply"), ("is:draft", "draft"), ("tag:unread boat", "trash invoice"),
            ("keyword:$forwarded", "picture"),
            ("keyword:forwarded", "picture"), ("tag:todo", "trash picture"), ("label:todo", "trash"),
            ("keyword:todo", "picture"),
            ("label:important", "invoice"), ("label:my-bills-2024", "invoice"), ("label:\"My Bills/2024\"", "invoice"),
            ("label:inbox", "invoice reply old"), ("tag:missing", ""), ("-tag:todo boat", "invoice"),
            // Dates and sizes
            ("date:2024-01", "invoice reply"), ("date:2019", "old"), ("after:2024-02-01", "trash draft picture"),
            ("before:2024", "old"), ("date:2024-01-20", "invoice"), ("on:2024-01-21", ""),
            ("date:2024-01-15..2024-02-15 boat", "picture invoice"),
            ("newer:3m", "trash draft"), ("older:2y", "old"), ("date:..2024-01-01", "reply old"),
            ("date:2019 OR date:2024-02", "draft picture old"),
            ("after:2024-02 before:2024-01", ""), ("-date:2024", "old"),
            ("larger:500k", "picture invoice"), ("larger:1M", "picture"), ("smaller:1k", "trash draft old"),
            ("size:1k..600k", "invoice reply"),
            // Identities
            ("mid:reply.1@example.net", "reply"), ("id:reply.1@example.net", "reply"), ("mid:nothing@x", ""),
            ("mid:REPLY.1@example.net", ""),
            ("mid:reply.1@example.net cancion", "reply"), ("id:zzz", ""), ("thread:zzz", ""),
            // Trees of both
            ("is:unread OR canción", "trash invoice reply old"),
            ("(boat OR is:draft) -is:flagged", "trash draft picture"),
            ("boat (is:flagged OR 👍)", "picture invoice"), ("-(boat is:flagged)", "trash draft picture reply old"),
            ("-(boat OR is:draft)", "reply old"), ("query:bills", "invoice"),
            ("query:bills OR from:spam", "trash invoice"),
            ("* -*", ""), ("* OR boat", "trash draft picture invoice reply old"),
            ("-nothinglikeit", "trash draft picture invoice reply old"),
            ("(in:nothing OR boat) is:unread", "trash invoice"), ("in:nothing -boat", ""),
        ])
    func hits(text: String, names: String) throws {
        #expect(try sampleIndex.hits(text, context) == names)
    }

    @Test("a message's own id and its thread's are found")
    func ids() throws {
        let index = sampleIndex
        for (id, name) in index.names { #expect(try index.hits("id:\(EmailID(rawValue: id))", context) == name) }
        let old = try #require(index.names.first { $0.value == "old" }).key
        #expect(try index.hits("thread:\(EmailID(rawValue: old))", context) == "reply old")
    }

    @Test("the first page needs no sort, and a range of dates is a range of ids")
    func plans() throws {
        func plan(_ text: String) throws -> String {
            try sampleIndex.plan(QueryParser.parse(text, context: context)).joined(separator: "; ")
        }
        for text in [
            "*", "boat", "boat is:unread", "is:unread", "is:flagged", "is:draft", "has:attachment", "date:2024",
            "boat date:2024",
            "-boat", "list:dev", "thread:\(EmailID(rawValue: sampleIndex.names.keys.min() ?? 0))",
            "larger:1M",
        ] {
            let steps = try plan(text)
            #expect(!steps.contains("TEMP B-TREE"), "\(text): \(steps)")
        }
        #expect(try plan("is:unread").contains("message_unread"))
        #expect(try plan("is:flagged").contains("message_flagged"))
        #expect(try plan("list:dev").contains("message_by_list"))
        #expect(try plan("date:2024").contains("PRIMARY KEY (rowid>? AND rowid<?)"))
    }

    @Test("text goes into one MATCH as far as it can")
    func compiledForms() throws {
        func form(_ text: String) throws -> String {
            let query = try QueryParser.parse(text, context: context)
            let compiled = try sampleIndex.read { try QueryCompiler.compile(query, in: $0) }
            return (compiled.text ?? "-") + " | " + (compiled.condition ?? "-")
        }
        #expect(try form("a b OR c") == #"(("a" AND "b") OR "c") | -"#)
        #expect(try form("a -b -c d") == #"(("a" AND "d") NOT ("b" OR "c")) | -"#)
        #expect(try form("from:ana participant:bob") == #"(from : "ana" AND {from to cc bcc} : "bob") | -"#)
        #expect(try form("a NEAR/4 \"b c\"* 会") == #"(NEAR("a" "b" + "c" *, 4) AND "会" *) | -"#)
        #expect(try form("a is:unread (b OR c)") == #"("a" AND ("b" OR "c")) | (message.flags & 1) = 0"#)
        // Few messages are sought in the text index, not filtered from all hits.
        let invoice = try #require(sampleIndex.names.first { $0.value == "invoice" }).key
        #expect(try form("boat type:pdf") == "\"boat\" | message_text.rowid = \(invoice)")
        #expect(
            try form("-boat type:pdf").hasSuffix(
                "(message.id = \(invoice) AND NOT message.id IN (SELECT rowid FROM message_text WHERE message_text MATCH ?))"
            ))
        #expect(
            try form("-a")
                == "- | NOT message.id IN (SELECT rowid FROM message_text WHERE message_text MATCH ?)")
    }

    @Test("names that the index doesn't know are told")
    func notices() throws {
        func notices(_ text: String) throws -> [String] {
            let query = try QueryParser.parse(text, context: context)
            return try sampleIndex.read { db in
                var compiler = try QueryCompiler(db)
                _ = try compiler.compile(query)
                return compiler.notices
            }
        }
        #expect(try notices("in:inbx boat") == ["There is no mailbox inbx; did you mean in:inbox?"])
        #expect(try notices("account:nowhere") == ["There is no account nowhere"])
        #expect(try notices("tag:missing") == ["No message bears the tag missing"])
        #expect(try notices("in:inbox boat") == [])
    }

    @Test("queries at the limits run")
    func limits() throws {
        let words = (0..<2_000).map { "w\($0)" }
        #expect(try sampleIndex.hits(words.joined(separator: " "), context) == "")
        #expect(
            try sampleIndex.hits((words.dropLast() + ["boat"]).joined(separator: " OR "), context)
                == "trash picture invoice")
        #expect(try sampleIndex.hits(words.map { "-\($0)" }.joined(separator: " "), context).hasPrefix("trash"))
        let facts = (0..<2_000).map { "larger:\($0)" }
        #expect(try sampleIndex.hits(facts.joined(separator: " "), context) == "picture invoice reply")
        #expect(try sampleIndex.hits(facts.joined(separator: " OR "), context).hasPrefix("trash"))
        #expect(try sampleIndex.hits("\"" + words.dropLast(2).joined(separator: " ") + "\"", context) == "")
        // The deepest tree, of text alone and mixed.
        var text = "boat"
        var mixed = "boat"
        var negated = "boat"
        var negatedFacts = "is:flagged"
        for level in 0..<24 {
            text = level % 2 == 0 ? "(x OR \(text))" : "(the \(text))"
            mixed = level % 2 == 0 ? "(is:flagged OR \(mixed))" : "(-is:draft \(mixed))"
            negated = "(the -\(negated))"
            negatedFacts = "(* -\(negatedFacts))"
        }
        #expect(try sampleIndex.hits(text, context) == "trash picture")
        #expect(try sampleIndex.hits(mixed, context) == "trash picture invoice")
        #expect(try sampleIndex.hits(negated, context) == "trash picture")
        #expect(try sampleIndex.hits(negatedFacts, context) == "invoice")
    }

    @Test("whatever can be read can be run")
    func anyBytes() throws {
        var random = SeededRandom(seed: 17)
        let pieces = [
            "(", ")", "{", "}", "\"", "*", "-", " ", " and ", " OR ", " not ", " NEAR/3 ", "from:", "subject:", "date:",
            "..",
            "2024", "0001", "9999", "7d", "is:", "unread", "larger:", "5M", "会", "é", "query:bills", ":", "@", "boat",
            "type:",
            "in:", "\\", "'", "\0", "\u{301}", "tag:", "$", "id:", "mid:", "before:", "NULL", "--", ";", "?", "[", "%",
            "_",
            "filename:", "list:", "account:", "thread:", "\u{E000}", "AND", "NOT", "+", "^", "label:",
        ]
        var runs = 0
        for _ in 0..<6_000 {
            var text = ""
            for _ in 0..<Int(random.next() % 12) { text += pieces[Int(random.next() % UInt64(pieces.count))] }
            guard let query = try? QueryParser.parse(text, context: context) else { continue }
            runs += 1
            #expect(throws: Never.self, "\(text.debugDescription)") { try sampleIndex.ids(query) }
        }
        #expect(runs > 500)
    }

    @Test("random trees find what a reading of each message finds")
    func randomTrees() throws {
        var random = SeededRandom(seed: 3)
        let index = sampleIndex
        let facts = FactSets()
        for _ in 0..<1_500 {
            let text = randomQuery(&random, depth: 3)
            let query = try QueryParser.parse(text, context: context)
            let expected = index.names.keys.sorted(by: >).filter { Reading(index, $0).holds(query.root) }
            #expect(try index.ids(query) == expected, "\(text)")
            // Two times out of three by sets that are kept.
            let kept = random.next() % 3 == 0 ? nil : facts
            guard let sets = try index.read({ try HitSets.hits(query, facts: kept, in: $0) }) else {
                #expect(text.contains("NEAR"), "\(text)")
                continue
            }
            #expect(index.names.keys.sorted(by: >).filter(sets.contains) == expected, "\(text)")
            #expect(sets.count(of: index.names.count) == expected.count, "\(text)")
        }
    }
}

private func randomQuery(_ random: inout SeededRandom, depth: Int) -> String {
    let leaves = [
        "boat", "the", "rudder", "cancion", "会", "会議", "議室", "invoice", "inv*", "\"the boat\"", "from:ana",
        "subject:boat",
        "to:ana", "is:unread", "is:flagged", "has:attachment", "date:2024-01", "after:2024-02", "larger:1k",
        "nothinghere", "*",
        "participant:carol", "boat NEAR/3 rudder", "in:inbox", "in:nothing", "is:read", "is:draft", "-is:flagged",
        "smaller:2k", "before:2024-02",
    ]
    func leaf(_ random: inout SeededRandom) -> String { leaves[Int(random.next() % UInt64(leaves.count))] }
    if depth == 0 { return leaf(&random) }
    switch random.next() % 6 {
    case 0: return leaf(&random)
    case 1: return "-(" + randomQuery(&random, depth: depth - 1) + ")"
    case 2, 3:
        return "(" + randomQuery(&random, depth: depth - 1) + " " + randomQuery(&random, depth: depth - 1) + ")"
    default:
        return "(" + randomQuery(&random, depth: depth - 1) + " OR " + randomQuery(&random, depth: depth - 1) + ")"
    }
}

let sampleIndex: SampleIndex = {
    do { return try SampleIndex(samples) } catch { preconditionFailure("\(error)") }
}()

/// The meaning of a query told once more, plainly: what the SQL is held against.
private struct Reading {
    let message: SampleMessage
    let id: Int64

    init(_ index: SampleIndex, _ id: Int64) {
        self.id = id
        let name = index.names[id]
        message = index.messages.first { $0.name == name } ?? SampleMessage(name: "")
    }

    func holds(_ node: QueryNode) -> Bool {
        switch node.kind {
        case .everything: true
        case .and(let nodes): nodes.allSatisfy(holds)
        case .or(let nodes): nodes.contains(where: holds)
        case .not(let inner): !holds(inner)
        case .text(let columns, let phrase): texts(columns).contains { !places(of: phrase, in: $0).isEmpty }
        case .near(let columns, let phrases, let distance):
            texts(columns).contains { text in
                // Two phrases: no more than `distance` words between them.
                let first = places(of: phrases[0], in: text)
                let second = places(of: phrases[1], in: text)
                return first.contains { a in
                    second.contains { b in
                        let gap = a < b ? b - a - phrases[0].tokens.count : a - b - phrases[1].tokens.count
                        return gap <= distance
                    }
                }
            }
        case .flag(let flag, let isSet): (message.flags & flag.rawValue != 0) == isSet
        case .hasAttachment: !message.attachments.isEmpty
        case .date(let from, let until): message.date >= (from ?? 0) && message.date < (until ?? .max)
        case .size(let least, let most): message.size >= (least ?? 0) && message.size <= (most ?? .max)
        case .mailbox(let pattern): message.places.contains { $0.lowercased().hasSuffix("/" + pattern.text) }
        case .participant, .filename, .mediaType, .list, .account, .tag, .id, .messageID, .thread: false
        }
    }

    private func texts(_ columns: TextColumns) -> [String] {
        let all: [(TextColumns, String)] = [
            (.subject, message.subject), (.from, message.from), (.to, message.to), (.cc, message.cc),
            (.bcc, message.bcc),
            (.body, message.body), (.attachment, message.attachmentText),
        ]
        return all.filter { columns.contains($0.0) }.map(\.1)
    }

    private func places(of phrase: Phrase, in text: String) -> [Int] {
        var positions: [[String]] = []
        for token in ScannedToken.tokens(of: text) {
            if token.isColocated {
                positions[positions.count - 1].append(token.text)
            } else {
                positions.append([token.text])
            }
        }
        guard positions.count >= phrase.tokens.count else { return [] }
        return (0...(positions.count - phrase.tokens.count)).filter { start in
            phrase.tokens.enumerated().allSatisfy { offset, token in
                let isLast = offset == phrase.tokens.count - 1
                return positions[start + offset].contains {
                    isLast && phrase.isPrefix ? $0.hasPrefix(token) : $0 == token
                }
            }
        }
    }
}
