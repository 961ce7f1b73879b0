import Testing

@testable import TrawlService

@Suite struct ConfigurationTests {
    private func parse(_ text: String) throws -> Configuration {
        try Configuration.parse(text, file: "/etc/trawl/config.toml") { $0 == "HOME" ? "/home/ana" : nil }
    }

    private func message(_ text: String) -> String {
        do {
            _ = try parse(text)
            return "no error"
        } catch let error as ServiceError {
            return error.message
        } catch {
            return "another error"
        }
    }

    private static let work = """
        [accounts.work]
        host = "imap.example.com"
        user = "me@example.com"
        password-env = "WORK"

        """

    @Test func defaultsAreThoseOfTheDocumentation() throws {
        let account = try #require(try parse(Self.work).accounts.first)
        #expect(account.name == "work")
        #expect(account.port == 993)
        #expect(account.security == .tls)
        #expect(account.mechanism == .auto)
        #expect(account.password == .environment("WORK"))
        #expect(account.mailboxes == ["*"])
        #expect(account.exclude == ["\\Junk", "\\Trash"])
        #expect(account.watch == ["INBOX"])
        #expect(account.connections == 3)
        #expect(account.pollInterval == 300)
        #expect(account.fetch == .text)
        #expect(!account.allowPlaintext)
    }

    @Test(arguments: [
        ("", 993, AccountConfiguration.Security.tls),
        ("port = 143", 143, .startTLS),
        ("port = 993", 993, .tls),
        ("port = 10993", 10993, .tls),
        ("security = \"starttls\"", 143, .startTLS),
        ("security = \"tls\"\nport = 143", 143, .tls),
        ("security = \"none\"\nallow-plaintext = true", 143, .none),
    ])
    func portAndSecurityFillEachOtherIn(lines: String, port: Int, security: AccountConfiguration.Security) throws {
        let account = try #require(try parse(Self.work + lines).accounts.first)
        #expect(account.port == port)
        #expect(account.security == security)
    }

    @Test func everyKeyIsRead() throws {
        let configuration = try parse(
            """
            [accounts.work]
            host = "imap.example.com"
            port = 1993
            security = "tls"
            user = "me"
            auth = "oauthbearer"
            token-command = ["oama", "access", "me"]
            password-command = ["pass", "show", "mail/work"]
            ca-file = "~/ca.pem"
            certificate-sha256 = "00:01:02:03:04:05:06:07:08:09:0a:0b:0c:0d:0e:0f:10:11:12:13:14:15:16:17:18:19:1a:1b:1c:1d:1e:1F"
            client-certificate = "me.pem"
            client-key = "/keys/me.key"
            mailboxes = ["INBOX", "Lists/*"]
            exclude = []
            watch = ["INBOX", "Lists/swift"]
            connections = 5
            poll-interval = "90s"
            fetch = "full"
            [accounts.home]
            host = "127.0.0.1"
            security = "none"
            user = "ana"
            password-file = "secret"
            [extract]
            "application/PDF" = ["pdftotext", "-", "-"]
            [index]
            languages = ["German"]
            [queries]
            todo = "is:flagged NOT in:archive"
            """)
        #expect(configuration.accounts.map(\.name) == ["home", "work"])
        let work = try #require(configuration.accounts.last)
        #expect(work.mechanism == .oauthbearer)
        #expect(work.tokenCommand == ["oama", "access", "me"])
        #expect(work.password == .command(["pass", "show", "mail/work"]))
        #expect(work.caFile == "/home/ana/ca.pem")
        #expect(work.certificateSHA256 == (0..<32).map { UInt8($0) })
        #expect(work.clientCertificate == "/etc/trawl/me.pem")
        #expect(work.clientKey == "/keys/me.key")
        #expect(work.exclude == [])
        #expect(work.connections == 5)
        #expect(work.pollInterval == 90)
        #expect(work.fetch == .full)
        #expect(configuration.accounts.first?.password == .file("/etc/trawl/secret"))
        #expect(configuration.extract == ["application/pdf": ["pdftotext", "-", "-"]])
        #expect(configuration.languages == ["german"])
        #expect(configuration.queries == ["todo": "is:flagged NOT in:archive"])
    }

