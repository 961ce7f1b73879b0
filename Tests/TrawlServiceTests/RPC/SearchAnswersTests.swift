import MailIndex
import MailSearch
import TestSupport
import Testing

@testable import TrawlService

@Suite struct SearchAnswersTests {
    private func key(_ text: String, limit: Int = 20) throws -> SearchAnswers.Key {
        SearchAnswers.Key(
            query: try QueryParser.parse(text, context: .local()), options: SearchOptions(limit: limit))
    }

    @Test func anAnswerIsKeptForItsQueryOptionsAndStamp() throws {
        let folder = try TemporaryFolder("trawl-answers")
        let store = try IndexStore.open(folder.path("data"), access: .readWrite)
        defer { try? store.close() }
        let answers = SearchAnswers()
        let first = try store.stamp()
        answers.keep([1], for: try key("one"), first)
        #expect(answers.answer(try key("one"), first) == [1])
        #expect(answers.answer(try key("two"), first) == nil)
        #expect(answers.answer(try key("one", limit: 3), first) == nil)
        let account = try store.registerAccount("home")
        _ = try store.registerMailbox(MailboxDescription(name: "INBOX", delimiter: "/"), of: account)
        #expect(answers.answer(try key("one"), try store.stamp()) == nil)
    }

    @Test func atTheLimitTheLeastAskedForGo() throws {
        let folder = try TemporaryFolder("trawl-answers")
        let store = try IndexStore.open(folder.path("data"), access: .readWrite)
        defer { try? store.close() }
        let answers = SearchAnswers()
        let stamp = try store.stamp()
        answers.keep([UInt8](repeating: 0, count: SearchAnswers.largest + 1), for: try key("large"), stamp)
        #expect(answers.answer(try key("large"), stamp) == nil)
        let largest = [UInt8](repeating: 0, count: SearchAnswers.largest)
        answers.keep([1], for: try key("often"), stamp)
        for number in 0..<(SearchAnswers.capacity / SearchAnswers.largest + 1) {
            answers.keep(largest, for: try key("word\(number)"), stamp)
            #expect(answers.answer(try key("often"), stamp) == [1])
        }
        #expect(answers.answer(try key("word0"), stamp) == nil)
    }
}
