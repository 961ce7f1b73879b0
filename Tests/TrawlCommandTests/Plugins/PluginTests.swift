import Foundation
import Testing

/// What plugs into Trawl, each with the real program. The tests are Python's, as much of what they run is; this runs
/// them with the executable that was just built.
///
/// A program that isn't installed is told by a line that begins with "skipped".
@Suite struct PluginTests {
    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    private static let python = ["/usr/bin/python3", "/usr/local/bin/python3", "/opt/homebrew/bin/python3"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    @Test(
        .enabled(if: python != nil, "python3 is not installed"),
        arguments: [
            "clients/python/tests/test_client.py", "clients/tests/test_mcp.py", "clients/tests/test_notmuch_shape.py",
            "clients/tests/test_neomutt.py", "clients/tests/test_emacs.py", "clients/tests/test_completions.py",
            "clients/tests/test_socket.py", "clients/tests/test_man_pages.py", "clients/tests/test_documents.py",
            "clients/tests/test_packaging.py", "clients/tests/test_maildir_from_server.py",
            "clients/tests/test_account_add.py", "clients/tests/test_new_user.py", "clients/tests/test_keyring.py",
        ])
    func worksWithTheRealProgram(file: String) throws {
        let python = try #require(Self.python)
        let path = Self.root.appendingPathComponent(file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: python)
        process.arguments = ["-m", "unittest", path.lastPathComponent]
        process.currentDirectoryURL = path.deletingLastPathComponent()
        process.environment = ProcessInfo.processInfo.environment.merging([
            "TRAWL_BINARY": TrawlProcess.executable, "PYTHONDONTWRITEBYTECODE": "1",
        ]) { $1 }
        let log = FileManager.default.temporaryDirectory.appendingPathComponent("trawl-plugin-\(UUID().uuidString)")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        defer { try? FileManager.default.removeItem(at: log) }
        let output = try FileHandle(forWritingTo: log)
        process.standardOutput = output
        process.standardError = output
        process.standardInput = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        let told = String(decoding: try Data(contentsOf: log), as: UTF8.self)
        for line in told.split(separator: "\n") where line.hasPrefix("skipped") { print(line) }
        #expect(process.terminationStatus == 0, "\(file):\n\(told)")
    }

    /// So that none is written and never run.
    @Test func everyTestFileIsRun() throws {
        for folder in ["clients/tests", "clients/python/tests"] {
            let names = try FileManager.default.contentsOfDirectory(
                atPath: Self.root.appendingPathComponent(folder).path)
            let source = try String(contentsOfFile: #filePath, encoding: .utf8)
            for name in names where name.hasPrefix("test_") && name.hasSuffix(".py") {
                #expect(source.contains("\(folder)/\(name)"))
            }
        }
    }
}
