import Foundation
import TestSupport
import Testing

/// `trawl account add` with a real Dovecot: by options, and as a person on a terminal.
@Suite(.serialized, .enabled(if: DovecotServer.isAvailable, "dovecot-imapd and openssl are needed"))
struct AccountAddTests {
    private static let server = Result { try DovecotServer() }

    private func options(_ server: DovecotServer, user: String) -> [String] {
        [
            "account", "add", "work", "--user", user, "--host", "localhost", "--port", "\(server.tlsPort)",
            "--security",
            "tls", "--ca-file", server.certificates.authority,
        ]
    }

    private func config(_ trawl: TrawlProcess) -> String? {
        try? String(contentsOfFile: trawl.folder.path(".config/trawl/config.toml"), encoding: .utf8)
    }

    private func mode(_ path: String) throws -> Int? {
        try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
    }

    @Test func optionsAreTriedAndWritten() throws {
        let server = try Self.server.get()
        let trawl = try TrawlProcess()
        try trawl.write(server.user.password + "\n", to: "a password")
        let added = try trawl.run(
            options(server, user: server.user.name) + ["--password-command", "cat 'a password'"])
        #expect(added.status == 0, "\(added.error)")
        #expect(added.text == "added account \"work\" to \(trawl.folder.path(".config/trawl/config.toml"))\n")
        #expect(added.error.contains("ok    authentication"), "\(added.error)")
        #expect(
            config(trawl) == """
                [accounts.work]
                host = "localhost"
                port = \(server.tlsPort)
                user = "\(server.user.name)"
                password-command = ["cat", "a password"]
                ca-file = "\(server.certificates.authority)"

                """)
        #expect(try mode(trawl.folder.path(".config/trawl/config.toml")) == 0o600)
        #expect(try trawl.run("doctor", "work").status == 0)
        #expect(try trawl.run("sync", "--quiet").status == 0)
        let again = try trawl.run(options(server, user: "x") + ["--password-env", "P", "--no-check"])
        #expect(again.status == 2)
        #expect(
            again.error.contains("there is an account \"work\" at \(trawl.folder.path(".config/trawl/config.toml")):1"))
    }

    @Test func whatCannotBeReadIsNotWritten() throws {
        let server = try Self.server.get()
        let trawl = try TrawlProcess()
        let wrong = options(server, user: server.user.name) + ["--password-env", "WRONG"]
        let refused = try trawl.run(wrong, environment: ["WRONG": "no"])
        #expect(refused.status == 1)
        #expect(refused.error.contains("FAIL") && refused.error.contains("nothing was written"), "\(refused.error)")
        #expect(!refused.error.contains("WRONG=") && refused.output.isEmpty && config(trawl) == nil)
        let printed = try trawl.run(wrong + ["--print"])
        #expect(printed.status == 0 && printed.text.hasPrefix("[accounts.work]\n") && config(trawl) == nil)
        #expect(try trawl.run(wrong + ["--no-check"]).status == 0)
        #expect(config(trawl) == printed.text)
    }

    @Test func whatIsMissingIsNamed() throws {
        let trawl = try TrawlProcess()
        for (arguments, expected) in [
            ([], "--user is missing"),
            (["--user", "u"], "--password-command (or"),
            (["--user", "u", "--password-env", "P"], "--host is missing"),
            (
                ["--user", "u", "--host", "h", "--password-command", "a | b"],
                "--password-command: \"|\" in the command"
            ),
            (["--user", "u", "--password-env", "P", "--password-file", "f"], "give one of --password-command"),
            (["--user", "u", "--host", "h", "--password-env", "P", "--port", "0"], "port must be from 1 to 65535"),
            (["local", "--user", "u", "--host", "h", "--password-env", "P"], "\"local\" is that of imported mail"),
            (["--user", "u", "--host", "h", "--password-env", "P", "--security", "tsl"], "did you mean \"tls\""),
        ] {
            let result = try trawl.run(["account", "add"] + arguments)
            #expect(result.status == 2, "\(arguments)")
            #expect(result.error.contains(expected), "\(result.error)")
            #expect(result.error.split(separator: "\n").count <= 2, "\(result.error)")
        }
        let gmail = try trawl.run("account", "add", "--user", "ana@gmail.com", "--password-env", "P", "--print")
        #expect(gmail.text.hasPrefix("[accounts.gmail]\nhost = \"imap.gmail.com\"\nuser = \"ana@gmail.com\"\n"))
    }

    @Test(.enabled(if: TmuxTerminal.isInstalled, Comment(rawValue: TmuxTerminal.reason)))
    func aPersonIsAsked() throws {
        let server = try Self.server.get()
        let terminal = try TmuxTerminal(TrawlProcess(), columns: 110, rows: 50)
        func answer(_ question: String, _ text: String) throws { try self.answer(terminal, question, text) }
        try terminal.type("'\(TrawlProcess.executable)' account add --ca-file '\(server.certificates.authority)'")
        try terminal.press("Enter")
        try answer("Your mail address", "ana")
        _ = try terminal.wait("a word on what is wrong") { $0.contains("that is no address") }
        // A domain that never is (RFC 6761): no name server need answer.
        try answer("Your mail address", "ana@trawl.invalid")
        try answer("Server [imap.trawl.invalid]", "localhost")
        try answer("Port [993]", "70000")
        try answer("Port [993]", "\(server.plainPort)")
        try answer("Security: tls, starttls or none [tls]", "starttls")
        try answer("User [ana@trawl.invalid]", server.user.name)
        try answer("Name of the account", "local")
        try answer("Name of the account", "home")
        try answer("Number", number(terminal, "a file that only I can read"))
        try answer("Password (not shown)", "wrong")
        let failed = try terminal.wait("what now") { $0.contains("What now?") }
        #expect(failed.contains("FAIL") && !failed.contains("wrong"))
        let kept = terminal.trawl.folder.path(".config/trawl/passwords/home")
        try answer("Number [1]", "1")
        // From the start, with what was answered before to be taken by Enter; but for the password.
        try answer("Server [localhost]", "")
        #expect(!FileManager.default.fileExists(atPath: kept))
        try answer("Port [\(server.plainPort)]", "")
        try answer("Security: tls, starttls or none [starttls]", "")
        try answer("User [\(server.user.name)]", "")
        try answer("Name of the account, for in: and account: and the command line [home]", "")
        try answer("Number", number(terminal, "a file that only I can read"))
        _ = try terminal.wait("the password's question") { screen in
            screen.split(separator: "\n").last == "Password (not shown):"
        }
        try terminal.type(server.user.password + "xé")
        try terminal.press("BSpace", "BSpace", "Enter")
        let done = try terminal.wait("the end") { $0.contains("next: \"trawl sync home\"") }
        #expect(!done.contains(server.user.password))
        #expect(try String(contentsOfFile: kept, encoding: .utf8) == server.user.password + "\n")
        #expect(try mode(kept) == 0o600)
        #expect(config(terminal.trawl)?.contains("password-file = \"\(kept)\"") == true)
        #expect(config(terminal.trawl)?.contains("port = \(server.plainPort)\nsecurity = \"starttls\"") == true)
        #expect(try terminal.trawl.run("doctor", "home").status == 0)
    }

    @Test(.enabled(if: TmuxTerminal.isInstalled, Comment(rawValue: TmuxTerminal.reason)))
    func aCertificateThatNothingVouchesForCanBeTrustedAlone() throws {
        let server = try Self.server.get()
        let terminal = try TmuxTerminal(TrawlProcess(), columns: 90, rows: 50)
        try terminal.type(
            "'\(TrawlProcess.executable)' account add home --user \(server.user.name) --host localhost "
                + "--port \(server.tlsPort) --security tls")
        try terminal.press("Enter")
        try answer(terminal, "Number", number(terminal, "a file that only I can read"))
        try answer(terminal, "Password (not shown)", server.user.password)
        let failed = try terminal.wait("what now") { $0.contains("What now?") && $0.contains("Number") }
        // What is told of a step fits the terminal, and continues where it began.
        #expect(failed.contains("\n                        "), "\(failed)")
        try answer(terminal, "Number", number(terminal, "trust just this certificate"))
        let done = try terminal.wait("the end") { $0.contains("next: \"trawl sync home\"") }
        #expect(done.contains("ok    authentication"))
        #expect(config(terminal.trawl)?.contains("certificate-sha256 = \"") == true)
        #expect(try terminal.trawl.run("doctor", "home").status == 0)
    }

    @Test func aCertificateIsPinnedByItsDigest() throws {
        let trawl = try TrawlProcess()
        let options = [
            "account", "add", "work", "--user", "u", "--host", "localhost", "--password-env", "P", "--print",
        ]
        let digest = String(repeating: "0a", count: 32)
        let printed = try trawl.run(options + ["--certificate-sha256", digest.uppercased()])
        #expect(printed.text.contains("certificate-sha256 = \"\(digest)\"\n"), "\(printed.error)")
        let wrong = try trawl.run(options + ["--certificate-sha256", "0a0a"])
        #expect(wrong.status == 2 && wrong.error.contains("64 hexadecimal digits"), "\(wrong.error)")
    }

    /// Answers a question once it is the last thing on the screen.
    private func answer(_ terminal: TmuxTerminal, _ question: String, _ text: String) throws {
        _ = try terminal.wait(question) { screen in
            // The last line, with no answer to it yet.
            guard let last = screen.split(separator: "\n").last else { return false }
            return last.hasPrefix(question) && last.hasSuffix(":")
        }
        if !text.isEmpty { try terminal.type(text) }
        try terminal.press("Enter")
    }

    /// The number that a choice has on the screen: which there are depends on what is installed.
    private func number(_ terminal: TmuxTerminal, _ choice: String) throws -> String {
        let screen = try terminal.wait(choice) { $0.contains(choice) }
        let line = try #require(screen.split(separator: "\n").last { $0.contains(choice) })
        return try #require(line.split(separator: " ").first.map(String.init))
    }

    @Test(.enabled(if: TmuxTerminal.isInstalled, Comment(rawValue: TmuxTerminal.reason)))
    func leavingLeavesTheTerminalAsItWas() throws {
        let terminal = try TmuxTerminal(TrawlProcess())
        try terminal.type(
            "'\(TrawlProcess.executable)' account add x --user u --host localhost --port 1 --security tls")
        try terminal.press("Enter")
        _ = try terminal.wait("the choice") { $0.contains("Number [") }
        try terminal.type(number(terminal, "a file that only I can read"))
        try terminal.press("Enter")
        _ = try terminal.wait("the password's question") { $0.contains("not shown") }
        try terminal.press("C-c")
        try terminal.shell()
        #expect(try terminal.sh("stty -a | grep -o -- '-*echo\\b'").contains("\necho\n"))
        #expect(config(terminal.trawl) == nil)
    }
}
