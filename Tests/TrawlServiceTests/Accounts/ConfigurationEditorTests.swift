import Foundation
import TestSupport
import Testing

@testable import TrawlService
@testable import Presentation

@Suite struct ConfigurationEditorTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder("trawl-editor") }

    private var paths: Paths { Paths(config: folder.path("trawl/config.toml")) { _ in nil } }

    private var account: AccountConfiguration {
        var account = AccountConfiguration(name: "work", host: "imap.example.org", user: "ana@example.org")
        account.password = .command(["pass", "show", "a \"b\" \\ c"])
        return account
    }

    private func write(_ text: String, mode: mode_t = 0o644) throws {
        try FileManager.default.createDirectory(atPath: folder.path("trawl"), withIntermediateDirectories: true)
        try folder.write(text, to: "trawl/config.toml", mode: mode)
    }

    private func read() throws -> String { try String(contentsOfFile: paths.config, encoding: .utf8) }

    private func message(_ body: () throws -> Void) -> String {
        do {
            try body()
            return "no error"
        } catch {
            return (error as? ServiceError)?.message ?? "\(error)"
        }
    }

    @Test func aNewFileIsItsOwnersAlone() throws {
        try ConfigurationEditor(paths).add(account)
        #expect(
            try read() == """
                [accounts.work]
                host = "imap.example.org"
                user = "ana@example.org"
                password-command = ["pass", "show", "a \\"b\\" \\\\ c"]

                """)
        #expect(Files.status(paths.config)?.permissions == 0o600)
        #expect(Files.status(folder.path("trawl"))?.permissions == 0o700)
        #expect(try Configuration.load(paths).accounts == [account])
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path("trawl")) == ["config.toml"])
    }

    @Test func whatStoodThereStaysToTheOctet() throws {
        let before =
            "# Mine.\n[accounts.home]   # the old one\nhost='h'\nuser = \"u\"\npassword-env=\"P\"\n\n[index]\n# none"
        try write(before)
        try ConfigurationEditor(paths).add(account)
        #expect(try read() == before + "\n\n" + account.toml)
        #expect(Files.status(paths.config)?.permissions == 0o644, "whose it is has said who may read it")
        #expect(try Configuration.load(paths).accounts.map(\.name) == ["home", "work"])
    }

    @Test func aLinkIsFollowedAndStays() throws {
        try write("")
        try FileManager.default.moveItem(atPath: paths.config, toPath: folder.path("dotfile"))
        try FileManager.default.createSymbolicLink(atPath: paths.config, withDestinationPath: folder.path("dotfile"))
        try ConfigurationEditor(paths).add(account)
        #expect(try String(contentsOfFile: folder.path("dotfile"), encoding: .utf8) == account.toml)
        #expect(try FileManager.default.destinationOfSymbolicLink(atPath: paths.config) == folder.path("dotfile"))
    }

    @Test func nothingIsWrittenThatCouldNotBeRead() throws {
        try write(account.toml)
        #expect(message { try ConfigurationEditor(paths).add(account) }.contains("an account \"work\" at "))
        #expect(message { try ConfigurationEditor(paths).add(account) }.contains("config.toml:1"))
        let inline = "accounts = { home = { host = \"h\", user = \"u\", password-env = \"P\" } }\n"
        try write(inline)
        #expect(message { try ConfigurationEditor(paths).add(account) }.contains("add the account by hand"))
        #expect(try read() == inline)
        let faulty = "[accounts.home]\nhots = 1\n"
        try write(faulty)
        #expect(message { try ConfigurationEditor(paths).add(account) }.contains("config.toml:2: unknown key \"hots\""))
        #expect(try read() == faulty)
        try write("")
        var lacking = account
        lacking.password = nil
        #expect(message { try ConfigurationEditor(paths).add(lacking) }.contains("no way to log in"))
        var open = account
        open.security = .none
        open.port = 143
        #expect(message { try ConfigurationEditor(paths).add(open) }.contains("in the clear"))
        #expect(try read() == "")
    }

    @Test func aFolderThatCannotBeWrittenToIsTold() throws {
        let nowhere = Paths(config: "/proc/trawl/config.toml") { _ in nil }
        #expect(message { try ConfigurationEditor(nowhere).add(account) }.contains("can't be made"))
    }

    /// Whatever is written is read again as the same account.
    @Test func everyKeyGoesThereAndBack() throws {
        var full = AccountConfiguration(
            name: "b ü.\"x\"".replacingOccurrences(of: " ", with: ""), host: "h", user: "u\t\u{7F}é")
        full.port = 10_143
        full.security = .startTLS
        full.allowPlaintext = true
        full.mechanism = .scramSHA256
        full.password = .file("/a b/c")
        full.tokenCommand = ["t", ""]
        full.caFile = "/ca"
        full.certificateSHA256 = (0..<32).map { UInt8($0 * 8) }
        full.clientCertificate = "/c"
        full.clientKey = "/k"
        full.mailboxes = ["INBOX", "a\\b"]
        full.exclude = []
        full.watch = []
        full.connections = 7
        full.pollInterval = 90
        full.fetch = .full
        for security in AccountConfiguration.Security.allCases {
            for port in [143, 993, 1993] {
                full.security = security
                full.port = port
                #expect(try Configuration.parse(full.toml, file: "/x/config.toml").accounts == [full])
            }
        }
    }

    @Test func aPasswordIsKeptForItsOwnerAlone() throws {
        let source = try SecretStore.keepInFile("secret", account: "../../x", paths: paths)
        guard case .file(let path) = source else {
            Issue.record("no file")
            return
        }
        #expect(path == folder.path("trawl/passwords/.._.._x"))
        #expect(Files.status(path)?.permissions == 0o600)
        #expect(try String(contentsOfFile: path, encoding: .utf8) == "secret\n")
        SecretStore.forget(source)
        #expect(Files.status(path) == nil)
    }
}
