import Foundation
import TestSupport
import Testing

/// Search as you type, as a person sees it: the real program on a real terminal emulator.
@Suite(.serialized, .enabled(if: TmuxTerminal.isInstalled, Comment(rawValue: TmuxTerminal.reason)))
struct InteractiveScreenTests {
    private func mailbox(_ messages: [String]) throws -> TrawlProcess {
        let trawl = try TrawlProcess()
        for (number, message) in messages.enumerated() { try trawl.write(message, to: "mail/\(number).eml") }
        let result = try trawl.run("import", "mail")
        #expect(result.status == 0, "\(result.error)")
        return trawl
    }

    private func sample() throws -> TrawlProcess {
        var messages = (1...28).map { day in
            TrawlProcess.message("Note \(day)", id: "note\(day)@example.org", day: day, body: "Filler of day \(day).")
        }
        let long = (1...120).map { "Line \($0) of the report." }.joined(separator: "\n") + "\nThe budget is at the end."
        messages.append(TrawlProcess.message("Budget report", id: "budget@example.org", day: 29, body: long))
        messages.append(
            TrawlProcess.message(
                "Re: Budget report", from: "Luis <luis@example.com>", id: "answer@example.org", day: 30,
                body: "Agreed, the budget is fine.",
                extra: "In-Reply-To: <budget@example.org>\nReferences: <budget@example.org>"))
        messages.append(
            TrawlProcess.message(
                "=?utf-8?B?\(Data("会議の議事録 e\u{301}lan 🦑".utf8).base64EncodedString())?=", id: "wide@example.org",
                day: 31,
                body: "広い文字の行です。"))
        return try mailbox(messages)
    }

    /// Whether a screen has a count, and not only the beginning of a longer one.
    private func shows(_ count: String, _ screen: String) -> Bool {
        screen.range(of: "\\b\(count)(?![0-9+])", options: .regularExpression) != nil
    }

    @Test func resultsRenewAsYouType() throws {
        let terminal = try TmuxTerminal(sample())
        try terminal.open()
        #expect(try terminal.wait("all mail") { shows("1 of 31", $0) }.contains("Note 28"))
        try terminal.type("bud")
        let found = try terminal.wait("two hits") { shows("1 of 2", $0) }
        #expect(found.hasPrefix("> bud"))
        #expect(found.contains("Budget report") && !found.contains("Note 28"))
        // The preview has the newest of them, its match marked.
        _ = try terminal.wait("preview") { $0.contains("Agreed, the budget is fine.") }
        #expect(try terminal.screen(styled: true).contains("\u{1B}[1m\u{1B}[31mbudget\u{1B}[0m"))
        try terminal.press("Down")
        _ = try terminal.wait("the next one's preview") {
            shows("2 of 2", $0) && $0.contains("The budget is at the end.")
        }
        try terminal.press("C-w")
        try terminal.type("nosuchword")
        _ = try terminal.wait("nothing") { $0.contains("nothing found") }
        try terminal.press("C-u")
        try terminal.type("budgte in:nowhere")
        _ = try terminal.wait("the nearest word") {
            $0.contains("There is no mailbox nowhere; nothing found; did you mean: budget in:nowhere")
        }
        try terminal.press("C-u")
        _ = try terminal.wait("all mail again") { shows("1 of 31", $0) }
        // Up to the line's start and on from there.
        try terminal.type("fine")
        try terminal.press("C-a")
        try terminal.type("from:luis ")
        _ = try terminal.wait("one hit") {
            $0.hasPrefix("> from:luis fine") && shows("1 of 1", $0)
        }
    }

