import Testing

@testable import TrawlCommands
@testable import Presentation

@Suite struct SearchInvocationTests {
    @Test(arguments: [
        "budget", "from:ana budget after:2024", "", "--format json x", "x --limit 3 y --offset 2",
        "--limit 3 --limit 5 x", "--limit +5 x", "--sort oldest --color never x", "--threads --no-snippets x",
        "--facets x", "--facets --format json x", "--require-complete x", "--data d --socket s --config c x",
        "--format maildir dir x", "--format message-ids x", "(x OR y)", "x:y=z",
    ])
    func plainArgumentsMeanTheSameToBoth(_ line: String) throws {
        let arguments = line.split(separator: " ").map(String.init)
        let quick = try #require(SearchInvocation(plain: arguments))
        let parsed = try #require(try TrawlCommand.parseAsRoot(["search"] + arguments) as? SearchCommand)
        #expect(quick == parsed.invocation)
    }

    /// What is not plain is the argument parser's, also to find fault with.
    @Test(arguments: [
        "-budget", "-- x", "--limit", "--limit -3 x", "--limit x y", "--limit=3 x", "--format jsn x", "--frmat json x",
        "--help", "x --version", "-h", "--facets --format ids x", "--offset -1 x", "--sort best x", "--color",
    ])
    func theRestIsLeftToTheParser(_ line: String) {
        #expect(SearchInvocation(plain: line.split(separator: " ").map(String.init)) == nil)
    }
}
