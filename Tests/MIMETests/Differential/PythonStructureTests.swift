import Foundation
import Testing

@testable import MIME

/// Single odd messages that come without expected results: their leaves as Python's email package finds them.
@Suite struct PythonStructureDifferential {
    private static let script = #"""
        import email, email.policy, json, sys

        # Python parses the blocks of reports and phantom bodies as messages, and calls an empty multipart a leaf.
        messages = ("message/rfc822", "message/news", "message/global")


        def leaves(part):
            kind = part.get_content_type()
            if kind.startswith("message/") and kind not in messages:
                return [kind]
            if part.is_multipart():
                return [leaf for child in part.get_payload() for leaf in leaves(child)]
            return [] if kind.startswith("multipart/") else [kind]


        for line in sys.stdin:
            path = line.rstrip("\n")
            raw = open(path, "rb").read()
            try:
                message = email.message_from_bytes(raw, policy=email.policy.compat32)
                types = leaves(message)
            except Exception as error:
                types = ["failed " + type(error).__name__]
            print(json.dumps(types))
        """#

    @Test(arguments: [
        "jsmime", "flanker", "mailnews", "james-project", "mikel-mail", "notmuch", "mu", "rspamd",
        "nodemailer-mailparser", "postal-mime", "aerc-threading", "mimekit/messages",
    ])
    func leavesOfOddMail(_ source: String) throws {
        guard let folder = CorpusFolder.folder("mime/" + source) else { return }
        let files = CorpusFolder.files(below: folder).filter { !$0.hasSuffix(".json") && !$0.hasSuffix(".out") }
        guard let rows = Self.run(files.map { folder.appending(path: $0).path(percentEncoded: false) }) else {
            print("skipped: python3 is not here")
            return
        }
        var tally = ConformanceTally(source: "python structure of \(source)")
        for (path, line) in zip(files, rows.split(separator: 0x0A)) {
            guard let types = try JSONSerialization.jsonObject(with: Data(line)) as? [String] else { continue }
            if types.first?.hasPrefix("failed") == true { continue }
            let mine = PartTexts(CorpusFolder.bytes(folder.appending(path: path))).leaves.map(\.mediaType)
            tally.add(path, mine == types ? [] : ["\(mine) for \(types)"])
        }
        tally.report()
        let unexplained = tally.unexplained(PythonStructureReasons.all[source] ?? [:])
        #expect(unexplained.isEmpty, Comment(rawValue: "\n" + unexplained.joined(separator: "\n")))
    }

    private static func run(_ paths: [String]) -> [UInt8]? {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", script]
        let input = Pipe()
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        guard (try? process.run()) != nil else { return nil }
        // The list of paths fits in a pipe's buffer.
        try? input.fileHandleForWriting.write(contentsOf: Data((paths.joined(separator: "\n") + "\n").utf8))
        try? input.fileHandleForWriting.close()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? [UInt8](data) : nil
    }
}
