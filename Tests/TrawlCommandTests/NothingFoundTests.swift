import TestSupport
import Testing

/// A search that finds nothing says on a terminal what may have been meant, and nowhere else.
@Suite(.serialized, .enabled(if: TmuxTerminal.isInstalled, Comment(rawValue: TmuxTerminal.reason)))
struct NothingFoundTests {
    @Test func theNearestWordAndWhatIsNotThereAreTold() throws {
        let trawl = try TrawlProcess()
        try trawl.write(TrawlProcess.message("Budget for spring", body: "The figures."), to: "letters/1.eml")
        #expect(try trawl.run("import", "letters").status == 0)
        let terminal = try TmuxTerminal(trawl, columns: 100, rows: 20)
        let search = "'\(TrawlProcess.executable)' search"
        let told = try terminal.sh("\(search) budgte in:leters")
        #expect(told.contains("There is no mailbox leters; did you mean in:letters?"), "\(told)")
        #expect(told.contains("did you mean: budget in:leters"), "\(told)")
        #expect(try !terminal.sh("\(search) budget").contains("did you mean"))
        #expect(try !terminal.sh("\(search) budgte | cat").contains("did you mean"))
        #expect(try trawl.run("search", "budgte").error.isEmpty)
        // The place of a query's fault, and a query that is understood, stand in one command each.
        let explained = try trawl.run("explain", "budget", "in:leters").text
        #expect(explained.hasPrefix("and\n  \"budget\"\n  in:"), "\(explained)")
        #expect(explained.contains("plan:  ") && explained.contains("note:  There is no mailbox leters"))
        #expect(try TrawlProcess().run("explain", "budget").text == "\"budget\"\n")
    }
}
