import Testing

@testable import MailIndex
@testable import MailSearch

@Suite("The user's own addresses in queries")
struct OwnAddressesTests {
    private static let context = QueryContext(
        now: 1_700_000_000, ownAddresses: { ["ana@example.org", "silva@work.example"] })

    @Test(
        "me is read where a person stands",
        arguments: [
            ("from:me", "from:me[ana@example.org silva@work.example]"),
            ("FROM:Me", "from:me[ana@example.org silva@work.example]"),
            ("-to:me", "(not to:me[ana@example.org silva@work.example])"),
            ("from:(me OR bo)", "(or from:me[ana@example.org silva@work.example] from:\"bo\")"),
            ("with:me", "{from to cc bcc}:me[ana@example.org silva@work.example]"),
            ("from:\"me\"", "from:\"me\""), ("from:me*", "from:\"me\"*"), ("from:mel", "from:\"mel\""),
            ("subject:me", "subject:\"me\""), ("me", "\"me\""),
        ])
    func reading(text: String, expected: String) throws {
        #expect(try QueryParser.parse(text, context: Self.context).root.description == expected)
    }

    @Test("without an address it is an error, never a word")
    func unknown() throws {
        do {
            _ = try QueryParser.parse("budget to:me", context: QueryContext(now: 0))
            Issue.record("read")
        } catch {
            #expect(error.code == .badValue && error.message == "No address of yours is known")
            #expect(error.hint?.contains("to:\"me\"") == true && error.range == 10..<12)
        }
    }

    @Test("whole addresses are found, in the columns that were asked for")
    func whole() async throws {
        let index = try IndexFixture()
        try await index.add(.sample("mine", from: "Ana@Example.org", to: ["bo@example.net"]), index.place(1))
        try await index.add(.sample("hers", from: "joana@example.org", to: ["ana@example.org"]), index.place(2))
        try await index.add(
            .sample("copy", from: "bo@example.net", to: ["x@example.net"], cc: ["ana@example.org"]), index.place(3))
        try await index.add(.sample("other", from: "ana@example.org.example", to: ["x@example.net"]), index.place(4))
        func subjects(_ text: String) throws -> [String] {
            let query = try QueryParser.parse(text, context: Self.context)
            return try index.store.search(query, options: SearchOptions(limit: nil)).hits.map(\.email.subject).sorted()
        }
        #expect(try subjects("from:me") == ["mine"])
        #expect(try subjects("to:me") == ["hers"])
        #expect(try subjects("cc:me") == ["copy"])
        #expect(try subjects("bcc:me") == [])
        #expect(try subjects("participant:me") == ["copy", "hers", "mine"])
        #expect(try subjects("-participant:me") == ["other"])
        #expect(try subjects("from:bo participant:me") == ["copy"])
        #expect(try subjects("from:me OR subject:other") == ["mine", "other"])
    }

    @Test("sent mail tells aliases, but not whose mail was redirected or filed there")
    func sentMail() async throws {
        let index = try IndexFixture()
        let sent = try index.store.registerMailbox(
            MailboxDescription(name: "Gesendet", delimiter: "/", attributes: ["\\Sent"]), of: index.account)
        try await index.add(.sample("one", from: "ana.silva@example.org"), index.place(1, in: sent))
        try await index.add(.sample("two", from: "Alias@example.org"), index.place(2, in: sent))
        for number in 1...3 {
            try await index.add(.sample("boss \(number)", from: "boss@example.org"), index.place(UInt32(number)))
        }
        try await index.add(.sample("redirected", from: "boss@example.org"), index.place(3, in: sent))
        #expect(
            try index.store.ownAddresses(users: ["Ana@Example.org", "ana"]) == [
                "ana@example.org", "alias@example.org", "ana.silva@example.org",
            ])
        #expect(
            try index.store.ownAddresses(users: ["ana"]) == ["alias@example.org", "ana.silva@example.org"])
        #expect(try index.store.ownAddresses(users: []) == [])
    }
}
