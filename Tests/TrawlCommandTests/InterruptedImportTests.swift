import Foundation
import Testing

/// An import's messages are committed in large pieces; what is killed between two of them must lose and double nothing.
@Suite struct InterruptedImportTests {
    private static let count = 3_000

    private func mail(_ trawl: TrawlProcess) throws {
        for mailbox in ["a", "b", "c"] {
            for number in 0..<Self.count / 3 {
                try trawl.write(
                    TrawlProcess.message(
                        "letter \(mailbox)\(number)", id: "\(mailbox)\(number)@example.org", day: 1 + number % 28,
                        body: "Dear reader, this is the letter \(mailbox)\(number) of the many that we send.\n"),
                    to: "mail/\(mailbox)/\(number).eml")
            }
        }
    }

    @Test func whatWasKilledIsImportedWhollyTheNextTime() throws {
        let trawl = try TrawlProcess()
        try mail(trawl)
        for pieces in 1...4 {
            let process = trawl.process(["import", "--quiet", "mail"])
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            // At another moment each time; which doesn't matter.
            Thread.sleep(forTimeInterval: 0.15 * Double(pieces))
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            #expect(try trawl.run("check").status != 1)
        }
        let result = try trawl.run("import", "mail")
        #expect(result.status == 0, "\(result.error)")
        #expect(try trawl.run("count", "*").text == "\(Self.count)\n")
        #expect(try trawl.run("count", "letter").text == "\(Self.count)\n")
        #expect(try trawl.run("count", "in:mail/b").text == "\(Self.count / 3)\n")
        #expect(try trawl.run("search", "\"letter b77\"", "--format", "ids").lines.count == 1)
        #expect(try trawl.run("check").status == 0)
        let again = try trawl.run("import", "mail")
        #expect(again.error.contains("0 added, \(Self.count) unchanged"), "\(again.error)")
    }

    @Test func oneThatFailsKeepsWhatCameBefore() throws {
        let trawl = try TrawlProcess()
        try mail(trawl)
        // Where what is known of the second mailbox's files should be kept is no folder.
        #expect(try trawl.run("import", "mail/a").status == 0)
        let folder = trawl.folder.path("data/import")
        try FileManager.default.removeItem(atPath: folder)
        try Data().write(to: URL(fileURLWithPath: folder))
        #expect(try trawl.run("import", "mail/b").status == 2)
        try FileManager.default.removeItem(atPath: folder)
        let result = try trawl.run("import", "mail")
        #expect(result.status == 0, "\(result.error)")
        #expect(try trawl.run("count", "letter").text == "\(Self.count)\n")
        #expect(try trawl.run("check").status == 0)
    }
}
