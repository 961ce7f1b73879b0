import Foundation
import Testing

/// `trawl`, which answers searches, and `trawl-commands`, which it becomes for all else.
@Suite struct TwoExecutablesTests {
    private static let whole = URL(fileURLWithPath: TrawlProcess.executable).deletingLastPathComponent()
        .appendingPathComponent("trawl-commands").path

    private func imported() throws -> TrawlProcess {
        let trawl = try TrawlProcess()
        let odd = "Zoë\u{202E} \u{1B}[2J & <b> \u{85}会議…"
        for day in 1...9 {
            try trawl.write(
                TrawlProcess.message(
                    "Letter \(day) \(odd)", day: day, body: "Berth \(day): the harbour & \(odd) <mark>"),
                to: "letters/\(day).eml")
        }
        #expect(try trawl.run("import", "--quiet", "letters").status == 0)
        return trawl
    }

    @Test func bothAnswerTheSame() throws {
        let trawl = try imported()
        for arguments in [
            ["search", "harbour"], ["search", "harbour", "--format", "json"], ["search", "--format", "jsonl", "berth"],
            ["search", "--format", "ids", "*"], ["search", "--format", "null", "*", "--limit", "2"],
            ["search", "--format", "message-ids", "*", "--offset", "5"], ["search", "--format", "notmuch-json", "*"],
            ["search", "--facets", "*"], ["search", "--facets", "--format", "json", "*"],
            ["search", "--color", "always", "会議"], ["search", "--sort", "relevance", "--threads", "letter"],
            ["search", "--no-snippets", "harbour"], ["search", "nothing-of-the-kind"], ["search", "date:2024-03-0"],
            ["search", "in:nowhere"], ["search", "(harbour"], ["search", "--limt", "3", "x"], ["search", "from:me"],
            ["search", "query:unknown"], ["search", "--data", "/nowhere", "x"], ["count", "harbour"],
            ["search", "*", "--require-complete"], ["count", "*", "--require-complete"],
            ["count", "nothing-of-the-kind"], ["count", "subject:("],
            ["--version"], ["search", "--version"], ["sarch", "x"], ["count"],
        ] {
            let front = try trawl.run(arguments)
            let whole = try trawl.run(arguments, program: Self.whole)
            #expect(front.status == whole.status, "\(arguments)")
            #expect(front.text == whole.text, "\(arguments)")
            #expect(front.error == whole.error, "\(arguments)")
        }
    }

    @Test func theOtherIsFoundWhereItIsInstalledAlsoThroughALink() throws {
        let trawl = try imported()
        let files = FileManager.default
        for folder in ["prefix/bin", "prefix/libexec/trawl", "home"] {
            try files.createDirectory(atPath: trawl.folder.path(folder), withIntermediateDirectories: true)
        }
        try files.copyItem(atPath: TrawlProcess.executable, toPath: trawl.folder.path("prefix/bin/trawl"))
        try files.createSymbolicLink(
            atPath: trawl.folder.path("prefix/libexec/trawl/trawl-commands"), withDestinationPath: Self.whole)
        try files.createSymbolicLink(
            atPath: trawl.folder.path("home/mail"), withDestinationPath: trawl.folder.path("prefix/bin/trawl"))
        for program in ["prefix/bin/trawl", "home/mail"] {
            let status = try trawl.run(["mailboxes"], program: trawl.folder.path(program))
            #expect(status.status == 0 && status.text.contains("letters"), "\(program): \(status.error)")
        }
    }

    @Test func whereTheOtherIsMissingSearchesAreAnsweredAndTheRestIsRefusedWithWhatToDo() throws {
        let trawl = try imported()
        let alone = trawl.folder.path("alone/trawl")
        try FileManager.default.createDirectory(
            atPath: trawl.folder.path("alone"), withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: TrawlProcess.executable, toPath: alone)
        #expect(try trawl.run(["count", "harbour"], program: alone).text == "9\n")
        let refused = try trawl.run(["mailboxes"], program: alone)
        #expect(refused.status == 2 && refused.output.isEmpty)
        #expect(refused.error.contains("trawl-commands is missing") && refused.error.contains("install trawl again"))
    }
}
