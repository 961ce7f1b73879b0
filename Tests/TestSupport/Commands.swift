import Foundation

/// Runs a command to its end and returns what it wrote to stdout. Throws with its stderr when it fails.
@discardableResult
public func run(_ command: String, _ arguments: [String], input: [UInt8]? = nil) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [command] + arguments
    let output = Pipe()
    let errors = Pipe()
    process.standardOutput = output
    process.standardError = errors
    let standardInput = input.map { _ in Pipe() }
    if let standardInput {
        process.standardInput = standardInput
    } else {
        process.standardInput = FileHandle.nullDevice
    }
    try process.runWithSignals()
    if let standardInput, let input {
        try standardInput.fileHandleForWriting.write(contentsOf: Data(input))
        try standardInput.fileHandleForWriting.close()
    }
    let written = try output.fileHandleForReading.readToEnd() ?? Data()
    let complaint = try errors.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
        let text = String(decoding: complaint, as: UTF8.self)
        throw TestSupportError("\(command) ended with \(process.terminationStatus): \(text)")
    }
    return String(decoding: written, as: UTF8.self)
}

/// Whether a command is on the search path or among the system's own (`/usr/sbin` too).
public func isInstalled(_ command: String) -> Bool {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
    return (folders + ["/usr/sbin", "/usr/lib/dovecot"]).contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/\(command)")
    }
}

extension Process {
    /// `run()` with no signal blocked in the child: threads of the concurrency pool block them, and a child inherits that,
    /// so that SIGTERM would never reach it.
    public func runWithSignals() throws {
        var none = sigset_t()
        var held = sigset_t()
        sigemptyset(&none)
        pthread_sigmask(SIG_SETMASK, &none, &held)
        defer { pthread_sigmask(SIG_SETMASK, &held, nil) }
        try run()
    }
}
