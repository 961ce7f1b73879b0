import Testing

@testable import MailIndex
@testable import MailSearch

private let context = QueryContext(now: 1_715_767_200)

@Suite("What is told beside hits")
struct QueryAnswersTests {
    @Test("an explanation tells the tree, the match, the condition, the plan and what will find nothing")
    func explanation() throws {
        let query = try QueryParser.parse("boat from:(ana OR bob) is:unread -in:nowhere", context: context)
        let explanation = try sampleIndex.read { try QueryExplanation(query, in: $0) }
        #expect(
            explanation.tree == """
                and
                  "boat"
                  or
                    from:"ana"
                    from:"bob"
                  (not is:seen)
                  not
                    in:"nowhere"
                """)
        #expect(explanation.match == #"("boat" AND (from : "ana" OR from : "bob"))"#)
        #expect(explanation.condition == "(message.flags & 1) = 0")
        #expect(explanation.notices == ["There is no mailbox nowhere"])
        #expect(explanation.plan.first?.contains("message_text VIRTUAL TABLE") == true)
        #expect(explanation.root.operation == "and" && explanation.root.children.count == 4)
        let ana = explanation.root.children[1].children[0]
        #expect(ana.columns == ["from"] && ana.value == "\"ana\"" && ana.range == 11..<14)
        #expect(explanation.text.contains("match: (\"boat\""))
        let nothing = try sampleIndex.read {
            try QueryExplanation(QueryParser.parse("in:nowhere", context: context), in: $0)
        }
        #expect(nothing.plan == ["nothing can match"])
    }

    @Test("facets count hits by sender, mailbox, year, list and type")
    func facets() throws {
        func facets(_ text: String) throws -> Facets {
            let query = try QueryParser.parse(text, context: context)
            return try sampleIndex.read { try Facets(query, context: context, in: $0) }
        }
        func told(_ counts: [Facets.Count]) -> String {
            counts.map { "\($0.value)\($0.name.map { "(\($0))" } ?? "")=\($0.count)" }.joined(separator: " ")
        }
        let all = try facets("*")
        #expect(
            told(all.senders)
                == "ana@example.org(Ana Ruiz)=2 billing@shop.example(Billing)=1 bob@example.net(Bob O'Neill)=1 carol@lists.example.com(Carol)=1 spam@bad.example(Spam)=1"
        )
        #expect(
            told(all.mailboxes)
                == "INBOX(home)=3 Drafts(home)=1 Gesendet(home)=1 INBOX/Trash(work)=1 Projects/Boat(work)=1")
        #expect(told(all.years) == "2024=5 2019=1")
        #expect(told(all.lists) == "announce.example.org=1 dev.lists.example.com=1")
        #expect(told(all.types) == "application/pdf=1 image/png=1 text/plain=1")
        let boats = try facets("boat is:unread")
        #expect(
            told(boats.mailboxes) == "INBOX(home)=1 INBOX/Trash(work)=1" && told(boats.types) == "application/pdf=1")
        #expect(try facets("in:nowhere") == Facets())
    }

    @Test(
        "a word that the index doesn't hold has the nearest one suggested",
        arguments: [
            ("bota", "boat"), ("boaat", "boat"), ("ruder", "rudder"), ("cancoin", "cancion"), ("from:anna", "from:ana"),
            ("invoice boet", "invoice boat"), ("pictrue of teh boat", "pictures of the boat"), ("xyzzyqq", nil),
            ("boat", nil),
            ("-bota boat", nil), ("picturezz", "pictures"),
        ] as [(String, String?)])
    func suggestions(text: String, better: String?) throws {
        let query = try QueryParser.parse(text, context: context)
        let found = try sampleIndex.write { try Suggestion.make(for: query, in: $0) }
        #expect((found.isEmpty ? nil : Suggestion.applied(found, to: query)) == better)
    }
}
