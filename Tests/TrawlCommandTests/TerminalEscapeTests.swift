import Foundation
import TestSupport
import Testing

@testable import Presentation

/// What mail contains is shown and never obeyed, by every command and in every format.
@Suite struct TerminalEscapeTests {
    private static let hostile = "\u{1B}]0;owned\u{7}\u{1B}[2J\u{9B}31m\u{202E}txt.exe\u{2066}\u{8}"

    private func imported() throws -> (TrawlProcess, String) {
        let trawl = try TrawlProcess()
        let encoded = Data(Self.hostile.utf8).base64EncodedString()
        let word = "=?utf-8?B?\(encoded)?="
        let message = """
            From: \(word) <evil\u{1B}[1m@example.org>
            To: \(word) <x@example.com>
            Subject: needle \(word)
            Date: Tue, 5 Mar 2024 12:34:56 +0000
            Message-ID: <a\u{1B}[1mb@example.org>
            List-Id: \(word) <list\u{1B}[1m.example.org>
            MIME-Version: 1.0
            Content-Type: multipart/mixed; boundary=b

            --b
            Content-Type: text/plain; charset=utf-8
            Content-Transfer-Encoding: base64

            \(Data(("needle \(Self.hostile) end\n").utf8).base64EncodedString())
            --b
            Content-Type: text/plain; name="\(word)"
            Content-Disposition: attachment; filename="\(word)"

            needle \(Self.hostile)
            --b--

            """
        try trawl.write(message, to: "evil\u{1B}[31m/one.eml")
        let result = try trawl.run("import", "evil\u{1B}[31m")
        #expect(result.status == 0, "\(result.error)")
        let id = try trawl.run("search", "needle", "--format", "ids").text.trimmingCharacters(in: .newlines)
        #expect(!id.isEmpty)
        return (trawl, id)
    }

    private static func isHarmless(_ text: String, allowed: Set<UInt32> = [10]) -> Bool {
        text.unicodeScalars.allSatisfy { scalar in
            if allowed.contains(scalar.value) { return true }
            switch scalar.value {
            case 0..<0x20, 0x7F...0x9F, 0x202A...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C: return false
            default: return true
            }
        }
    }

    @Test func noCommandLetsThemThrough() throws {
        let (trawl, id) = try imported()
        let commands: [[String]] = [
            ["search", "needle"], ["search", "needle", "--format", "json"], ["search", "needle", "--format", "jsonl"],
            ["search", "needle", "--format", "message-ids"], ["search", "needle", "--format", "ids"],
            ["search", "needle", "--threads"], ["show", id], ["show", id, "--format", "json"], ["thread", id],
            ["thread", id, "--format", "json"], ["addresses", "evil"], ["addresses", "x", "--format", "json"],
            ["mailboxes"], ["mailboxes", "--format", "json"], ["status"], ["status", "--format", "json"],
            ["status", "--format", "prometheus"], ["explain", "needle"], ["check"],
        ]
        for command in commands {
            let result = try trawl.run(command)
            #expect(result.status == 0, "\(command) \(result.error)")
            #expect(Self.isHarmless(result.text, allowed: [9, 10]), "\(command)")
            #expect(Self.isHarmless(result.error), "\(command)")
        }
        // What was typed comes back in errors.
        for command in [["search", "(\u{1B}[31m"], ["show", "\u{1B}[31m"], ["\u{1B}[31m"], ["import", "\u{1B}[31m"]] {
            let result = try trawl.run(command)
            #expect(result.status != 0)
            #expect(Self.isHarmless(result.error), "\(command) \(result.error.debugDescription)")
        }
    }

    @Test func coloursAreTheOnlyEscapesOnATerminal() throws {
        let (trawl, id) = try imported()
        for command in [["search", "needle"], ["show", id], ["thread", id], ["status"], ["mailboxes"]] {
            let text = try trawl.run(command + ["--color", "always"]).text
            var rest = text
            for code in ["0", "1", "2", "31", "32", "33", "35", "36", "1;31"] {
                rest = rest.replacingOccurrences(of: "\u{1B}[\(code)m", with: "")
            }
            #expect(Self.isHarmless(rest), "\(command) \(rest.debugDescription)")
        }
        #expect(!(try trawl.run(["search", "needle"], environment: ["NO_COLOR": "1"]).text.contains("\u{1B}")))
    }

    /// As a person sees it: the real terminal emulator's screen, its title and its lines.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/tmux"), "tmux is not installed"))
    func aRealTerminalShowsThem() throws {
        let (trawl, id) = try imported()
        // One script for all of it: the server would outlive a first command of its own, and hold its pipes.
        let binary = TrawlProcess.executable
        try trawl.write("'\(binary)' search needle\n'\(binary)' show \(id)\necho DONE\nsleep 30\n", to: "inside.sh")
        let script = try trawl.write(
            """
            t() { tmux -u -S "$PWD/tmux" -f /dev/null "$@"; }
            t new-session -d -s t -x 100 -y 40 'sh inside.sh'
            for try in $(seq 100); do
                t capture-pane -p -t t > screen
                grep -q DONE screen && break
                sleep 0.1
            done
            t display-message -p -t t '#{pane_title}' > title
            t kill-server
            """, to: "outside.sh")
        let process = trawl.process([script], environment: ["TERM": "xterm-256color"])
        process.executableURL = URL(fileURLWithPath: "/bin/sh")
        try process.runWithSignals()
        process.waitUntilExit()
        let screen = try String(contentsOfFile: trawl.folder.path("screen"), encoding: .utf8)
        let title = try String(contentsOfFile: trawl.folder.path("title"), encoding: .utf8)
        #expect(screen.contains("needle ^[]0;owned^G^[[2J<U+009B>31m<U+202E>txt.exe"), "\(screen)")
        #expect(!title.contains("owned"))
    }
}
