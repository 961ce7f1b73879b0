import Testing

/// Wrong command lines: what is wrong and what was probably meant, in two lines and not a page.
@Suite struct UsageFaultTests {
    @Test(arguments: [
        ("search --fromat json x", "unknown option \"--fromat\"; did you mean \"--format\"?"),
        ("search --format jsn x", "\"jsn\" is no value for --format; did you mean \"json\"? There are: text, json,"),
        ("search --limit x y", "\"x\" is no value for --limit"),
        ("search --limit", "--limit wants a value"),
        ("search --limit -3 x", "--limit wants a value"),
        ("search --facets --format ids x", "--facets are written as text or json"),
        ("sync --quite", "unknown option \"--quite\"; did you mean \"--quiet\"?"),
        ("sync --zzzzzzz", "unknown option \"--zzzzzzz\""),
        ("show", "<id> is missing"),
        ("show a b", "\"b\" is too much here"),
        ("completions bsh", "\"bsh\" is no value for <shell>; did you mean \"bash\"?"),
        ("import", "<path> is missing"),
        ("status --format x", "\"x\" is no value for --format; there are: text, json, prometheus"),
        ("watch x --exec", "--exec wants a value"),
        ("frobnicate", "no command \"frobnicate\"; to search, write"),
        ("help serch", "no command \"serch\"; did you mean \"trawl search\"?"),
        ("--foo", "unknown option \"--foo\""),
        ("account ad", "\"ad\" is too much here"),
        ("account add --hots x", "unknown option \"--hots\"; did you mean \"--host\"?"),
    ])
    func oneOrTwoClearLines(line: String, expected: String) throws {
        let result = try TrawlProcess().run(line.split(separator: " ").map(String.init))
        #expect(result.status == 2)
        #expect(result.output.isEmpty)
        let lines = result.error.split(separator: "\n")
        #expect(lines.first?.hasPrefix("trawl: \(expected)") == true, "\(result.error)")
        #expect(lines.count <= 2, "\(result.error)")
        #expect(lines.count == 1 || lines.last?.contains("--help\"") == true, "\(result.error)")
    }
}
