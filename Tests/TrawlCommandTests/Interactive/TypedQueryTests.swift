import MailIndex
import MailSearch
import Testing

@testable import TrawlCommands

@Suite struct TypedQueryTests {
    private func read(_ text: String, isTyping: Bool = true) -> String? {
        TypedQuery(text, isTyping: isTyping, context: QueryContext(now: 1_700_000_000)).query?.root.description
    }

    private func parsed(_ text: String) throws -> String {
        try QueryParser.parse(text, context: QueryContext(now: 1_700_000_000)).root.description
    }

    @Test(arguments: [
        ("bud", "bud*"), ("big bud", "big bud*"), ("from:an", "from:an*"), ("a OR bu", "a OR bu*"), ("b", "b*"),
        ("big b", "big b*"),
        // What is finished stays as it is.
        ("bud ", "bud"), ("bud*", "bud*"), ("\"big bud\"", "\"big bud\""), ("-bud", "-bud"), ("(bud)", "(bud)"),
        ("is:unread", "is:unread"),
        // What is not yet finished does not stop the rest.
        ("bud or", "bud"), ("bud from:", "bud"), ("bud -", "bud"), ("bud after:20", "bud"), ("\"big bu", "\"big bu\"*"),
        ("(big bu", "(big bu*)"), ("a (b OR \"c d", "a (b OR \"c d\"*)"), ("", "*"), ("  ", "*"),
    ])
    func whileTyping(_ typed: String, _ meaning: String) throws {
        #expect(read(typed) == (try parsed(meaning)))
    }

    @Test func withTheCursorElsewhereItIsReadAsItStands() throws {
        #expect(read("big bud", isTyping: false) == (try parsed("big bud")))
        #expect(read("bud or", isTyping: false) == nil)
    }

    @Test func faultsAreTold() {
        let context = QueryContext(now: 1_700_000_000)
        #expect(TypedQuery("bud or", isTyping: true, context: context).error?.code == .operatorMisplaced)
        #expect(TypedQuery("nosuch:x bud", isTyping: true, context: context).query == nil)
        #expect(TypedQuery("nosuch:x bud", isTyping: true, context: context).error?.code == .unknownField)
    }
}
