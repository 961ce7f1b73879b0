import Foundation
import TestSupport

/// The real `trawl`, run in a folder of its own, with nothing of the user's environment.
final class TrawlProcess: Sendable {
    let folder: TemporaryFolder

    struct Result {
        var status: Int32
        var output: Data
        var error: String
        var text: String { String(decoding: output, as: UTF8.self) }
        var lines: [String] { text.split(separator: "\n").map(String.init) }
    }

    init() throws { folder = try TemporaryFolder("trawl-command") }

    /// Beside the test bundle, where SwiftPM puts both.
    static let executable: String = {
        let arguments = CommandLine.arguments
        if let index = arguments.firstIndex(of: "--test-bundle-path"), index + 1 < arguments.count {
            let bundle = URL(fileURLWithPath: arguments[index + 1])
            var folder = bundle.deletingLastPathComponent()
            // On macOS the executable stands inside the bundle.
            while folder.path.contains(".xctest") { folder = folder.deletingLastPathComponent() }
            return folder.appendingPathComponent("trawl").path
        }
        return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appendingPathComponent(".build/debug/trawl").path
    }()

    var environment: [String: String] {
        [
            "HOME": folder.path, "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin", "TZ": "UTC",
            "TRAWL_DATA": folder.path("data"), "TRAWL_SOCKET": folder.path("socket"), "LC_ALL": "C.UTF-8",
        ]
    }

    func process(
        _ arguments: [String], environment extra: [String: String] = [:], program: String = executable
    ) -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = environment.merging(extra) { $1 }
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
        return process
    }

    @discardableResult
    func run(_ arguments: String..., input: String? = nil, environment extra: [String: String] = [:]) throws -> Result {
        try run(arguments, input: input, environment: extra)
    }

    /// - Parameter program: another executable than `trawl` as it was built.
    func run(
        _ arguments: [String], input: String? = nil, environment extra: [String: String] = [:],
        program: String = executable
    ) throws -> Result {
        // Files and not pipes: nothing has to be read while it runs.
        let name = "run-\(UInt64.random(in: 0...UInt64.max))"
        let process = process(arguments, environment: extra, program: program)
        let outputPath = folder.path(name + ".out")
        let errorPath = folder.path(name + ".err")
        for path in [outputPath, errorPath] { _ = FileManager.default.createFile(atPath: path, contents: nil) }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: outputPath))
        let error = try FileHandle(forWritingTo: URL(fileURLWithPath: errorPath))
        process.standardOutput = output
        process.standardError = error
        if let input {
            let path = folder.path(name + ".in")
            try Data(input.utf8).write(to: URL(fileURLWithPath: path))
            process.standardInput = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
        } else {
            process.standardInput = FileHandle.nullDevice
        }
        try process.runWithSignals()
        process.waitUntilExit()
        try output.close()
        try error.close()
        let read = try Data(contentsOf: URL(fileURLWithPath: outputPath))
        let told = try Data(contentsOf: URL(fileURLWithPath: errorPath))
        return Result(
            status: process.terminationReason == .uncaughtSignal
                ? 128 + process.terminationStatus : process.terminationStatus,
            output: read, error: String(decoding: told, as: UTF8.self))
    }

    /// Writes a message file and returns its path.
    @discardableResult
    func write(_ text: String, to path: String) throws -> String {
        let full = folder.path(path)
        try FileManager.default.createDirectory(
            at: URL(fileURLWithPath: full).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: full))
        return full
    }

    /// A message of a few lines.
    static func message(
        _ subject: String, from: String = "Ana Silva <ana@example.org>", id: String? = nil, day: Int = 5,
        body: String = "Hello.", extra: String = ""
    ) -> String {
        """
        From: \(from)
        To: Luis <luis@example.com>
        Subject: \(subject)
        Date: Tue, \(day) Mar 2024 12:34:56 +0000
        Message-ID: <\(id ?? "\(subject.utf8.reduce(5381) { ($0 &* 33) ^ Int($1) })-\(day)@example.org")>
        \(extra.isEmpty ? "" : extra + "\n")Content-Type: text/plain; charset=utf-8

        \(body)

        """
    }
}