    @Test func aLoneLetterIsSoughtAtOnce() throws {
        let terminal = try TmuxTerminal(sample())
        try terminal.open()
        _ = try terminal.wait("all mail") { shows("1 of 31", $0) }
        try terminal.type("b")
        #expect(
            try terminal.wait("what begins so") { shows("1 of 2", $0) }.hasPrefix("> b"))
        // Beside another word.
        try terminal.press("C-u")
        _ = try terminal.wait("all mail again") { shows("1 of 31", $0) }
        try terminal.type("report l")
        _ = try terminal.wait("both words") { shows("1 of 2", $0) }
    }

    @Test func faultsAreMarkedQuietly() throws {
        let terminal = try TmuxTerminal(sample())
        try terminal.open()
        try terminal.type("note form:ana")
        let screen = try terminal.wait("hint") { $0.contains("There is no field form:") }
        #expect(screen.contains("did you mean from:?"))
        #expect(try terminal.screen(styled: true).contains("\u{1B}[4m\u{1B}[31mform:"))
    }

    @Test func theReaderScrollsAndThreadsOpen() throws {
        let terminal = try TmuxTerminal(sample(), columns: 80, rows: 24)
        try terminal.open()
        try terminal.type("report")
        _ = try terminal.wait("hits") { shows("1 of 2", $0) }
        try terminal.press("Down", "Enter")
        let page = try terminal.wait("page") { $0.contains("Line 5 of the report.") && !$0.hasPrefix("> ") }
        #expect(page.hasPrefix("From:    Ana Silva <ana@example.org>"))
        #expect(page.contains("Subject: Budget report"))
        try terminal.press("End")
        _ = try terminal.wait("end") { $0.contains("The budget is at the end.") && $0.contains("100 %") }
        try terminal.press("C-t")
        let thread = try terminal.wait("thread") { $0.hasPrefix("> thread:") && shows("2 of 2", $0) }
        #expect(thread.contains("Luis"))
        try terminal.press("Escape")
        _ = try terminal.wait("the query before") { $0.hasPrefix("> report") }
    }

    @Test func everySizeIsRight() throws {
        let terminal = try TmuxTerminal(sample())
        try terminal.open()
        _ = try terminal.wait("all mail") { shows("1 of 31", $0) }
        try terminal.resize(140, 30)
        // Beside each other when wide.
        let wide = try terminal.wait("side by side") { $0.contains("│") && $0.contains("広い文字の行です。") }
        let lines = wide.components(separatedBy: "\n")
        let rules = lines.filter { $0.contains("│") }.map { line in
            TerminalColumns.of(line[..<(line.firstIndex(of: "│") ?? line.endIndex)])
        }
        #expect(Set(rules) == [70], "the rule is straight: \(rules)")
        #expect(lines.contains { $0.contains("会議の議事録 e\u{301}lan 🦑") })
        // Below each other when not.
        try terminal.resize(70, 24)
        _ = try terminal.wait("one below the other") { $0.contains("────") && !$0.contains("│") }
        // One alone when tiny.
        try terminal.resize(30, 8)
        _ = try terminal.wait("the list alone") { !$0.contains("──") && $0.contains("Note 2") }
        try terminal.resize(10, 3)
        try terminal.type("bud")
        _ = try terminal.wait("a tiny screen") { $0.hasPrefix("> bud") }
        try terminal.resize(100, 30)
        _ = try terminal.wait("all of it again") {
            $0.hasPrefix("> bud") && shows("1 of 2", $0) && $0.contains("Agreed")
        }
    }

    @Test func theTerminalIsGivenBack() throws {
        let terminal = try TmuxTerminal(sample())
        _ = try terminal.sh("stty -a > before")
        // Every way out.
        for end in ["Escape", "C-c", "C-q", "TERM", "HUP", "SEGV"] {
            try terminal.open()
            _ = try terminal.wait("all mail") { shows("1 of 31", $0) }
            #expect(try terminal.ask("#{alternate_on}") == "1")
            if end == "Escape" || end.hasPrefix("C-") {
                try terminal.press(end)
            } else {
                let process = try terminal.ask("#{pane_pid}")
                let kill = Process()
                kill.executableURL = URL(fileURLWithPath: "/bin/sh")
                kill.arguments = ["-c", "pkill -\(end) -P \(process)"]
                try kill.run()
                kill.waitUntilExit()
            }
            try terminal.shell()
            #expect(try terminal.ask("#{alternate_on}") == "0", "\(end)")
            #expect(try terminal.ask("#{cursor_flag}") == "1", "\(end)")
            #expect(
                try terminal.sh("stty -a > after; cmp before after && echo the same").contains("the same"), "\(end)")
        }
    }

    @Test func suspendingGivesItBackToo() throws {
        let terminal = try TmuxTerminal(sample())
        try terminal.open()
        try terminal.type("bud")
        _ = try terminal.wait("hits") { shows("1 of 2", $0) }
        try terminal.press("C-z")
        _ = try terminal.shell()
        try terminal.type("fg")
        try terminal.press("Enter")
        _ = try terminal.wait("the screen again") { $0.hasPrefix("> bud") && shows("1 of 2", $0) }
        try terminal.type("g")
        _ = try terminal.wait("typing goes on") { $0.hasPrefix("> budg") }
    }

    @Test func pagerAndCopiedIds() throws {
        let terminal = try TmuxTerminal(
            sample(), environment: ["PAGER": "cat -; printf 'in the pager '; read x </dev/tty; true"])
        try terminal.open()
        try terminal.type("agreed")
        _ = try terminal.wait("one hit") { shows("1 of 1", $0) }
        try terminal.press("C-o")
        let pager = try terminal.wait("pager") { $0.contains("in the pager") }
        #expect(pager.contains("Subject: Re: Budget report") && pager.contains("Agreed, the budget is fine."))
        try terminal.press("Enter")
        _ = try terminal.wait("the screen again") { $0.hasPrefix("> agreed") }
        try terminal.press("C-y")
        _ = try terminal.wait("notice") { $0.contains("copied ") }
        try terminal.press("C-q")
        let id = try terminal.trawl.run("search", "agreed", "--format", "ids").text.trimmingCharacters(in: .newlines)
        #expect(try terminal.shell().contains(id))
    }

    @Test func pastesAndWideTextAreTyped() throws {
        let terminal = try TmuxTerminal(sample())
        try terminal.open()
        try terminal.paste("budget\nreport")
        _ = try terminal.wait("the paste on one line") { $0.hasPrefix("> budget report") && shows("1 of 2", $0) }
        try terminal.press("C-u")
        try terminal.type("議事録")
        _ = try terminal.wait("the hit") { $0.hasPrefix("> 議事録") && shows("1 of 1", $0) }
        #expect(try terminal.ask("#{cursor_x}") == "8")
        try terminal.press("BSpace")
        _ = try terminal.wait("one character less") { $0.hasPrefix("> 議事 ") }
        #expect(try terminal.ask("#{cursor_x}") == "6")
    }

    @Test func newMailAppears() throws {
        let terminal = try TmuxTerminal(sample())
        try terminal.open()
        try terminal.type("budget")
        _ = try terminal.wait("hits") { shows("1 of 2", $0) }
        try terminal.trawl.write(
            TrawlProcess.message("Budget again", id: "again@example.org", day: 31, body: "New."), to: "mail/new.eml")
        #expect(try terminal.trawl.run("import", "mail").status == 0)
        // What was selected still is.
        _ = try terminal.wait("the new message") { shows("2 of 3", $0) && $0.contains("Budget again") }
    }

    @Test func escapesInMailAreShown() throws {
        let hostile = "\u{1B}]0;owned\u{7}\u{1B}[2J\u{1B}[31m\u{9B}31m\u{202E}txt.exe"
        let word = "=?utf-8?B?\(Data(hostile.utf8).base64EncodedString())?="
        let trawl = try mailbox([
            TrawlProcess.message("needle \(word)", from: "\(word) <evil@example.org>", body: "needle \(hostile) end")
        ])
        let terminal = try TmuxTerminal(trawl, columns: 140, rows: 30)
        try terminal.open()
        try terminal.type("needle")
        _ = try terminal.wait("preview") { $0.contains("needle ^[]0;owned^G^[[2J^[[31m<U+009B>31m<U+202E>txt.exe end") }
        try terminal.press("Enter")
        _ = try terminal.wait("reader") { $0.hasPrefix("From:    ^[]0;owned") }
        #expect(!(try terminal.ask("#{pane_title}").contains("owned")))
    }

    @Test func noColorIsObeyed() throws {
        let terminal = try TmuxTerminal(sample(), environment: ["NO_COLOR": "1"])
        try terminal.open()
        try terminal.type("budget")
        _ = try terminal.wait("hits") { shows("1 of 2", $0) }
        let screen = try terminal.screen(styled: true)
        for code in ["[31m", "[32m", "[33m", "[34m", "[36m"] { #expect(!screen.contains("\u{1B}\(code)")) }
        // Matches are marked all the same.
        #expect(screen.contains("\u{1B}[4m"))
    }

    @Test func withoutATerminalItIsHelp() throws {
        let trawl = try sample()
        let result = try trawl.run()
        #expect(result.text.contains("USAGE: trawl"))
    }

    @Test func withoutAnIndexItSaysWhatToDo() throws {
        let terminal = try TmuxTerminal(TrawlProcess(), columns: 160)
        try terminal.type("'\(TrawlProcess.executable)'; echo status $?")
        try terminal.press("Enter")
        _ = try terminal.wait("message") { $0.contains("trawl import") && $0.contains("status 2") }
    }
}

/// Columns of text, as the tests count them: two for what is wide in the samples.
private enum TerminalColumns {
    static func of(_ text: Substring) -> Int {
        text.reduce(0) { count, character in
            count + ((character.unicodeScalars.first?.value ?? 0) >= 0x2E80 ? 2 : 1)
        }
    }
}
