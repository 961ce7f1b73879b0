import Testing

/// Wrong command lines: what is wrong and what was probably meant, in two lines and not a page.
@Suite struct UsageFaultTests {
    @Test(arguments: [
        ("search --fromat json x", "unknown option \"--fromat\"; did you mean \"--format\"?"),
        ("search --format jsn x", "\"jsn\" is no value for --format; did you mean \"json\"? There are: text, json,"),
        ("search --limit x y", "\"x\" is no value for --limit"),
        ("search --limit", "--limit wants a value"),
        ("search --limit -3 x", "--limit must not be negative"),
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
        ("account ad", "no command \"ad\" of \"trawl account\"; did you mean \"trawl account add\"?"),
        ("account list", "no command \"list\" of \"trawl account\""),
        ("--data d serch", "no command \"serch\"; did you"),
        ("--config f sync --quite", "unknown option \"--quite\"; did you mean \"--quiet\"?"),
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

    @Test func placesMayStandBeforeTheCommand() throws {
        let trawl = try TrawlProcess()
        try trawl.write(TrawlProcess.message("budget"), to: "letters/1.eml")
        #expect(try trawl.run("--data", "other", "import", "letters", "--quiet").status == 0)
        #expect(try trawl.run("--data", "other", "count", "budget").text == "1\n")
        #expect(try trawl.run("--data=other", "--config", "none", "search", "budget", "--format", "ids").status == 0)
        #expect(try trawl.run("--data", "other", "search", "--", "budget").status == 0)
        #expect(try trawl.run("count", "budget").status == 2)
        #expect(try trawl.run("--data", "other", "help", "search").text.contains("USAGE: trawl search"))
        #expect(try trawl.run("--data", "other", "account", "add").error.contains("--user is missing"))
        for wrong in [["--data"], ["--data", "other"], ["--data", "other", "--quiet"]] {
            #expect(try trawl.run(wrong).status != 1, "\(wrong)")
        }
    }

    @Test func everyCommandShowsAnExample() throws {
        let trawl = try TrawlProcess()
        let help = try trawl.run("--help").text
        let list = try #require(help.components(separatedBy: "SUBCOMMANDS:\n").last)
        let names = list.split(separator: "\n").filter {
            $0.hasPrefix("  ") && !$0.hasPrefix("   ") && !$0.contains("'")
        }
        .compactMap { $0.split(separator: " ").first.map(String.init) }
        #expect(names.count > 15)
        for name in names {
            let before = try #require(try trawl.run(name, "--help").text.components(separatedBy: "USAGE:").first)
            #expect(before.contains("  trawl \(name)"), "\(name)")
        }
    }
}
