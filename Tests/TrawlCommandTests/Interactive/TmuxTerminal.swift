import Foundation
import TestSupport

/// A terminal of a test's own: a tmux server that nothing else knows, with a shell in which `trawl` is started.
final class TmuxTerminal: Sendable {
    let trawl: TrawlProcess
    private let socket: String

    static let path = ["/usr/bin/tmux", "/usr/local/bin/tmux", "/opt/homebrew/bin/tmux"]
        .first { FileManager.default.isExecutableFile(atPath: $0) }
    static var isInstalled: Bool { path != nil }
    static let reason = "skipped: tmux is not installed"

    init(_ trawl: TrawlProcess, columns: Int = 100, rows: Int = 30, environment: [String: String] = [:]) throws {
        self.trawl = trawl
        socket = trawl.folder.path("tmux")
        let profile = trawl.folder.path("profile")
        try "PS1='ready$ '\n".write(toFile: profile, atomically: true, encoding: .utf8)
        let all = trawl.environment.merging(["TERM": "xterm-256color", "ENV": profile]) { $1 }
        try run(
            ["new-session", "-d", "-c", trawl.folder.path, "-s", "t", "-x", "\(columns)", "-y", "\(rows)", "sh -i"],
            all.merging(environment) { $1 })
        try run(["set", "-g", "status", "off"])
        _ = try wait("the shell's prompt") { $0.contains("ready$") }
    }

    deinit { _ = try? run(["kill-server"]) }

    @discardableResult
    func run(_ arguments: [String], _ environment: [String: String]? = nil) throws -> String {
        guard let path = Self.path else { throw TestSupportError(Self.reason) }
        // Neither Process nor a pipe: both wait for whoever holds their descriptors, and the tmux server does.
        let name = trawl.folder.path("tmux-\(UInt64.random(in: 0...UInt64.max)).out")
        defer { try? FileManager.default.removeItem(atPath: name) }
        #if canImport(Darwin)
            var actions: posix_spawn_file_actions_t?
        #else
            var actions = posix_spawn_file_actions_t()
        #endif
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, name, O_WRONLY | O_CREAT, 0o600)
        posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0)
        // UTF-8, whatever the locale.
        var words = ([path, "-u", "-S", socket, "-f", "/dev/null"] + arguments).map { strdup($0) }
        var variables = (environment ?? trawl.environment).map { strdup("\($0)=\($1)") }
        words.append(nil)
        variables.append(nil)
        defer { for word in words + variables { free(word) } }
        // Threads of Swift's pool block all signals, and a tmux server that inherits that never hears kill-server.
        #if canImport(Darwin)
            var attributes: posix_spawnattr_t?
        #else
            var attributes = posix_spawnattr_t()
        #endif
        var none = sigset_t()
        sigemptyset(&none)
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
        var process = pid_t()
        guard posix_spawn(&process, path, &actions, &attributes, words, variables) == 0 else {
            throw TestSupportError("tmux can't be run")
        }
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        return String(decoding: try Data(contentsOf: URL(fileURLWithPath: name)), as: UTF8.self)
    }

    /// Keys by tmux's names: `Enter`, `C-t`, `M-m`.
    func press(_ keys: String...) throws { try run(["send-keys", "-t", "t"] + keys) }
    func type(_ text: String) throws { try run(["send-keys", "-t", "t", "-l", text]) }
    func resize(_ columns: Int, _ rows: Int) throws {
        try run(["resize-window", "-t", "t", "-x", "\(columns)", "-y", "\(rows)"])
    }

    func paste(_ text: String) throws {
        try run(["set-buffer", text])
        try run(["paste-buffer", "-p", "-t", "t"])
    }

    /// The screen; with its escape sequences where `styled`.
    func screen(styled: Bool = false) throws -> String {
        try run(["capture-pane", "-p", "-t", "t"] + (styled ? ["-e"] : []))
    }

    func lines() throws -> [String] { try screen().components(separatedBy: "\n") }

    /// What tmux knows of the terminal, such as `#{alternate_on}`.
    func ask(_ format: String) throws -> String {
        try run(["display-message", "-p", "-t", "t", format]).trimmingCharacters(in: .newlines)
    }

    /// The screen as soon as it is as expected.
    func wait(_ what: String, styled: Bool = false, _ isThere: (String) -> Bool) throws -> String {
        var last = ""
        for _ in 0..<200 {
            last = try screen(styled: styled)
            if isThere(last) { return last }
            Thread.sleep(forTimeInterval: 0.05)
        }
        throw TestSupportError("no \(what) on the screen:\n\(last)")
    }

    /// Starts `trawl` by its path, and waits for its screen.
    func open(_ before: String = "") throws {
        try type("\(before)'\(TrawlProcess.executable)'")
        try press("Enter")
        _ = try wait("query line") { $0.hasPrefix("> ") }
    }

    /// The screen once the shell is back and waits.
    @discardableResult
    func shell() throws -> String {
        try wait("prompt") { screen in
            screen.split(separator: "\n").last?.trimmingCharacters(in: .whitespaces) == "ready$"
        }
    }

    /// Lets the shell do something, and gives the screen with what it said; it was clear before.
    func sh(_ command: String) throws -> String {
        try type("clear")
        try press("Enter")
        _ = try wait("a clear screen") { $0.trimmingCharacters(in: .whitespacesAndNewlines) == "ready$" }
        // Written in two, so that the command's echo is not taken for its end.
        try type("\(command); echo fin''ished")
        try press("Enter")
        return try wait("the end of \(command)") { $0.contains("\nfinished\n") }
    }
}
