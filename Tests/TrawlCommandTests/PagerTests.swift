import Foundation
import TestSupport
import Testing

@Suite(.serialized, .enabled(if: TmuxTerminal.isInstalled, Comment(rawValue: TmuxTerminal.reason)))
struct PagerTests {
    private func terminal(pager: String) throws -> TmuxTerminal {
        let trawl = try TrawlProcess()
        let lines = (1...60).map { "Line \($0)." }.joined(separator: "\n")
        try trawl.write(TrawlProcess.message("long", id: "long@example.org", body: lines), to: "mail/1.eml")
        try trawl.write(TrawlProcess.message("short", id: "short@example.org"), to: "mail/2.eml")
        #expect(try trawl.run("import", "mail").status == 0)
        return try TmuxTerminal(trawl, rows: 30, environment: ["PAGER": pager])
    }

    private let show = "'\(TrawlProcess.executable)' show"

    @Test func whatIsLongerThanTheTerminalIsPaged() throws {
        let terminal = try terminal(pager: "tail -n 3; printf 'in the pager '; read x </dev/tty")
        try terminal.type("\(show) long@example.org")
        try terminal.press("Enter")
        #expect(try terminal.wait("pager") { $0.contains("in the pager") }.contains("Line 60."))
        try terminal.press("Enter")
        try terminal.shell()
        #expect(try !terminal.sh("\(show) short@example.org").contains("in the pager"))
        // Off the terminal nothing is.
        #expect(try terminal.sh("\(show) long@example.org | tail -n 1").contains("Line 60."))
    }

    @Test(arguments: ["", "cat", "no-such-pager-here"])
    func withoutAPagerItIsWritten(pager: String) throws {
        let terminal = try terminal(pager: pager)
        #expect(try terminal.sh("\(show) long@example.org").contains("Line 60."))
    }
}
