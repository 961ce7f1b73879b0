import IMAPCore
import TestSupport
import Testing

@testable import TrawlService

struct InboxTests {
    @Test func whatIsPushedIsTakenInOrder() async throws {
        let inbox = Inbox<Int>(limit: 10)
        for number in 1...3 { inbox.push(number) }
        let delivery = try await inbox.next()
        #expect(delivery.elements == [1, 2, 3])
        #expect(!delivery.hasOverflowed)
    }

    @Test func whatDoesNotFitShowsAsOverflow() async throws {
        let inbox = Inbox<Int>(limit: 2)
        for number in 1...3 { inbox.push(number) }
        let delivery = try await inbox.next()
        #expect(delivery.elements == [1, 2])
        #expect(delivery.hasOverflowed)
        #expect(inbox.take().isEmpty)
    }

    @Test func anEmptyDeliveryComesWhenTimeIsUp() async throws {
        let inbox = Inbox<Int>(limit: 2)
        let delivery = try await inbox.next(within: .milliseconds(20))
        #expect(delivery.isEmpty)
    }

    @Test func aFailureComesAfterWhatWasPushed() async throws {
        let inbox = Inbox<Int>(limit: 2)
        inbox.push(1)
        inbox.fail(TestSupportError("over"))
        #expect(try await inbox.next().elements == [1])
        await #expect(throws: TestSupportError.self) { try await inbox.next() }
    }

    @Test func aWaitingTaskIsWokenAndCancelled() async throws {
        let inbox = Inbox<Int>(limit: 2)
        async let delivery = inbox.next()
        inbox.push(7)
        #expect(try await delivery.elements == [7])
        let waiting = Task { try await inbox.next() }
        waiting.cancel()
        await #expect(throws: CancellationError.self) { try await waiting.value }
    }
}

struct RetryDelayTests {
    @Test func delaysGrowToALimitAndStartAgainAfterSuccess() {
        var delay = RetryDelay()
        let error = TestSupportError("down")
        let delays = (0..<12).map { _ in delay.failed(error, chance: 0.999_999) }
        #expect(delays.prefix(4).map { $0.rounded() } == [1, 2, 4, 8])
        #expect(delays.last.map { $0.rounded() } == 300)
        delay.succeeded()
        #expect(delay.failed(error, chance: 0) == 0.5)
    }
}

struct MailboxFilterTests {
    @Test(arguments: [
        ("INBOX", "*", true), ("INBOX", "inbox", true), ("a/b", "a/%", true), ("a/b/c", "a/%", false),
        ("a/b/c", "a/*", true), ("a", "a/*", false), ("abc", "a%c", true), ("Größe", "Gr*e", true), ("x", "", false),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaab", "*a*a*a*a*a*a*a*a*a*c", false),
    ])
    func patternsMatchAsInLIST(_ name: String, _ pattern: String, _ expected: Bool) {
        #expect(MailboxFilter.matches(name, pattern: pattern, delimiter: "/") == expected)
    }

    @Test func specialUseExcludesWhateverTheName() {
        let filter = MailboxFilter(patterns: ["*"], exclude: ["\\junk", "Drafts"])
        let spam = MailboxInfo(name: "Unwanted", attributes: ["\\Junk"], delimiter: "/")
        #expect(!filter.includes(spam))
        #expect(!filter.includes(MailboxInfo(name: "Drafts", delimiter: "/")))
        #expect(!filter.includes(MailboxInfo(name: "Folder", attributes: ["\\Noselect"], delimiter: "/")))
        #expect(filter.includes(MailboxInfo(name: "INBOX", delimiter: "/")))
    }
}
