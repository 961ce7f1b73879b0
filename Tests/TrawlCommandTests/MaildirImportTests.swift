import Foundation
import Testing

@Suite struct MaildirImportTests {
    private let trawl: TrawlProcess

    init() throws {
        trawl = try TrawlProcess()
        for number in 1...3 {
            try trawl.write(message(number), to: "box/cur/10\(number).M1.host:2,S")
        }
        for folder in ["new", "tmp"] { try trawl.write("", to: "box/\(folder)/.keep") }
    }

    private func message(_ number: Int) -> String {
        TrawlProcess.message("Letter \(number)", id: "\(number)@example.org", day: number, body: "Number w\(number).")
    }

    /// As if nobody had touched the folders for an hour.
    private func rest() throws {
        for folder in ["cur", "new"] {
            try FileManager.default.setAttributes(
                [.modificationDate: Date(timeIntervalSinceNow: -3_600)], ofItemAtPath: path("box/\(folder)"))
        }
    }

    private func path(_ name: String) -> String { trawl.folder.path(name) }

    private func importAgain() throws -> String {
        let result = try trawl.run("import", "box")
        #expect(result.status == 0, "\(result.error)")
        return result.error
    }

    @Test func foldersThatNobodyTouchedAreNotReadAgainAndWhateverChangesThemIsSeen() throws {
        try rest()
        #expect(try importAgain().contains("3 added, 0 unchanged"))
        let cache = try #require(
            try FileManager.default.contentsOfDirectory(atPath: path("data/import")).first { $0.hasSuffix(".cache") })
        let size = try Data(contentsOf: URL(fileURLWithPath: path("data/import/\(cache)"))).count
        for _ in 0..<2 { #expect(try importAgain().contains("0 added, 3 unchanged")) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: path("data/import/\(cache)"))).count == size)

        try trawl.write(message(4), to: "box/new/104.M1.host")
        #expect(try importAgain().contains("1 added, 3 unchanged"))
        // The folder has only just been changed: its time tells nothing yet, and what comes at once is seen.
        try trawl.write(message(5), to: "box/new/105.M1.host")
        #expect(try importAgain().contains("1 added, 4 unchanged"))
        try rest()
        #expect(try importAgain().contains("0 added, 5 unchanged"))
        #expect(try importAgain().contains("0 added, 5 unchanged"))

        try FileManager.default.moveItem(
            atPath: path("box/cur/101.M1.host:2,S"), toPath: path("box/cur/101.M1.host:2,FS"))
        #expect(try trawl.run("count", "is:flagged").text == "0\n")
        _ = try importAgain()
        #expect(try trawl.run("count", "is:flagged").text == "1\n")
        try rest()
        _ = try importAgain()
        try FileManager.default.removeItem(atPath: path("box/cur/102.M1.host:2,S"))
        _ = try importAgain()
        #expect(try trawl.run("count", "w2").text == "0\n")
        #expect(try trawl.run("count", "*").text == "4\n")
        #expect(try trawl.run("check").status == 0)
    }

    @Test func whatCouldNotBeReadIsTriedAgain() throws {
        try FileManager.default.createSymbolicLink(
            atPath: path("box/cur/109.M1.host:2,"), withDestinationPath: path("elsewhere"))
        try rest()
        #expect(try importAgain().contains("3 added, 0 unchanged"))
        #expect(try importAgain().contains("0 added, 3 unchanged"))
        try trawl.write(message(9), to: "elsewhere")
        try rest()
        #expect(try importAgain().contains("1 added, 3 unchanged"))
    }
}