    @Test(arguments: [
        ("# a comment\n\n[acounts.work]\nhost = \"h\"", ":3: unknown key \"acounts\"; did you mean \"accounts\"?"),
        (
            work + "pasword-command = [\"x\"]",
            ":5: unknown key \"pasword-command\" in [accounts.work]; did you mean \"password-command\"?"
        ),
        (work + "passwordcommand = [\"x\"]", "did you mean \"password-command\"?"),
        (work + "Host = \"x\"", "unknown key \"Host\" in [accounts.work]; did you mean \"host\"?"),
        (work + "zzzzzz = 1", ":5: unknown key \"zzzzzz\" in [accounts.work]; known are: host, port"),
        (work + "port = \"993\"", ":5: accounts.work.port must be a whole number, not a string"),
        (work + "port = 0", ":5: port must be from 1 to 65535"),
        (work + "port = 70000", ":5: port must be from 1 to 65535"),
        (
            work + "mailboxes = [\"a\",\n 3]",
            ":5: accounts.work.mailboxes must be an array of strings, not a whole number"
        ),
        (work + "connections = 0", ":5: connections must be from 1 to 32"),
        (work + "connections = 33", ":5: connections must be from 1 to 32"),
        (work + "security = \"ssl\"", ":5: security = \"ssl\" is unknown"),
        (work + "security = \"none\"", ":5: security = \"none\" would send the password of work in the clear"),
        (work + "auth = \"scram-sha1\"", "did you mean \"scram-sha-1\"?"),
        (work + "auth = \"xoauth2\"", ":5: auth = \"xoauth2\" needs a token-command"),
        (work + "auth = \"external\"", "needs a client-certificate"),
        (work + "password-file = \"x\"", "password-file and password-env exclude each other"),
        (work + "token-command = \"oama\"", ":5: token-command is run without a shell: write it as an array"),
        (work + "token-command = []", ":5: token-command names no program"),
        (work + "poll-interval = \"soon\"", ":5: poll-interval = \"soon\" is no duration"),
        (work + "fetch = \"texts\"", "did you mean \"text\"?"),
        (work + "allow-plaintext = \"yes\"", ":5: accounts.work.allow-plaintext must be true or false, not a string"),
        (work + "certificate-sha256 = \"abc\"", "certificate-sha256 must be 64 hexadecimal digits"),
        (work + "client-key = \"k\"", "client-key without client-certificate"),
        ("[accounts.a]\nuser = \"u\"", ":1: accounts.a has no host"),
        ("[accounts.a]\nhost = \"h\"", ":1: accounts.a has no user"),
        ("[accounts.a]\nhost = \"h\"\nuser = \"u\"", ":1: accounts.a has no way to log in"),
        ("[accounts.local]\nhost = \"h\"", "is that of imported mail"),
        ("accounts = 3", ":1: accounts must be a table, not a whole number"),
        ("[accounts]\nwork = 3", ":2: accounts.work must be a table"),
        ("[extract]\npdf = [\"x\"]", ":2: \"pdf\" is no media type"),
        ("[extract]\n\"a/b\" = \"x\"", ":2: a/b is run without a shell"),
        ("[index]\nlanguage = []", ":2: unknown key \"language\" in [index]; did you mean \"languages\"?"),
        ("[index]\nlanguages = [\"germann\"]", ":2: no stems of \"germann\"; did you mean \"german\"?"),
        ("[index]\n\nlanguages = [\"en\", \"klingon\"]", ":3: no stems of \"klingon\"; there are: "),
        ("[queries]\na = 1", ":2: queries.a must be a string"),
        ("[accounts.work\nhost = 1", "config.toml:1: "),
        ("a = = 1", "config.toml:1: "),
    ])
    func faultsNameTheLineAndWhatToDo(text: String, expected: String) {
        let message = message(text)
        #expect(message.hasPrefix("/etc/trawl/config.toml:"), "\(message)")
        #expect(message.contains(expected), "\(message)")
    }

    @Test func linesAreFoundBehindEveryKindOfValue() {
        let text = """
            title.x = 1 # = [
            [a."b.c"]
            text = \"\"\"
            [no.table]
            key = 1
            \"\"\"
            list = [ # ]
              "a]", '''
            x = 1 ''',
              { deep = 1,
                deeper = 2 },
            ]
            inline = { one = 1, two.three = "}" }
            'quoted key' = 'it''s'
            [[d]]
            last = 1
            """
        let positions = TOMLPositions(text)
        #expect(positions.line(of: ["title", "x"]) == 1)
        #expect(positions.line(of: ["a", "b.c"]) == 2)
        #expect(positions.line(of: ["a", "b.c", "text"]) == 3)
        #expect(positions.line(of: ["no", "table"]) == nil)
        #expect(positions.line(of: ["a", "b.c", "list"]) == 7)
        #expect(positions.line(of: ["a", "b.c", "list", "deeper"]) == 11)
        #expect(positions.line(of: ["a", "b.c", "inline", "two", "three"]) == 13)
        #expect(positions.line(of: ["a", "b.c", "quoted key"]) == 14)
        #expect(positions.line(of: ["d", "last"]) == 16)
        #expect(positions.line(of: ["a", "b.c", "absent"]) == 2)
    }

    @Test(arguments: [
        ("127.0.0.1", true), ("localhost", true), ("::1", true), ("imap.localhost", true), ("127.example.com", false),
        ("127.0.0.1.example.com", false), ("imap.example.com", false), ("128.0.0.1", false),
    ])
    func loopbackIsToldFromTheHost(host: String, isLoopback: Bool) {
        #expect(AccountConfiguration(name: "a", host: host, user: "u").isLoopback == isLoopback)
    }

    @Test func unknownAccountsAreNamedWithTheNearest() throws {
        let configuration = try parse(Self.work)
        #expect(try configuration.accounts(named: []).count == 1)
        #expect(try configuration.accounts(named: ["work", "work"]).count == 1)
        #expect(throws: ServiceError.self) { try configuration.accounts(named: ["wrok"]) }
    }
}
